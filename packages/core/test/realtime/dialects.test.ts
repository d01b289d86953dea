import { describe, expect, it } from 'vitest'
import type { Dialect, WireSettings } from '../../src/realtime/dialect.ts'
import { flat } from '../../src/realtime/flat.ts'
import { ga } from '../../src/realtime/ga.ts'
import type { ServerEvent } from '../../src/realtime/protocol.ts'
import type { ToolSpec } from '../../src/model.ts'

const config: WireSettings & { readonly tools: readonly ToolSpec[] } = {
  instructions: 'Be brief.',
  voice: 'cedar',
  tools: [{ name: 'hang_up', description: 'Ends the call.', parameters: { type: 'object', properties: {} } }],
  turnDetection: { kind: 'semantic', eagerness: 'high', autoReply: true },
  tuning: { transcription: { model: 'any' } },
}

/** One spoken turn with a tool call, in the words of each wire. */
const turn = (dialect: Dialect): { type: string }[] => {
  const isGa = dialect.name === 'ga'
  const audio = isGa ? 'response.output_audio' : 'response.audio'
  const part = { response_id: 'r1', item_id: 'i1', output_index: 0, content_index: 0, event_id: 'e' }
  const item = { id: 'i1', type: 'message', role: 'assistant', status: 'in_progress', content: [] }
  const placed = { previous_item_id: 'i0', item }
  return [
    { type: 'session.created', session: {} },
    { type: 'input_audio_buffer.speech_started', audio_start_ms: 10, item_id: 'i0' },
    { type: 'input_audio_buffer.speech_stopped', audio_end_ms: 900, item_id: 'i0' },
    { type: 'input_audio_buffer.committed', item_id: 'i0', previous_item_id: null },
    { type: 'response.created', response: { id: 'r1', status: 'in_progress' } },
    ...(isGa
      ? [
          { type: 'conversation.item.added', ...placed },
          { type: 'conversation.item.done', ...placed },
        ]
      : [{ type: 'conversation.item.created', ...placed }]),
    { type: `${audio}_transcript.delta`, ...part, delta: 'Hel' },
    { type: `${audio}.delta`, ...part, delta: '////' },
    { type: `${audio}.done`, ...part },
    { type: `${audio}_transcript.done`, ...part, transcript: 'Hello' },
    {
      type: 'response.output_item.done',
      item: { id: 'i2', type: 'function_call', call_id: 'c1', name: 'hang_up', arguments: '{}' },
    },
    { type: 'response.done', response: { id: 'r1', status: 'completed' } },
    { type: 'rate_limits.updated', rate_limits: [] },
    { type: 'error', error: { code: 'response_cancel_not_active' } },
  ] as { type: string }[]
}

const names = (dialect: Dialect): string[] =>
  turn(dialect)
    .map((event) => dialect.decode(event)?.type)
    .filter((type): type is ServerEvent['type'] => type !== undefined && type !== 'conversation.item.done')

describe.each([ga, flat])('$name', (dialect) => {
  it('decodes a turn to the same events as the other wire', () => {
    expect(names(dialect)).toEqual(names(ga))
    expect(names(dialect)).toHaveLength(turn(flat).length)
  })

  it('names its audio event as it decodes it', () => {
    expect(dialect.decode({ type: dialect.audioDelta })?.type).toBe('response.output_audio.delta')
  })

  it('does not know the audio event of the other wire', () => {
    const other = dialect === ga ? flat : ga
    expect(other.audioDelta).not.toBe(dialect.audioDelta)
  })

  it('says nothing about what does not change', () => {
    const update = dialect.session({ turnDetection: { kind: 'none' } }, false)
    expect(JSON.stringify(update)).not.toMatch(/voice|instructions|format|tools|modalities/)
    expect(JSON.stringify(update)).toContain('"turn_detection":null')
  })

  it('asks for μ-law both ways and recognises its echo', () => {
    expect(dialect.wrongFormat(dialect.session(config, true))).toBeUndefined()
    expect(dialect.wrongFormat({})).toBeDefined()
  })

  it('renders server VAD with the fields that were set, and no others', () => {
    const turnDetection = { kind: 'server', silenceMs: 400, autoReply: false } as const
    expect(JSON.stringify(dialect.session({ turnDetection }, false))).toContain(
      '{"type":"server_vad","silence_duration_ms":400,"create_response":false,"interrupt_response":false}',
    )
  })
})

it('speaks the nested session to ga', () => {
  expect(ga.session(config, true)).toEqual({
    type: 'realtime',
    output_modalities: ['audio'],
    instructions: 'Be brief.',
    audio: {
      input: {
        format: { type: 'audio/pcmu' },
        transcription: { model: 'any' },
        turn_detection: { type: 'semantic_vad', eagerness: 'high', create_response: true, interrupt_response: true },
      },
      output: { format: { type: 'audio/pcmu' }, voice: 'cedar' },
    },
    tools: [{ type: 'function', ...config.tools[0] }],
    tool_choice: 'auto',
  })
})

it('speaks the flat session to flat', () => {
  expect(flat.session(config, true)).toEqual({
    modalities: ['text', 'audio'],
    input_audio_format: 'g711_ulaw',
    output_audio_format: 'g711_ulaw',
    instructions: 'Be brief.',
    voice: 'cedar',
    input_audio_transcription: { model: 'any' },
    turn_detection: { type: 'semantic_vad', eagerness: 'high', create_response: true, interrupt_response: true },
    tools: [{ type: 'function', ...config.tools[0] }],
    tool_choice: 'auto',
  })
})

it('gives flat its own names for text and for response options', () => {
  expect(
    flat.encode({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi' }] },
    }),
  ).toMatchObject({ item: { content: [{ type: 'text', text: 'Hi' }] } })
  expect(
    flat.encode({ type: 'response.create', response: { output_modalities: ['text'], max_output_tokens: 9 } }),
  ).toEqual({
    type: 'response.create',
    response: { modalities: ['text'], max_response_output_tokens: 9 },
  })
})
