import { describe, expect, it } from 'vitest'
import { createTextSession } from '../src/text/session.ts'

type Event = { readonly type: string; readonly [key: string]: unknown }

const open = () => {
  const toModel: Event[] = []
  const toCall: Event[] = []
  const waits: number[] = []
  const session = createTextSession({
    toModel: (event) => void toModel.push(event),
    toCall: (event) => void toCall.push(event),
    firstWords: (ms) => void waits.push(ms),
  })
  return { session, toModel, toCall, waits }
}

const nested = (turns: object) => ({
  type: 'session.update',
  session: {
    type: 'realtime',
    output_modalities: ['audio'],
    audio: { input: { turn_detection: turns }, output: { format: { type: 'audio/pcmu' } } },
  },
})

/** A model has written a reply of six words. */
const writes = ({ session }: ReturnType<typeof open>, text = 'One moment, I am looking now.') => {
  session.fromModel({ type: 'response.created', response: { id: 'r1' } })
  session.fromModel({ type: 'response.output_text.delta', item_id: 'i1', response_id: 'r1', delta: text })
  session.fromModel({ type: 'response.output_text.done', item_id: 'i1', response_id: 'r1', text })
  session.fromModel({ type: 'response.done', response: { id: 'r1' } })
}

describe('a call in writing', () => {
  it('asks for text where the call asks for speech, and shows it the format it wanted', () => {
    const { session, toModel, toCall } = open()
    session.fromCall(nested({ create_response: true }))
    expect(toModel[0]).toMatchObject({ session: { output_modalities: ['text'] } })
    session.fromModel({ type: 'session.updated', session: { output_modalities: ['text'], audio: { input: {} } } })
    expect(toCall[0]).toMatchObject({ session: { audio: { output: { format: { type: 'audio/pcmu' } } } } })
  })

  it('asks the flat wire in its own words', () => {
    const { session, toModel } = open()
    session.fromCall({
      type: 'session.update',
      session: { modalities: ['text', 'audio'], input_audio_format: 'g711_ulaw' },
    })
    expect(toModel[0]).toMatchObject({ session: { modalities: ['text'] } })
  })

  it('turns what is written into as much sound, and its words into a transcript', () => {
    const rig = open()
    writes(rig)
    const [, sound, words, end] = rig.toCall
    expect(sound).toMatchObject({ type: 'response.output_audio.delta', item_id: 'i1' })
    const bytes = Buffer.from(String(sound!['delta']), 'base64')
    expect(bytes.length / 8).toBeGreaterThan(1_000)
    expect(bytes.length % 160).toBe(0)
    expect(words).toMatchObject({
      type: 'response.output_audio_transcript.done',
      transcript: 'One moment, I am looking now.',
    })
    expect(end).toMatchObject({ type: 'response.output_audio.done' })
  })

  it('answers the end of a turn as the session was set, once', () => {
    const rig = open()
    rig.session.fromCall(nested({ create_response: true, interrupt_response: true }))
    rig.session.speechStarted()
    rig.session.speechStopped('Hello?')
    expect(rig.toModel.slice(1).map(({ type }) => type)).toEqual(['conversation.item.create', 'response.create'])
    rig.session.fromModel({ type: 'response.done', response: { id: 'r0' } })
    rig.session.fromCall(nested({ create_response: false }))
    rig.session.speechStarted()
    rig.session.speechStopped('Anybody?')
    expect(rig.toModel.filter(({ type }) => type === 'response.create')).toHaveLength(1)
  })

  it('waits with the answer to a turn until the reply before is over', () => {
    const rig = open()
    rig.session.fromCall(nested({ create_response: true, interrupt_response: false }))
    rig.session.fromCall({ type: 'response.create' })
    rig.session.speechStarted()
    rig.session.speechStopped('Wait.')
    expect(rig.toModel.filter(({ type }) => type === 'response.create')).toHaveLength(1)
    rig.session.fromModel({ type: 'response.done', response: { id: 'r1' } })
    expect(rig.toModel.filter(({ type }) => type === 'response.create')).toHaveLength(2)
    expect(rig.session.isBusy).toBe(true)
  })

  it('stops a reply that is spoken into, where the server does that by itself', () => {
    const rig = open()
    rig.session.fromCall(nested({ create_response: true, interrupt_response: true }))
    rig.session.fromCall({ type: 'response.create' })
    rig.session.speechStarted()
    expect(rig.toModel.at(-1)).toMatchObject({ type: 'response.cancel' })
  })

  it('shows the call a spoken turn with its words, and not what it made of it', () => {
    const rig = open()
    rig.session.speechStarted()
    rig.session.speechStopped('My name is Dana.')
    const { item } = rig.toModel.find(({ type }) => type === 'conversation.item.create') as {
      item: { id: string }
    } & Event
    rig.toCall.length = 0
    rig.session.fromModel({ type: 'conversation.item.added', item })
    expect(rig.toCall).toEqual([
      expect.objectContaining({
        item: expect.objectContaining({ content: [{ type: 'input_audio', transcript: null }] }),
      }),
      expect.objectContaining({
        type: 'conversation.item.input_audio_transcription.completed',
        transcript: 'My name is Dana.',
      }),
    ])
  })

  it('keeps of a reply that was cut what was heard of it', () => {
    const rig = open()
    writes(rig)
    rig.toModel.length = 0
    rig.session.fromCall({ type: 'conversation.item.truncate', item_id: 'i1', audio_end_ms: 900 })
    expect(rig.toModel).toEqual([
      expect.objectContaining({ type: 'conversation.item.delete', item_id: 'i1' }),
      expect.objectContaining({
        item: { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'One moment, I —' }] },
      }),
    ])
  })

  it('keeps its own refusals from the call, and no others', () => {
    const rig = open()
    rig.session.fromModel({ type: 'error', error: { event_id: 'spoken_cut', code: 'x' } })
    rig.session.fromModel({ type: 'error', error: { event_id: 'gw_4', code: 'y' } })
    expect(rig.toCall).toEqual([expect.objectContaining({ error: { event_id: 'gw_4', code: 'y' } })])
  })

  it('answers a turn behind a reply of which it had not heard', () => {
    const rig = open()
    rig.session.fromCall(nested({ create_response: true }))
    rig.session.speechStarted()
    rig.session.speechStopped('Hello?')
    const asked = () => rig.toModel.filter(({ type }) => type === 'response.create')
    const code = 'conversation_already_has_active_response'
    rig.session.fromModel({ type: 'error', error: { event_id: asked()[0]!['event_id'], code } })
    rig.session.fromModel({ type: 'response.done', response: { id: 'r0' } })
    expect(asked()).toHaveLength(2)
  })

  it('measures how long the first word takes', () => {
    const rig = open()
    rig.session.fromCall({ type: 'response.create' })
    writes(rig)
    rig.session.fromCall({ type: 'response.create' })
    rig.session.fromModel({ type: 'response.done', response: { id: 'r2', output: [{ type: 'function_call' }] } })
    expect(rig.waits, 'a reply without words has no first one').toHaveLength(1)
  })
})
