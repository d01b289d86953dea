import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { shippedDialogues } from '../src/realtime/find-dialogues.ts'
import type { DialectName, Item, Json } from '../src/realtime/protocol.ts'
import { createRealtimeServer, type RealtimeServer, type RealtimeServerOptions } from '../src/realtime/server.ts'
import { speak } from '@llc-phone/virtual-carrier/voice'
import { type Client, connectReady, sessions } from './realtime-client.ts'

let server: RealtimeServer
afterEach(async () => {
  vi.useRealTimers()
  await server.close()
})

const quick = { createdMs: 0, updatedMs: 0, firstAudioMs: 5, audioSpeed: 50 }

async function start(dialect: DialectName, more: Json = {}, options: RealtimeServerOptions = {}): Promise<Client> {
  server = await createRealtimeServer({ dialect, latency: quick, ...options })
  return connectReady(server.url, sessions[dialect](more), dialect)
}

/** What a gateway asks for to warm the model up. */
const askForText = (client: Client, dialect: DialectName, more: Json = {}): void =>
  client.send({
    type: 'response.create',
    event_id: 'prime',
    response: {
      ...(dialect === 'ga'
        ? { output_modalities: ['text'], max_output_tokens: 100 }
        : { modalities: ['text'], max_response_output_tokens: 100 }),
      tool_choice: 'none',
      ...more,
    },
  })
const doneOf = async (client: Client) =>
  (await client.next('response.done'))['response'] as Json & { output: (Item & { content: Json[] })[] }

describe('a response asked for as text', () => {
  it.each<[DialectName, string[]]>([
    [
      'ga',
      [
        'response.created',
        'response.output_item.added',
        'conversation.item.added',
        'response.content_part.added',
        'response.output_text.delta',
        'response.output_text.done',
        'response.content_part.done',
        'conversation.item.done',
        'response.output_item.done',
        'response.done',
      ],
    ],
    [
      'flat',
      [
        'response.created',
        'rate_limits.updated',
        'response.output_item.added',
        'conversation.item.created',
        'response.content_part.added',
        'response.text.delta',
        'response.text.done',
        'response.content_part.done',
        'response.output_item.done',
        'response.done',
      ],
    ],
  ])('in %s comes without a sound, word by word, and costs tokens of text only', async (dialect, types) => {
    const client = await start(dialect)
    const before = client.types().length
    askForText(client, dialect)
    const done = await doneOf(client)
    expect(client.types().slice(before)).toEqual(types)
    expect(client.audio()).toHaveLength(0)
    const deltas = client.events.filter(({ type }) => type.endsWith('text.delta')).map(({ delta }) => delta)
    expect(deltas.length).toBeGreaterThan(1)
    expect(client.events.find(({ type }) => type.endsWith('text.done'))).toMatchObject({ text: deltas.join('') })
    expect(done).toMatchObject({
      status: 'completed',
      [dialect === 'ga' ? 'output_modalities' : 'modalities']: ['text'],
      output: [{ content: [{ type: dialect === 'ga' ? 'output_text' : 'text', text: deltas.join('') }] }],
      usage: { output_token_details: { audio_tokens: 0, text_tokens: expect.any(Number) as number } },
    })
    expect((done['usage'] as { output_tokens: number }).output_tokens).toBeGreaterThan(0)
  })

  it.each<DialectName>(['ga', 'flat'])('in %s can be deleted, and leaves no trace', async (dialect) => {
    const client = await start(dialect)
    askForText(client, dialect)
    const [item] = (await doneOf(client)).output
    client.send({ type: 'conversation.item.delete', item_id: item!.id })
    expect(await client.next('conversation.item.deleted')).toMatchObject({ item_id: item!.id })
    expect((await server.session(0)).items).toEqual([])
    // The assistant has not greeted yet, as far as anybody knows, and the voice may still be changed.
    client.send({
      type: 'session.update',
      session: dialect === 'ga' ? sessions.ga({}, {}, { voice: 'marin' }) : sessions.flat({ voice: 'verse' }),
    })
    await client.next('session.updated')
    client.send({ type: 'response.create' })
    const first = await doneOf(client)
    expect(first.output[0]!.content[0]).toMatchObject({ transcript: item!.content[0]!['text'] })
    const added = client.events.findLast(({ type }) => /conversation\.item\.(added|created)/.test(type))
    expect(added).toMatchObject({ previous_item_id: null })
    client.send({ type: 'conversation.item.delete', item_id: item!.id })
    expect((await client.next('error'))['error']).toMatchObject({ code: 'item_delete_invalid_item_id' })
  })

  it.each<[string, DialectName, Json, string, string]>([
    ['both modalities', 'ga', { output_modalities: ['text', 'audio'] }, 'invalid_value', 'response.output_modalities'],
    ['the flat word', 'ga', { modalities: ['text'] }, 'unknown_parameter', 'response.modalities'],
    ['the nested word', 'flat', { output_modalities: ['text'] }, 'unknown_parameter', 'response.output_modalities'],
    ['the nested limit', 'flat', { max_output_tokens: 5 }, 'unknown_parameter', 'response.max_output_tokens'],
    ['audio alone', 'flat', { modalities: ['audio'] }, 'invalid_value', 'response.modalities'],
    ['no tokens', 'ga', { max_output_tokens: 0 }, 'integer_below_min_value', 'response.max_output_tokens'],
  ])('is refused with %s in %s', async (_, dialect, response, code, param) => {
    const client = await start(dialect)
    askForText(client, dialect, response)
    expect((await client.next('error'))['error']).toMatchObject({ code, param, event_id: 'prime' })
  })

  it('is no message that can be truncated, and blocks others while it runs', async () => {
    const client = await start('ga', {}, { latency: { ...quick, firstAudioMs: 60 } })
    askForText(client, 'ga')
    client.send({ type: 'response.create' })
    expect((await client.next('error'))['error']).toMatchObject({ code: 'conversation_already_has_active_response' })
    const [item] = (await doneOf(client)).output
    client.send({ type: 'conversation.item.truncate', item_id: item!.id, content_index: 0, audio_end_ms: 0 })
    expect((await client.next('error'))['error']).toMatchObject({ code: 'unsupported_content_type' })
  })

  it('stops at its limit of tokens', async () => {
    const client = await start('ga')
    askForText(client, 'ga', { max_output_tokens: 2 })
    const done = await doneOf(client)
    expect(done).toMatchObject({ status: 'incomplete', status_details: { reason: 'max_output_tokens' } })
    expect(done.output[0]).toMatchObject({ status: 'incomplete' })
  })

  it('chooses the dialogue by the tools of the session, though it may call none', async () => {
    const client = await start('ga', { tools: [{ type: 'function', name: 'transfer_call' }] })
    askForText(client, 'ga')
    expect((await doneOf(client)).output[0]!.content[0]!['text']).toBe(
      shippedDialogues().find(({ mode }) => mode === 'ivr')!.greeting,
    )
  })

  it('can hang and be cancelled; the next one is heard', async () => {
    const client = await start('ga', {}, { faults: { mute: { times: 1 } } })
    askForText(client, 'ga')
    const { response } = await client.next('response.created')
    client.send({ type: 'response.cancel', response_id: (response as Json)['id'] })
    expect(await doneOf(client)).toMatchObject({
      status: 'cancelled',
      status_details: { reason: 'client_cancelled' },
      output: [],
    })
    client.send({ type: 'response.create' })
    expect(await doneOf(client)).toMatchObject({ status: 'completed' })
    expect(client.audio().length).toBeGreaterThan(1000)
  })
})

describe('a model that starts cold', () => {
  /** Lets fake time pass until a response is done, real sockets and voices working in between; gives the ms that passed. */
  async function passUntilDone(client: Client, count: number, limitMs = 10_000): Promise<number> {
    let passedMs = 0
    while (client.events.filter(({ type }) => type === 'response.done').length < count && passedMs < limitMs) {
      passedMs += 10
      await vi.advanceTimersByTimeAsync(10)
      for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
    }
    return passedMs
  }
  const cold = { latency: { ...quick, coldStartMs: 1500 } }
  // The voice knows the sentence beforehand: its work takes real time, which does not count here.
  beforeAll(() => speak(shippedDialogues().at(-1)!.greeting))

  it('is slow once in a session: a text-only response warms it for the one that is heard', async () => {
    const client = await start('ga', {}, cold)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    askForText(client, 'ga')
    expect(await passUntilDone(client, 1)).toBeGreaterThanOrEqual(1500)
    client.send({ type: 'conversation.item.delete', item_id: (await server.session(0)).items[0]!.id })
    const heardFrom = client.events.length
    client.send({ type: 'response.create' })
    expect(await passUntilDone(client, 2)).toBeLessThan(1000)
    expect(client.events.slice(heardFrom).some(({ type }) => type === 'response.output_audio.delta')).toBe(true)
  })

  it('is as slow with the first words a caller hears when nothing came before', async () => {
    const client = await start('ga', {}, cold)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    client.send({ type: 'response.create' })
    expect(await passUntilDone(client, 1)).toBeGreaterThanOrEqual(1500)
  })

  it('goes on warming up when the response that began it is cancelled', async () => {
    const client = await start('ga', {}, cold)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    askForText(client, 'ga')
    await client.next('response.created')
    await vi.advanceTimersByTimeAsync(1000)
    client.send({ type: 'response.cancel' })
    expect(await passUntilDone(client, 1)).toBeLessThan(400)
    client.send({ type: 'response.create' })
    const waitedMs = await passUntilDone(client, 2)
    expect(waitedMs).toBeGreaterThan(0)
    expect(waitedMs).toBeLessThan(1500)
  })
})
