import { describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { fakeClock } from '../../src/testing/index.ts'
import { accept, configured, connect, refuses, say, wish, type Script, type Sent } from './server.ts'

const has = (value: unknown, path: string): boolean =>
  path.split('.').reduce<unknown>((inner, name) => (inner as Record<string, unknown> | null)?.[name], value) !==
  undefined

type Answer = (field: string, event: Sent) => object

/** Names what it refuses as the documented servers do. */
const byParam: Answer = (field, { event_id }) => refuses('unknown_parameter', { event_id, param: `session.${field}` })
/** Names it in its message only, and the event not at all. */
const inWords: Answer = (field) => refuses(null, { message: `Unrecognized field '${field}' in request`, param: null })

/** Has a sentence for an error, or nothing but the fields of one. */
const asSentence: Answer = (field) => ({ type: 'error', error: `unknown field ${field}` })
const beside: Answer = (field) => ({
  type: 'error',
  event_id: 'theirs',
  code: 'bad_request',
  message: `unknown field ${field}`,
})
/** Names it as validators of web frameworks do. */
const asPlace: Answer = (field, { event_id }) =>
  refuses('extra_forbidden', { event_id, param: ['body', 'session', ...field.split('.')] })

/** A server that takes a session when it has none of these fields. */
const strict =
  (fields: readonly string[], answer: Answer = byParam): Script =>
  (socket) => {
    say(socket, { type: 'session.created', session: {} })
    socket.on('got:session.update', (event: Sent) => {
      const field = fields.find((path) => has(event.session, path))
      say(socket, field === undefined ? { type: 'session.updated', session: event.session } : answer(field, event))
    })
  }

const full = { cacheKey: 'front-desk', wishes: wish() }
const updates = (sent: readonly Sent[]) =>
  sent.filter(({ type }) => type === 'session.update').map(({ session }) => session)

describe.each([
  ['by param', byParam],
  ['in words only', inWords],
  ['in a sentence', asSentence],
  ['without an error', beside],
  ['by its place', asPlace],
])('a server that refuses what it need not have, and says so %s', (_how, answer) => {
  it('is asked once more without it, and the call hears nothing', async () => {
    const { until, events, sent, leftOut } = await connect(strict(['prompt_cache_key'], answer), 'flat', full)
    await until('configured')
    expect(events.map(({ type }) => type)).toEqual(['opened', 'created', 'configured'])
    expect(updates(sent).map((session) => session && 'prompt_cache_key' in session)).toEqual([true, false])
    expect(updates(sent)[1]).toMatchObject({ instructions: 'Be brief.', input_audio_format: 'g711_ulaw' })
    expect(leftOut).toEqual(['session.prompt_cache_key'])
  })

  it('is asked again for each, one after the other, and the next call does not pay for it', async () => {
    const fields = ['prompt_cache_key', 'input_audio_transcription', 'turn_detection.eagerness', 'tool_choice']
    const { until, open, sent, sockets, leftOut, events } = await connect(strict(fields, answer), 'flat', full)
    await until('configured')
    expect(updates(sent)).toHaveLength(fields.length + 1)
    events.length = 0
    sent.length = 0
    open()
    await until('configured')
    expect(sockets).toHaveLength(2)
    expect(updates(sent)).toHaveLength(1)
    expect(leftOut).toEqual(fields.map((field) => `session.${field}`))
  })
})

it.each([
  ['ga', 'audio.input.transcription'],
  ['ga', 'audio.input.turn_detection.eagerness'],
  ['ga', 'audio.input.turn_detection.interrupt_response'],
  ['ga', 'tool_choice'],
  ['flat', 'input_audio_transcription'],
  ['flat', 'turn_detection.create_response'],
] as const)('%s goes on without %s', async (dialect, field) => {
  const { until, leftOut, connection } = await connect(strict([field]), dialect, full)
  await until('configured')
  expect(leftOut).toEqual([`session.${field}`])
  // A second one is a change: it does not have the field either.
  connection.send({
    type: 'configure',
    config: { turnDetection: { kind: 'semantic', eagerness: 'low', autoReply: true } },
  })
  await until('reconfigured')
})

it.each([
  ['ga', 'truncation'],
  ['ga', 'reasoning'],
  ['ga', 'reasoning.effort'],
  ['ga', 'parallel_tool_calls'],
  ['ga', 'max_output_tokens'],
  ['ga', 'audio.input.noise_reduction'],
  ['ga', 'audio.input.transcription.keywords'],
  ['ga', 'audio.input.transcription.languages'],
  ['flat', 'max_response_output_tokens'],
  ['flat', 'input_audio_transcription.language'],
] as const)('%s goes on without %s, which suits the model', async (dialect, field) => {
  const wishes = { ...wish({ noiseReduction: 'near_field', parallelTools: false }), keywords: ['Meyer'] }
  const changes = { cacheKey: 'front-desk', wishes }
  const { until, leftOut, sent, open, events } = await connect(strict([field]), dialect, changes, {
    model: 'gpt-realtime-2.1',
  })
  await until('configured')
  expect(has(updates(sent)[0], field), 'it is sent at first').toBe(true)
  events.length = 0
  sent.length = 0
  open()
  await until('configured')
  expect(updates(sent)).toHaveLength(1)
  expect(leftOut).toEqual([`session.${field}`])
})

it('a server that cannot tell the end of a turn by what was said goes by silence', async () => {
  const script: Script = (socket) => {
    say(socket, { type: 'session.created', session: {} })
    socket.on('got:session.update', ({ event_id, session }: Sent) => {
      const { turn_detection } = session as { turn_detection: { type: string } }
      say(
        socket,
        turn_detection.type === 'server_vad'
          ? { type: 'session.updated', session }
          : refuses('invalid_value', { event_id, param: 'session.turn_detection.type' }),
      )
    })
  }
  const { until, sent } = await connect(script, 'flat')
  await until('configured')
  expect(updates(sent)[1]).toMatchObject({ turn_detection: { type: 'server_vad', create_response: true } })
})

it('a server that names every field at once is not lost over the ones it has named before', async () => {
  const script: Script = (socket) => {
    say(socket, { type: 'session.created', session: {} })
    socket.on('got:session.update', ({ session }: Sent) => {
      const refused = ['prompt_cache_key', 'tool_choice'].filter((field) => has(session, field))
      for (const param of refused) say(socket, refuses('unknown_parameter', { param: `session.${param}` }))
      if (refused.length === 0) say(socket, { type: 'session.updated', session })
    })
  }
  const { until, events } = await connect(script, 'flat', full)
  await until('configured')
  expect(events.map(({ type }) => type)).toEqual(['opened', 'created', 'configured'])
})

it('a server that closes at every refusal is connected to anew, without what it has refused', async () => {
  const closing: Script = (socket, sent, headers) => {
    strict(['prompt_cache_key', 'tool_choice'])(socket, sent, headers)
    socket.on('got:session.update', ({ session }: Sent) => {
      if (has(session, 'prompt_cache_key') || has(session, 'tool_choice'))
        socket.close(4000, 'invalid_request_error.unknown_parameter')
    })
  }
  const { until, sockets, events } = await connect(closing, 'flat', full)
  await until('configured')
  expect(sockets).toHaveLength(3)
  expect(events.map(({ type }) => type)).not.toContain('lost')
})

it('a server that refuses one thing after another without end is given up', async () => {
  let refusals = 0
  const never: Script = (socket) => {
    say(socket, { type: 'session.created', session: {} })
    socket.on('got:session.update', ({ event_id }: Sent) => {
      refusals++
      say(socket, refuses('unknown_parameter', { event_id, param: 'session.prompt_cache_key' }))
    })
  }
  const { until } = await connect(never, 'flat', full)
  expect(await until('lost')).toMatchObject({
    retry: false,
    error: { code: 'model_refused', message: expect.stringContaining('session.prompt_cache_key') },
  })
  expect(refusals).toBe(2)
})

it('what did not help is sent again on the next call', async () => {
  const script: Script = (socket) => {
    say(socket, { type: 'session.created', session: {} })
    socket.on('got:session.update', ({ event_id, session }: Sent) => {
      const param = has(session, 'prompt_cache_key') ? 'session.prompt_cache_key' : 'session.voice'
      say(socket, refuses('invalid_value', { event_id, param }))
    })
  }
  const { until, open, sent, events, leftOut } = await connect(script, 'flat', full)
  expect(await until('lost')).toMatchObject({ error: { code: 'model_refused' } })
  events.length = 0
  sent.length = 0
  open()
  await until('lost')
  expect(updates(sent)[0]).toMatchObject({ prompt_cache_key: 'front-desk' })
  expect(leftOut).toEqual([])
})

it('a server of the other dialect is still recognised by its refusal', async () => {
  const script: Script = (socket, sent, headers) => {
    if (headers['openai-beta']) return strict(['prompt_cache_key'])(socket, sent, headers)
    say(socket, { type: 'session.created', session: {} })
    socket.on('got:session.update', ({ event_id }: Sent) =>
      say(socket, refuses('unknown_parameter', { event_id, param: 'session.type' })),
    )
  }
  const { until, learnt, leftOut } = await connect(script, 'auto', full)
  await until('configured')
  expect([learnt, leftOut]).toEqual([['flat'], ['session.prompt_cache_key']])
})

it('a server of the other dialect that names the longest reply first is recognised, and still told how long', async () => {
  const script: Script = (socket, sent, headers) => {
    if (headers['openai-beta']) return accept(socket, sent, headers)
    strict(['max_output_tokens', 'type'])(socket, sent, headers)
  }
  const { until, learnt, leftOut, sent } = await connect(script, 'auto', full, { model: 'gpt-realtime-1.5' })
  await until('configured')
  expect([learnt, leftOut]).toEqual([['flat'], []])
  expect(updates(sent).at(-1)).toMatchObject({ max_response_output_tokens: 1_000 })
})

it('a server of the other dialect that says so in words only is recognised as well', async () => {
  const script: Script = (socket, sent, headers) => {
    if (headers['openai-beta']) return accept(socket, sent, headers)
    say(socket, { type: 'session.created', session: {} })
    socket.on('got:session.update', () => say(socket, refuses(null, { message: "Unknown parameter: 'session.type'." })))
  }
  const { until, learnt } = await connect(script)
  await until('configured')
  expect(learnt).toEqual(['flat'])
})

it('a change during the call goes through without what is refused of it', async () => {
  const rig = await configured()
  rig.socket.removeAllListeners('got:session.update')
  rig.socket.on('got:session.update', (event: Sent) =>
    say(
      rig.socket,
      has(event.session, 'audio.input.turn_detection.eagerness')
        ? byParam('audio.input.turn_detection.eagerness', event)
        : { type: 'session.updated', session: event.session },
    ),
  )
  rig.connection.send({
    type: 'configure',
    config: { turnDetection: { kind: 'semantic', eagerness: 'low', autoReply: true } },
  })
  await rig.until('reconfigured')
  expect(rig.types()).toEqual(['reconfigured'])
})

it('where the server is not told who stops a reply, we stop it ourselves', async () => {
  const clock = fakeClock()
  const { connection, until, sockets, sent } = await connect(
    strict(['audio.input.turn_detection.interrupt_response']),
    'ga',
    {},
    { clock },
  )
  await until('configured')
  const [socket] = sockets as [WebSocket]
  say(socket, { type: 'response.created', response: { id: 'r1' } })
  await until('replyStarted')
  connection.send({ type: 'interrupt', cause: 'speech', heard: [] })
  await new Promise((resolve) => socket.once('got:response.cancel', resolve))
  expect(sent.at(-1)).toMatchObject({ type: 'response.cancel' })
})

describe.each(['ga', 'flat'] as const)('priming over %s', (dialect) => {
  it('goes on without an option that is refused', async () => {
    const field = dialect === 'ga' ? 'max_output_tokens' : 'max_response_output_tokens'
    const script: Script = (socket, sent, headers) => {
      accept(socket, sent, headers)
      socket.on('got:response.create', ({ event_id, response }: Sent) => {
        if (has(response, field))
          return say(socket, refuses('unknown_parameter', { event_id, param: `response.${field}` }))
        say(socket, { type: 'response.created', response: { id: 'r1' } })
        say(socket, { type: 'response.done', response: { id: 'r1', status: 'completed', usage: { output_tokens: 3 } } })
      })
    }
    const { until, events, leftOut } = await connect(script, dialect, { primes: true })
    await until('configured')
    expect(events.map(({ type }) => type)).toEqual(['opened', 'created', 'primed', 'configured'])
    expect(leftOut).toEqual([`response.${field}`])
  })
})
