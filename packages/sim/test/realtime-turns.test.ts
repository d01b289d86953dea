import { afterEach, describe, expect, it } from 'vitest'
import type { DialectName, Item, Json, WireEvent } from '../src/realtime/protocol.ts'
import { createRealtimeServer, type RealtimeServer, type RealtimeServerOptions } from '../src/realtime/server.ts'
import { ulawRms, ulawSilence } from '@llc-phone/virtual-carrier/ulaw'
import { speak } from '@llc-phone/virtual-carrier/voice'
import { type Client, connect, connectReady, sessions } from './realtime-client.ts'

let server: RealtimeServer
afterEach(async () => {
  // Whatever the test was about: no client event came too early, no call was answered twice.
  expect(server.violations).toEqual([])
  await server.close()
})

const fast = { firstAudioMs: 10, audioSpeed: 40, transcriptMs: 5, createdMs: 0, updatedMs: 0 }
const tools = (...names: string[]) =>
  names.map((name) => ({
    type: 'function',
    name,
    parameters: {
      type: 'object',
      additionalProperties: false,
      ...(name === 'transfer_call'
        ? {
            properties: {
              destination: { type: 'string', enum: ['sales', 'accounts', 'voicemail'] },
              reason: { type: 'string' },
            },
            required: ['destination', 'reason'],
          }
        : { properties: {}, required: [] }),
    },
  }))

async function start(
  dialect: DialectName,
  more: Json = {},
  input: Json = {},
  options: RealtimeServerOptions = {},
): Promise<Client> {
  server = await createRealtimeServer({ dialect, latency: fast, ...options })
  const vad = { turn_detection: { type: 'server_vad', silence_duration_ms: 400 } }
  const transcription = { model: 'gpt-transcribe' }
  const session =
    dialect === 'ga'
      ? sessions.ga(more, { ...vad, transcription, ...input })
      : sessions.flat({ ...more, ...vad, input_audio_transcription: transcription, ...input })
  const client = await connectReady(server.url, session, dialect)
  expect(client.events.at(-1)?.type).toBe('session.updated')
  return client
}

const doneOf = async (client: Client) =>
  ((await client.next('response.done')) as WireEvent & { response: Json & { output: Item[]; status: string } }).response
const spokenBy = (items: Item[]) =>
  items.flatMap(({ content }) => content?.map(({ transcript }) => transcript?.trim()) ?? [])
const callsOf = (items: Item[]) => items.filter(({ type }) => type === 'function_call')
const text = (role: string, words: string) => ({
  type: 'conversation.item.create',
  item: { type: 'message', role, content: [{ type: 'input_text', text: words }] },
})
const answer = (call: Item, output: unknown) => ({
  type: 'conversation.item.create',
  item: { type: 'function_call_output', call_id: call.call_id, output: JSON.stringify(output) },
})
const turnTypes = (client: Client) => {
  const types = client.types().filter((type) => !type.includes('transcription'))
  return types.slice(types.indexOf('input_audio_buffer.speech_started'))
}

describe('a spoken turn', () => {
  it('comes in the order of the ga wire', async () => {
    const client = await start('ga', { tools: tools('transfer_call') })
    client.play(ulawSilence(600))
    await client.say('what are your opening hours')
    expect((await doneOf(client)).status).toBe('completed')
    await client.next('rate_limits.updated')
    expect(turnTypes(client)).toEqual([
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
      'response.created',
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      'response.output_audio_transcript.delta',
      'response.output_audio.delta',
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.done',
      'rate_limits.updated',
    ])
  })

  it('comes in the order and names of the flat wire', async () => {
    const client = await start('flat', { tools: tools('transfer_call') })
    await client.say('what are your opening hours')
    const done = await doneOf(client)
    expect(turnTypes(client)).toEqual([
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.created',
      'response.created',
      'rate_limits.updated',
      'response.output_item.added',
      'conversation.item.created',
      'response.content_part.added',
      'response.audio_transcript.delta',
      'response.audio.delta',
      'response.audio.done',
      'response.audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.done',
    ])
    expect(done).toMatchObject({
      modalities: ['audio', 'text'],
      output_audio_format: 'g711_ulaw',
      output: [{ content: [{ type: 'audio' }] }],
    })
    expect(done).not.toHaveProperty('output_modalities')
  })

  it('has times of the audio, the words on both sides, and the voice itself', async () => {
    const client = await start('ga', { tools: tools('transfer_call') })
    client.play(ulawSilence(1000))
    await client.say('what are your opening hours')
    const startMs = (await client.next('input_audio_buffer.speech_started'))['audio_start_ms'] as number
    const stopped = await client.next('input_audio_buffer.speech_stopped')
    const speechMs = (await speak('what are your opening hours', 'rms')).length / 8
    // The start includes 300 ms of padding, the end the 400 ms of silence that ended the turn.
    expect(Math.abs(startMs - 700)).toBeLessThan(100)
    expect(Math.abs((stopped['audio_end_ms'] as number) - (1000 + speechMs + 400))).toBeLessThan(120)
    const committed = await client.next('input_audio_buffer.committed')
    expect(committed).toMatchObject({ item_id: stopped['item_id'], previous_item_id: null })
    const heard = await client.next('conversation.item.input_audio_transcription.completed')
    expect(heard).toMatchObject({
      transcript: 'what are your opening hours',
      item_id: stopped['item_id'],
      content_index: 0,
      usage: { type: 'duration' },
    })
    const done = client.events.find(({ type }) => type === 'response.done') ?? (await client.next('response.done'))
    const sentence =
      'We are open from Monday to Thursday, from eight in the morning until six, and on Friday until four.'
    const [item] = (done['response'] as { output: Item[] }).output
    expect(spokenBy([item!])).toEqual([sentence])
    expect(client.audio().equals(await speak(sentence, 'slt'))).toBe(true)
    const session = await server.session(0)
    expect(session.heard).toEqual(['what are your opening hours'])
    expect(session.heardAudio().length).toBe(session.receivedBytes)
  })

  it('never ends while no audio arrives, and ends when it does', async () => {
    const client = await start('ga', { tools: tools('transfer_call') })
    client.play(await speak('what are your opening hours', 'rms'))
    await client.next('input_audio_buffer.speech_started')
    await expect(client.next('input_audio_buffer.speech_stopped', 300)).rejects.toThrow(
      'No input_audio_buffer.speech_stopped',
    )
    client.play(ulawSilence(600))
    await client.next('input_audio_buffer.speech_stopped')
  })

  it.each([
    ['high', 300],
    ['medium', 500],
    ['auto', 500],
    ['low', 900],
  ])('with semantic VAD and %s eagerness ends after %i ms of silence', async (eagerness, silenceMs) => {
    const client = await start('ga', {}, { turn_detection: { type: 'semantic_vad', eagerness } })
    const speech = await speak('can you hear me', 'rms')
    client.play(Buffer.concat([speech, ulawSilence(1500)]))
    const { audio_end_ms: endMs } = await client.next('input_audio_buffer.speech_stopped')
    expect(Math.abs((endMs as number) - speech.length / 8 - silenceMs)).toBeLessThan(120)
  })

  it('that is not understood is answered so', async () => {
    const client = await start('ga', { tools: tools('transfer_call') })
    await client.say('bananas and oranges taste very good')
    expect(spokenBy((await doneOf(client)).output)).toEqual([
      'I am sorry, I did not understand that. You can say sales, support, billing or scheduling.',
    ])
    expect(client.events.find(({ type }) => type.endsWith('transcription.completed'))).toMatchObject({
      transcript: '(unintelligible)',
    })
  })

  it('is the client’s to take when turn detection is off', async () => {
    const client = await start('ga', {}, { turn_detection: null })
    await client.say('can you hear me')
    client.send({ type: 'input_audio_buffer.commit' })
    await client.next('input_audio_buffer.committed')
    expect(client.types()).not.toContain('input_audio_buffer.speech_started')
    expect(client.types()).not.toContain('response.created')
    client.send({ type: 'response.create' })
    expect(spokenBy((await doneOf(client)).output)).toEqual(['Yes, I can hear you very well.'])
  })

  it('makes no response when create_response is off', async () => {
    const client = await start(
      'ga',
      {},
      { turn_detection: { type: 'server_vad', silence_duration_ms: 300, create_response: false } },
    )
    await client.say('can you hear me')
    await client.next('conversation.item.input_audio_transcription.completed')
    await expect(client.next('response.created', 100)).rejects.toThrow('No response.created')
  })

  it('sounds like noise both ways when the formats were left at PCM', async () => {
    server = await createRealtimeServer({ latency: fast })
    const client = await connect(server.url)
    await client.next('session.created')
    client.send(text('user', 'Say: "Hello."'))
    client.send({ type: 'response.create' })
    await doneOf(client)
    const spoken = await speak('Hello.', 'slt')
    expect(client.audio().length).toBe(spoken.length * 6)
    expect(ulawRms(client.audio())).toBeGreaterThan(2 * ulawRms(spoken))
    await client.say('can you hear me', 3000)
    expect((await server.session(0)).heard.filter(Boolean)).toEqual([])
  })
})

describe('a barge-in', () => {
  it('cancels what is being said, at what was sent, and is then answered', async () => {
    const client = await start('ga', {}, {}, { latency: { ...fast, audioSpeed: 4 } })
    client.send(
      text(
        'user',
        'Say: "Here is a very long sentence that nobody would ever want to listen to until its very end, so please stop me now."',
      ),
    )
    client.send({ type: 'response.create' })
    for (let i = 0; i < 4; i++) await client.next('response.output_audio.delta')
    await client.say('can you hear me')
    const done = await doneOf(client)
    expect(done).toMatchObject({
      status: 'cancelled',
      status_details: { type: 'cancelled', reason: 'turn_detected' },
      output: [{ status: 'incomplete' }],
    })
    const itemId = done.output[0]!.id
    const types = client.types()
    const cancelled = types.slice(
      types.indexOf('input_audio_buffer.speech_started'),
      types.indexOf('response.done') + 1,
    )
    expect(cancelled).toEqual([
      'input_audio_buffer.speech_started',
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.done',
    ])
    const sentMs = client.audio(itemId).length / 8
    expect(sentMs).toBeLessThan(2500)
    expect(done['usage']).toMatchObject({ output_token_details: { audio_tokens: Math.ceil(sentMs / 50) } })
    client.send({ type: 'conversation.item.truncate', item_id: itemId, content_index: 0, audio_end_ms: 100 })
    await client.next('conversation.item.truncated')
    expect(spokenBy((await doneOf(client)).output)).toEqual(['Yes, I can hear you very well.'])
    expect(client.audio(itemId).length / 8).toBe(sentMs)
  })

  it('does nothing when interrupt_response is off, and gets no answer while the assistant speaks', async () => {
    const detection = { type: 'server_vad', silence_duration_ms: 200, interrupt_response: false }
    const client = await start('ga', {}, { turn_detection: detection }, { latency: { ...fast, audioSpeed: 8 } })
    client.send(
      text(
        'user',
        'Say: "This greeting is shielded from whatever the caller may say in the meantime, and it is long enough."',
      ),
    )
    client.send({ type: 'response.create' })
    await client.next('response.output_audio.delta')
    await client.say('can you hear me')
    await client.next('input_audio_buffer.committed')
    expect((await doneOf(client)).status).toBe('completed')
    await expect(client.next('response.created', 100)).rejects.toThrow('No response.created')
  })

  it('of the client’s own cancels by name or without one', async () => {
    const client = await start('ga', {}, {}, { latency: { ...fast, audioSpeed: 1 } })
    client.send(text('user', 'Say: "One two three four five six seven eight nine ten."'))
    client.send({ type: 'response.create' })
    const { response } = (await client.next('response.created')) as unknown as { response: Json }
    await client.next('response.output_audio.delta')
    client.send({ type: 'response.cancel', response_id: 'resp_other' })
    expect(await client.next('error')).toMatchObject({ error: { code: 'response_cancel_not_active' } })
    client.send({ type: 'response.cancel', response_id: response['id'] })
    expect(await doneOf(client)).toMatchObject({ status: 'cancelled', status_details: { reason: 'client_cancelled' } })
  })
})

describe('a response', () => {
  it('can hold several spoken items, each with audio of its own', async () => {
    const client = await start('ga', { tools: tools('transfer_call') })
    await client.say('what can you do for me here')
    const done = await doneOf(client)
    expect(done.output.map(({ type, status }) => `${type} ${status}`)).toEqual([
      'message completed',
      'message completed',
    ])
    for (const [index, item] of done.output.entries()) {
      expect(client.audio(item.id).equals(await speak(spokenBy([item])[0]!, 'slt'))).toBe(true)
      const deltas = client.events.filter(
        (event) => event['item_id'] === item.id && event.type === 'response.output_audio.delta',
      )
      expect(
        new Set(deltas.map((event) => `${String(event['output_index'])} ${String(event['content_index'])}`)),
      ).toEqual(new Set([`${index} 0`]))
    }
  })

  it('sends audio in bursts of 100 to 200 ms, faster than real time, after the delay asked for', async () => {
    const client = await start('ga', {}, {}, { latency: { ...fast, firstAudioMs: 150, audioSpeed: 10 } })
    await speak('This is a sentence of some length, to see how fast it comes.', 'slt')
    client.send(text('user', 'Say: "This is a sentence of some length, to see how fast it comes."'))
    client.send({ type: 'response.create' })
    const done = await doneOf(client)
    const { log } = await server.session(0)
    const at = (type: string) => log.entries.filter(({ event }) => event.type === type).map(({ atMs }) => atMs)
    const deltas = at('response.output_audio.delta')
    expect(deltas[0]! - at('response.created')[0]!).toBeGreaterThanOrEqual(145)
    expect(deltas.at(-1)! - deltas[0]!).toBeLessThan(client.audio(done.output[0]!.id).length / 8 / 3)
    const sizes = client.events
      .filter(({ type }) => type === 'response.output_audio.delta')
      .map(({ delta }) => Buffer.byteLength(delta as string, 'base64'))
    expect(new Set(sizes.slice(0, -1))).toEqual(new Set([800, 1600, 1200]))
  })

  it('calls a tool with values the tool allows, and goes on with its output', async () => {
    const client = await start('ga', { tools: tools('transfer_call') })
    await client.say('I have a question about my bill')
    const done = await doneOf(client)
    const [call] = callsOf(done.output)
    // There is no "billing" among the tool's destinations; "accounts" is the next best.
    expect(call).toMatchObject({
      name: 'transfer_call',
      status: 'completed',
      arguments: '{"destination":"accounts","reason":"A question about a bill"}',
    })
    const pieces = client.events.filter(
      ({ type, item_id: id }) => type === 'response.function_call_arguments.delta' && id === call!.id,
    )
    expect(pieces.map(({ delta }) => delta).join('')).toBe(call!.arguments)
    expect(client.events.find(({ type }) => type === 'response.function_call_arguments.done')).toMatchObject({
      call_id: call!.call_id,
      name: 'transfer_call',
    })
    client.send(answer(call!, { ok: true }))
    await expect(client.next('response.created', 100)).rejects.toThrow('No response.created')
    client.send({ type: 'response.create' })
    expect(spokenBy((await doneOf(client)).output)).toEqual(['One moment please.'])
  })

  it('says that it cannot when the tool is missing or allows no value, and calls nothing', async () => {
    const client = await start('ga', { tools: tools('transfer_call') })
    await client.say('goodbye')
    const first = await doneOf(client)
    expect(callsOf(first.output)).toEqual([])
    expect(spokenBy(first.output)).toEqual(['I am sorry, I cannot connect you to that department at the moment.'])
    await client.say('technical support please')
    expect(callsOf((await doneOf(client)).output)).toEqual([])
  })

  it('makes parallel calls and answers both outputs at once, by name', async () => {
    const client = await start('ga', { tools: tools('lookup_customer', 'get_appointments') })
    await client.say('check my record and all my bookings')
    const calls = callsOf((await doneOf(client)).output)
    expect(calls.map(({ name }) => name)).toEqual(['lookup_customer', 'get_appointments'])
    client.send(answer(calls[1]!, { appointments: [] }))
    client.send(answer(calls[0]!, { status: 'open', name: 'Maria Lopez' }))
    client.send({ type: 'response.create' })
    expect(spokenBy((await doneOf(client)).output)).toEqual([
      'Maria Lopez, I have your record and your bookings in front of me.',
    ])
  })

  it('tells the caller when a tool failed, and says goodbye after hanging up', async () => {
    const client = await start('flat', { tools: tools('get_appointments', 'hang_up') })
    await client.say('when is my next appointment')
    const [call] = callsOf((await doneOf(client)).output)
    client.send(answer(call!, { error: 'not found' }))
    client.send({ type: 'response.create' })
    expect(spokenBy((await doneOf(client)).output)).toEqual(['I am sorry, I could not find that.'])
    await client.say('thank you, goodbye')
    const [bye] = callsOf((await doneOf(client)).output)
    expect(bye).toMatchObject({ name: 'hang_up', arguments: '{}' })
    client.send(answer(bye!, { ok: true }))
    client.send({ type: 'response.create' })
    expect(spokenBy((await doneOf(client)).output)).toEqual(['You are welcome. Goodbye.'])
  })

  it('greets as it is told, reads the keypad, and goes on after news from the gateway', async () => {
    const client = await start('ga', { tools: tools('transfer_call') })
    const respondTo = async (role: string, words: string) => {
      client.send(text(role, words))
      client.send({ type: 'response.create' })
      return (await doneOf(client)).output
    }
    expect(
      spokenBy(
        await respondTo('user', 'The call is connected. Greet the caller by saying: "Thank you for calling Acme."'),
      ),
    ).toEqual(['Thank you for calling Acme.'])
    const [call] = callsOf(await respondTo('user', 'The caller pressed 1 on the keypad'))
    expect(call).toMatchObject({ arguments: '{"destination":"sales","reason":"Wants to buy something"}' })
    expect(spokenBy(await respondTo('system', 'The transfer was not answered; the caller is back.'))).toEqual([
      'All right. What else can I do for you?',
    ])
    expect(spokenBy(await respondTo('user', 'What are your opening hours?'))[0]).toMatch(/^We are open/)
  })

  it('beside the conversation leaves no trace in it and runs while another one does', async () => {
    const client = await start('ga')
    client.send(text('user', 'Say: "Welcome."'))
    client.send({ type: 'response.create' })
    client.send({
      type: 'response.create',
      response: { conversation: 'none', output_modalities: ['text'], metadata: { kind: 'summary' } },
    })
    const [a, b] = [await doneOf(client), await doneOf(client)]
    const side = a['conversation_id'] === null ? a : b
    expect(side).toMatchObject({
      metadata: { kind: 'summary' },
      output_modalities: ['text'],
      output: [{ content: [{ type: 'output_text' }] }],
    })
    expect((await server.session(0)).items).toHaveLength(2)
    expect(client.types()).not.toContain('error')
  })

  it('counts tokens as they are billed, and calls a long repeated prefix cached', async () => {
    const client = await start('ga', { instructions: 'Be brief. '.repeat(600) })
    const usage = async () => {
      client.send(text('user', 'Say: "Good morning."'))
      client.send({ type: 'response.create' })
      return (await doneOf(client))['usage'] as Record<string, number> & {
        input_token_details: Record<string, number>
        output_token_details: Record<string, number>
      }
    }
    const first = await usage()
    const spokenMs = client.audio().length / 8
    expect(first.output_token_details['audio_tokens']).toBe(Math.ceil(spokenMs / 50))
    expect(first.input_token_details['cached_tokens']).toBe(0)
    expect(first['total_tokens']).toBe(first['input_tokens']! + first['output_tokens']!)
    const second = await usage()
    expect(second.input_token_details['cached_tokens']).toBe(first['input_tokens'])
    expect(second.input_token_details['audio_tokens']).toBe(Math.ceil(spokenMs / 50))
  })

  it('stops at its limit of tokens', async () => {
    const client = await start('ga', { max_output_tokens: 20 })
    client.send(text('user', 'Say: "This sentence is longer than a second, that much is certain."'))
    client.send({ type: 'response.create' })
    expect(await doneOf(client)).toMatchObject({
      status: 'incomplete',
      status_details: { reason: 'max_output_tokens' },
    })
    expect(client.audio().length / 8).toBeLessThan(1400)
  })
})
