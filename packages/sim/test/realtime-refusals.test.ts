import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { DialectName, Json, WireEvent } from '../src/realtime/protocol.ts'
import { createRealtimeServer, type RealtimeServer } from '../src/realtime/server.ts'
import { ulawSilence } from '@llc-phone/virtual-carrier/ulaw'
import { connect, connectReady, sessions } from './realtime-client.ts'

const servers = {} as Record<DialectName, RealtimeServer>
beforeAll(async () => {
  servers.ga = await createRealtimeServer({
    dialect: 'ga',
    apiKey: 'key',
    latency: { firstAudioMs: 0, audioSpeed: 50 },
  })
  servers.flat = await createRealtimeServer({ dialect: 'flat', latency: { firstAudioMs: 0, audioSpeed: 50 } })
})
afterAll(async () => {
  await servers.ga.close()
  await servers.flat.close()
})

/** Sends one event after a good set-up; gives the error it earned. */
async function errorFor(dialect: DialectName, event: Json): Promise<Json> {
  const client = await connectReady(servers[dialect].url, sessions[dialect](), dialect)
  client.send({ event_id: 'mine_1', ...event })
  const { error } = await client.next('error')
  client.socket.terminate()
  return error as Json
}

const gaUpdate = (session: Json) => ({ type: 'session.update', session: { type: 'realtime', ...session } })
const flatUpdate = (session: Json) => ({ type: 'session.update', session })
const tool = (more: Json) => ({
  type: 'function',
  name: 'hang_up',
  parameters: { type: 'object', properties: {} },
  ...more,
})
const message = (role: string, type: string) => ({
  type: 'conversation.item.create',
  item: { type: 'message', role, content: [{ type, text: 'hello' }] },
})

describe('the ga wire refuses', () => {
  it.each<[string, Json, string, string | null]>([
    [
      'a flat session without its type',
      { type: 'session.update', session: { modalities: ['audio', 'text'], voice: 'alloy' } },
      'missing_required_parameter',
      'session.type',
    ],
    ['modalities', gaUpdate({ modalities: ['audio'], voice: 'alloy' }), 'unknown_parameter', 'session.modalities'],
    ['a voice at top level', gaUpdate({ voice: 'alloy' }), 'unknown_parameter', 'session.voice'],
    ['turn_detection at top level', gaUpdate({ turn_detection: null }), 'unknown_parameter', 'session.turn_detection'],
    [
      'input_audio_transcription',
      gaUpdate({ input_audio_transcription: null }),
      'unknown_parameter',
      'session.input_audio_transcription',
    ],
    ['temperature', gaUpdate({ temperature: 0.8 }), 'unknown_parameter', 'session.temperature'],
    [
      'max_response_output_tokens',
      gaUpdate({ max_response_output_tokens: 100 }),
      'unknown_parameter',
      'session.max_response_output_tokens',
    ],
    ['prompt_cache_key', gaUpdate({ prompt_cache_key: 'a' }), 'unknown_parameter', 'session.prompt_cache_key'],
    [
      'an extra key of the third tool',
      gaUpdate({ tools: [tool({}), tool({}), tool({ meta: 1 })] }),
      'unknown_parameter',
      'session.tools[2].meta',
    ],
    [
      'a nested function tool',
      gaUpdate({ tools: [{ type: 'function', function: { name: 'a' } }] }),
      'missing_required_parameter',
      'session.tools[0].name',
    ],
    ['strict on a tool', gaUpdate({ tools: [tool({ strict: true })] }), 'unknown_parameter', 'session.tools[0].strict'],
    [
      'a format given as a string',
      gaUpdate({ audio: { input: { format: 'g711_ulaw' } } }),
      'invalid_type',
      'session.audio.input.format',
    ],
    [
      'an unknown format',
      gaUpdate({ audio: { output: { format: { type: 'audio/opus' } } } }),
      'invalid_value',
      'session.audio.output.format.type',
    ],
    [
      'an unknown key deep inside',
      gaUpdate({ audio: { input: { turn_detection: { type: 'server_vad', silence_ms: 1 } } } }),
      'unknown_parameter',
      'session.audio.input.turn_detection.silence_ms',
    ],
    [
      'a semantic VAD with a threshold',
      gaUpdate({ audio: { input: { turn_detection: { type: 'semantic_vad', threshold: 0.5 } } } }),
      'unknown_parameter',
      'session.audio.input.turn_detection.threshold',
    ],
    [
      'turn detection without a type',
      gaUpdate({ audio: { input: { turn_detection: { threshold: 0.5 } } } }),
      'missing_required_parameter',
      'session.audio.input.turn_detection.type',
    ],
    [
      'an idle timeout that is too short',
      gaUpdate({ audio: { input: { turn_detection: { type: 'server_vad', idle_timeout_ms: 100 } } } }),
      'integer_below_min_value',
      'session.audio.input.turn_detection.idle_timeout_ms',
    ],
    ['a wrong kind of session', { type: 'session.update', session: { type: 'chat' } }, 'invalid_value', 'session.type'],
    [
      'a transcription session',
      { type: 'session.update', session: { type: 'transcription' } },
      'invalid_parameter',
      null,
    ],
    [
      'both modalities at once',
      gaUpdate({ output_modalities: ['text', 'audio'] }),
      'invalid_value',
      'session.output_modalities',
    ],
    [
      'a speed out of range',
      gaUpdate({ audio: { output: { speed: 3 } } }),
      'decimal_above_max_value',
      'session.audio.output.speed',
    ],
    ['an unknown tool choice', gaUpdate({ tool_choice: 'maybe' }), 'invalid_value', 'session.tool_choice'],
    ['another model', gaUpdate({ model: 'gpt-realtime-2.1' }), 'invalid_value', 'session.model'],
    [
      'reasoning on a model without it',
      gaUpdate({ reasoning: { effort: 'low' } }),
      'unknown_parameter',
      'session.reasoning',
    ],
    [
      'tools together on a model that does not reason',
      gaUpdate({ parallel_tool_calls: true }),
      'unknown_parameter',
      'session.parallel_tool_calls',
    ],
    [
      'keywords for a writer who takes none',
      gaUpdate({ audio: { input: { transcription: { model: 'whisper-1', keywords: ['Meyer'] } } } }),
      'unknown_parameter',
      'session.audio.input.transcription.keywords',
    ],
    [
      'a memory as large as the window',
      gaUpdate({
        truncation: { type: 'retention_ratio', retention_ratio: 0.8, token_limits: { post_instructions: 32_000 } },
      }),
      'integer_above_max_value',
      'session.truncation.token_limits.post_instructions',
    ],
    [
      'too many output tokens',
      gaUpdate({ max_output_tokens: 5000 }),
      'integer_above_max_value',
      'session.max_output_tokens',
    ],
    ['flat assistant content', message('assistant', 'text'), 'invalid_value', 'item.content[0].type'],
    ['output content from the user', message('user', 'output_text'), 'invalid_value', 'item.content[0].type'],
    [
      'modalities of a response',
      { type: 'response.create', response: { modalities: ['audio'] } },
      'unknown_parameter',
      'response.modalities',
    ],
    ['an unknown event', { type: 'output_audio_buffer.clear' }, 'invalid_value', 'type'],
    ['an event without a type', { hello: 1 }, 'invalid_event', null],
  ])('%s', async (_, event, code, param) => {
    expect(await errorFor('ga', event)).toMatchObject({
      type: 'invalid_request_error',
      code,
      param,
      event_id: 'mine_1',
    })
  })

  it('names what it would have taken', async () => {
    const error = await errorFor('ga', { type: 'session.update', session: { type: 'chat' } })
    expect(error['message']).toBe("Invalid value: 'chat'. Supported values are: 'realtime', and 'transcription'.")
    expect((await errorFor('ga', gaUpdate({ modalities: [] })))['message']).toBe(
      "Unknown parameter: 'session.modalities'.",
    )
    const format = await errorFor('ga', gaUpdate({ audio: { input: { format: 'g711_ulaw' } } }))
    expect(format['message']).toBe(
      "Invalid type for 'session.audio.input.format': expected an object, but got a string instead.",
    )
  })
})

describe('the flat wire refuses', () => {
  it.each<[string, Json, string, string | null]>([
    ['the nested shape', { type: 'session.update', session: sessions.ga() }, 'unknown_parameter', 'session.type'],
    [
      'output_modalities',
      flatUpdate({ output_modalities: ['audio'] }),
      'unknown_parameter',
      'session.output_modalities',
    ],
    ['max_output_tokens', flatUpdate({ max_output_tokens: 10 }), 'unknown_parameter', 'session.max_output_tokens'],
    ['audio', flatUpdate({ audio: {} }), 'unknown_parameter', 'session.audio'],
    ['speech without text', flatUpdate({ modalities: ['audio'] }), 'invalid_value', 'session.modalities'],
    ['a temperature out of range', flatUpdate({ temperature: 0.2 }), 'decimal_below_min_value', 'session.temperature'],
    [
      'a nested format',
      flatUpdate({ input_audio_format: { type: 'audio/pcmu' } }),
      'invalid_type',
      'session.input_audio_format',
    ],
    [
      'an unknown format',
      flatUpdate({ input_audio_format: 'audio/pcmu' }),
      'invalid_value',
      'session.input_audio_format',
    ],
    ['an effort', flatUpdate({ reasoning: { effort: 'low' } }), 'unknown_parameter', 'session.reasoning'],
    ['a truncation', flatUpdate({ truncation: 'auto' }), 'unknown_parameter', 'session.truncation'],
    [
      'keywords',
      flatUpdate({ input_audio_transcription: { model: 'gpt-transcribe', keywords: ['Meyer'] } }),
      'unknown_parameter',
      'session.input_audio_transcription.keywords',
    ],
    [
      'an idle timeout',
      flatUpdate({ turn_detection: { type: 'server_vad', idle_timeout_ms: 6000 } }),
      'unknown_parameter',
      'session.turn_detection.idle_timeout_ms',
    ],
    [
      'an extra key of a tool',
      flatUpdate({ tools: [tool({ meta: 1 })] }),
      'unknown_parameter',
      'session.tools[0].meta',
    ],
    ['ga assistant content', message('assistant', 'output_text'), 'invalid_value', 'item.content[0].type'],
    [
      'output_modalities of a response',
      { type: 'response.create', response: { output_modalities: ['audio'] } },
      'unknown_parameter',
      'response.output_modalities',
    ],
  ])('%s', async (_, event, code, param) => {
    expect(await errorFor('flat', event)).toMatchObject({
      type: 'invalid_request_error',
      code,
      param,
      event_id: 'mine_1',
    })
  })

  it('nothing of what only this wire has', async () => {
    const session = sessions.flat({ temperature: 0.7, prompt_cache_key: 'front-desk', modalities: ['audio', 'text'] })
    const client = await connectReady(servers.flat.url, session, 'flat')
    expect(client.events.at(-1)).toMatchObject({
      type: 'session.updated',
      session: {
        temperature: 0.7,
        prompt_cache_key: 'front-desk',
        input_audio_format: 'g711_ulaw',
        modalities: ['audio', 'text'],
      },
    })
    client.socket.terminate()
  })
})

describe.each(['ga', 'flat'] as const)('on the %s wire', (dialect) => {
  it.each<[string, Json, string | null, RegExp]>([
    ['cancelling nothing', { type: 'response.cancel' }, 'response_cancel_not_active', /no active response found/],
    [
      'committing nothing',
      { type: 'input_audio_buffer.commit' },
      'input_audio_buffer_commit_empty',
      /at least 100ms .* only has 0.00ms/,
    ],
    [
      'deleting an unknown item',
      { type: 'conversation.item.delete', item_id: 'item_x' },
      'item_delete_invalid_item_id',
      /'item_x' does not exist/,
    ],
    [
      'retrieving an unknown item',
      { type: 'conversation.item.retrieve', item_id: 'item_x' },
      'item_retrieve_invalid_item_id',
      /does not exist/,
    ],
    [
      'truncating an unknown item',
      { type: 'conversation.item.truncate', item_id: 'item_x', content_index: 0, audio_end_ms: 0 },
      'item_truncate_invalid_item_id',
      /does not exist/,
    ],
    [
      'truncating by a fraction',
      { type: 'conversation.item.truncate', item_id: 'item_x', content_index: 0, audio_end_ms: 1.5 },
      'invalid_type',
      /expected an integer, but got a decimal/,
    ],
    [
      'an output for no call',
      { type: 'conversation.item.create', item: { type: 'function_call_output', call_id: 'call_x', output: '{}' } },
      'invalid_tool_call_id',
      /call_x/,
    ],
    [
      'an unknown place',
      { ...message('user', 'input_text'), previous_item_id: 'item_x' },
      'item_create_invalid_previous_item_id',
      /item_x/,
    ],
    ['audio that is not base64', { type: 'input_audio_buffer.append', audio: '***' }, 'invalid_value', /base64/],
    [
      'audio that is not text',
      { type: 'input_audio_buffer.append', audio: 7 },
      'invalid_type',
      /expected a string, but got an integer/,
    ],
  ])('%s is refused and the session lives on', async (_, event, code, text) => {
    const error = await errorFor(dialect, event)
    expect(error).toMatchObject({ code, event_id: 'mine_1' })
    expect(error['message']).toMatch(text)
  })

  it('a refused update changes nothing at all, and later ones change what they name only', async () => {
    const client = await connect(servers[dialect].url, { dialect })
    await client.next('session.created')
    client.send({
      type: 'session.update',
      event_id: 'bad',
      session: { ...sessions[dialect]({ instructions: 'New.' }), nonsense: 1 },
    })
    expect(await client.next('error')).toMatchObject({ error: { param: 'session.nonsense', event_id: 'bad' } })
    client.send({ type: 'session.update', event_id: 'good', session: sessions[dialect]({ tool_choice: 'none' }) })
    const first = await client.next('session.updated')
    client.send({
      type: 'session.update',
      session: { ...(dialect === 'ga' && { type: 'realtime' }), instructions: 'Newer.' },
    })
    const second = await client.next('session.updated')
    const before = first['session'] as Json
    expect(before['instructions']).toMatch(/Answer the telephone/)
    expect(first['event_id']).not.toBe('good')
    expect(second['session']).toEqual({ ...before, instructions: 'Newer.' })
    client.socket.terminate()
  })

  it('a second response, a second item of one id, truncation past the end and a late voice are refused', async () => {
    const client = await connectReady(servers[dialect].url, sessions[dialect](), dialect)
    client.send({
      type: 'conversation.item.create',
      item: {
        id: 'one',
        type: 'message',
        role: 'user',
        content: [{ type: 'input_text', text: 'Say: "Good morning to you."' }],
      },
    })
    client.send({ type: 'conversation.item.create', item: { id: 'one', type: 'message', role: 'user', content: [] } })
    expect(await client.next('error')).toMatchObject({ error: { code: 'item_create_duplicate_item_id' } })
    client.send({ type: 'response.create' })
    client.send({ type: 'response.create', event_id: 'again' })
    const busy = (await client.next('error'))['error'] as Json
    expect(busy).toMatchObject({ code: 'conversation_already_has_active_response', event_id: 'again' })
    expect(busy['message']).toMatch(/^Conversation already has an active response in progress: resp_\w+\. Wait until/)
    const done = (await client.next('response.done')) as WireEvent & { response: { output: { id: string }[] } }
    const itemId = done.response.output[0]!.id
    const lengthMs = client.audio(itemId).length / 8
    const truncate = (id: string, audioEndMs: number) =>
      client.send({ type: 'conversation.item.truncate', item_id: id, content_index: 0, audio_end_ms: audioEndMs })
    truncate(itemId, Math.ceil(lengthMs) + 60)
    const past = (await client.next('error'))['error'] as Json
    expect(past['message']).toBe(
      `Audio content of ${Math.floor(lengthMs)}ms is already shorter than ${Math.ceil(lengthMs) + 60}ms`,
    )
    truncate('one', 0)
    expect(await client.next('error')).toMatchObject({
      error: { code: 'unsupported_content_type', message: 'Only model output audio messages can be truncated' },
    })
    truncate(itemId, 400)
    expect(await client.next('conversation.item.truncated')).toMatchObject({
      item_id: itemId,
      content_index: 0,
      audio_end_ms: 400,
    })
    truncate(itemId, 401)
    expect(await client.next('error')).toMatchObject({
      error: { message: 'Audio content of 400ms is already shorter than 401ms' },
    })
    const voice = (name: string) =>
      dialect === 'ga' ? { type: 'realtime', audio: { output: { voice: name } } } : { voice: name }
    client.send({ type: 'session.update', session: voice('verse') })
    expect(await client.next('error')).toMatchObject({ error: { code: 'cannot_update_voice' } })
    client.send({ type: 'session.update', session: voice('alloy') })
    await client.next('session.updated')
    client.send({ type: 'conversation.item.delete', item_id: itemId })
    expect(await client.next('conversation.item.deleted')).toMatchObject({ item_id: itemId })
    client.socket.terminate()
  })

  it('99 ms of audio cannot be committed and 100 ms can', async () => {
    const manual =
      dialect === 'ga' ? sessions.ga({}, { turn_detection: null }) : sessions.flat({ turn_detection: null })
    const client = await connectReady(servers[dialect].url, manual, dialect)
    const append = (ms: number) =>
      client.send({ type: 'input_audio_buffer.append', audio: ulawSilence(ms).toString('base64') })
    append(99)
    client.send({ type: 'input_audio_buffer.commit' })
    expect(await client.next('error')).toMatchObject({
      error: { code: 'input_audio_buffer_commit_empty', message: expect.stringContaining('99.00ms') },
    })
    append(1)
    client.send({ type: 'input_audio_buffer.commit' })
    await client.next('input_audio_buffer.committed')
    append(200)
    client.send({ type: 'input_audio_buffer.clear' })
    await client.next('input_audio_buffer.cleared')
    client.send({ type: 'input_audio_buffer.commit' })
    expect(await client.next('error')).toMatchObject({ error: { code: 'input_audio_buffer_commit_empty' } })
    client.socket.terminate()
  })
})

describe('the handshake', () => {
  const key = { authorization: 'Bearer key' }
  const ask = (url: string, headers: Record<string, string> = key) => connect(url, { headers })
  /** What a client sees of a session that never was. */
  const refused = async (url: string, headers?: Record<string, string>) => {
    const client = await ask(url, headers)
    const closed = await client.closed
    return { closed, errors: client.events.map(({ type, error }) => [type, (error as Json)['code']]), client }
  }

  it.each([
    ['no key', {}, null, 'invalid_request_error'],
    ['a wrong key', { authorization: 'Bearer other' }, 'invalid_api_key', 'invalid_request_error.invalid_api_key'],
    ['basic authentication', { authorization: 'Basic a2V5' }, null, 'invalid_request_error'],
  ])('with %s opens, says why not, and closes with 3000', async (_, headers, code, reason) => {
    const { closed, errors } = await refused(servers.ga.url, headers)
    expect([errors, closed]).toEqual([[['error', code]], { code: 3000, reason }])
  })

  it.each([
    ['no model', '?model=&x=', 'missing_model'],
    ['a mistyped model', '?model=gpt-realtme&x=', 'invalid_model'],
    ['a model that is off', '?model=gpt-4o-realtime-preview&x=', 'invalid_model'],
  ])('with %s opens, says why not, and closes with 4000', async (_, query, code) => {
    const { closed, errors } = await refused(`${servers.ga.url}${query}`)
    expect([errors, closed]).toEqual([[['error', code]], { code: 4000, reason: `invalid_request_error.${code}` }])
    expect(servers.ga.sessions.some(({ model }) => query.includes(model))).toBe(false)
  })

  it('never repeats the key', async () => {
    const { client } = await refused(servers.ga.url, { authorization: 'Bearer sk-very-secret' })
    expect(JSON.stringify(client.events)).not.toContain('very')
  })

  it('takes any model where a test says so, and over the flat wire', async () => {
    const server = await createRealtimeServer({ models: 'any' })
    onTestFinished(() => server.close())
    for (const url of [server.url, servers.flat.url]) {
      const client = await ask(`${url}?model=my-deployment&x=`)
      await client.next('session.created')
      client.socket.terminate()
    }
    expect(server.sessions[0]?.model).toBe('my-deployment')
  })

  it('of a compatible server is answered with a status', async () => {
    const server = await createRealtimeServer({ dialect: 'flat', apiKey: 'key' })
    onTestFinished(() => server.close())
    await expect(ask(server.url, {})).rejects.toThrow('401')
    await expect(ask(server.url, { authorization: 'Bearer other' })).rejects.toThrow('401')
    await expect(ask(`${server.url}?model=&x=`)).rejects.toThrow('400')
  })

  it('to another path is answered with 404', async () => {
    await expect(ask(servers.ga.url.replace('/v1/realtime', '/v1/other'))).rejects.toThrow('404')
  })

  it('takes the key as a subprotocol, as browsers send it', async () => {
    const open = (name: string) =>
      new WebSocket(`${servers.ga.url}?model=gpt-realtime-1.5`, ['realtime', `openai-insecure-api-key.${name}`])
    const client = open('key')
    const [first] = await once(client, 'message')
    expect(client.protocol).toBe('realtime')
    expect(JSON.parse(String(first))).toMatchObject({ type: 'session.created' })
    expect(JSON.stringify(servers.ga.sessions.at(-1)?.headers)).not.toContain('insecure')
    client.terminate()
    const [code] = await once(open('other'), 'close')
    expect(code).toBe(3000)
  })

  it('takes the old header as a subprotocol, too', async () => {
    const names = ['realtime', 'openai-insecure-api-key.key', 'openai-beta.realtime-v1']
    const [code] = await once(new WebSocket(`${servers.ga.url}?model=gpt-realtime-1.5`, names), 'close')
    expect(code).toBe(4000)
    const client = new WebSocket(`${servers.flat.url}?model=gpt-realtime-1.5`, names)
    await once(client, 'message')
    client.send(JSON.stringify({ type: 'session.update', session: sessions.flat() }))
    for (let type = ''; type !== 'session.updated';) {
      const [data] = await once(client, 'message')
      ;({ type } = JSON.parse(String(data)) as WireEvent)
      expect(type).not.toBe('error')
    }
    client.terminate()
  })

  it('with the old header opens, says why not, and closes with 4000', async () => {
    const client = await connect(servers.ga.url, {
      headers: { authorization: 'Bearer key', 'OpenAI-Beta': 'realtime=v1' },
    })
    expect(await client.closed).toEqual({ code: 4000, reason: 'invalid_request_error.beta_api_shape_disabled' })
    expect(client.events).toEqual([
      {
        type: 'error',
        event_id: expect.stringMatching(/^event_/),
        error: {
          type: 'invalid_request_error',
          code: 'beta_api_shape_disabled',
          message: 'The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API.',
          param: null,
        },
      },
    ])
  })

  it('to the flat wire without its header meets the shape first and the header second', async () => {
    const client = await connect(servers.flat.url, { headers: { authorization: 'Bearer key' } })
    await client.next('session.created')
    client.send({ type: 'session.update', session: sessions.ga() })
    expect(await client.next('error')).toMatchObject({ error: { code: 'unknown_parameter', param: 'session.type' } })
    client.send({ type: 'session.update', session: sessions.flat() })
    expect(await client.next('error')).toMatchObject({ error: { code: 'missing_beta_header' } })
    expect((await client.closed).code).toBe(4000)
  })
})
