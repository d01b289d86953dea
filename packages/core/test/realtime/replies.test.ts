import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../src/testing/index.ts'
import { configured, created, delta, done, refuses, wish } from './server.ts'

const call = (call_id: string, more: object = {}): object => ({
  id: `item_${call_id}`,
  type: 'function_call',
  status: 'completed',
  call_id,
  name: 'look_up',
  arguments: '{}',
  ...more,
})
const itemDone = (item: object): object => ({ type: 'response.output_item.done', response_id: 'r1', item })

describe('a reply that is owed', () => {
  it('is asked for again when the first request was lost', async () => {
    const clock = fakeClock()
    const { connection, settled, sentTypes } = await configured({ clock })
    connection.send({ type: 'reply' })
    await clock.advance(2_500)
    connection.send({ type: 'reply' })
    await settled()
    expect(sentTypes()).toEqual(['response.create', 'response.create'])
  })

  it.each([
    ['of a rate limit', refuses('rate_limit_exceeded', { message: 'Please try again in 3.2s.' }), 3_200],
    ['of the server’s own trouble', refuses(null, { type: 'server_error' }), undefined],
    ['of a field of the request', refuses('invalid_value', { param: 'response.metadata' }), undefined],
  ])('is known to have failed, although the refusal because %s names no event', async (_why, error, retryAfterMs) => {
    const { connection, says, events, sentTypes, settled } = await configured()
    connection.send({ type: 'reply' })
    await says(error)
    expect(events.find(({ type }) => type === 'replyEnded')).toMatchObject({
      outcome: 'failed',
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    })
    connection.send({ type: 'reply' })
    await settled()
    expect(sentTypes()).toEqual(['response.create', 'response.create'])
  })

  it('goes out again as soon as the call asks, when a refusal may have meant it', async () => {
    const { connection, says, settled, sentTypes } = await configured()
    connection.send({ type: 'reply' })
    await says(refuses('something_else'))
    connection.send({ type: 'reply' })
    await settled()
    expect(sentTypes()).toEqual(['response.create', 'response.create'])
  })

  it('is not asked for a second time when the server’s own answer was only late', async () => {
    const clock = fakeClock()
    const { connection, says, settled, sentTypes, types } = await configured({ clock })
    connection.send({ type: 'reply', again: true })
    await says(refuses('conversation_already_has_active_response'))
    await clock.advance(1_600)
    await says(created('late'), delta('late'), done('late'))
    await settled()
    expect(sentTypes()).toEqual(['response.create'])
    expect(types().filter((type) => type.startsWith('reply'))).toEqual(['replyStarted', 'replyEnded'])
  })

  it('is asked for again when the reply that was in its way is never heard of', async () => {
    const clock = fakeClock()
    const { connection, says, settled, sentTypes, types } = await configured({ clock })
    connection.send({ type: 'reply' })
    await says(refuses('conversation_already_has_active_response'))
    await clock.advance(1_500)
    await settled()
    expect(sentTypes()).toEqual(['response.create', 'response.create'])
    await says(created('r1'), done('r1'))
    expect(types()).toEqual(['replyStarted', 'replyEnded'])
  })

  it('comes although a reply that was cut never says that it is over', async () => {
    const clock = fakeClock()
    const { connection, says, settled, sentTypes, events } = await configured({ clock })
    await says(created('r1'), delta('r1'))
    connection.send({ type: 'interrupt', cause: 'gateway', heard: [] })
    connection.send({ type: 'reply' })
    await settled()
    expect(sentTypes()).toEqual(['response.cancel'])
    await clock.advance(2_000)
    await settled()
    expect(sentTypes()).toEqual(['response.cancel', 'response.create'])
    expect(events).toContainEqual({ type: 'replyEnded', outcome: 'cancelled', reason: 'unconfirmed' })
  })
})

describe('what the server reports of a reply', () => {
  it.each([
    ['incomplete', { reason: 'max_output_tokens' }, { outcome: 'incomplete', reason: 'max_output_tokens' }],
    ['incomplete', { reason: 'content_filter' }, { outcome: 'incomplete', reason: 'content_filter' }],
    ['incomplete', { reason: 'turn_detected' }, { outcome: 'cancelled', reason: 'turn_detected' }],
    ['incomplete', 'client_cancelled', { outcome: 'cancelled', reason: 'client_cancelled' }],
    ['canceled', null, { outcome: 'cancelled', unasked: true }],
    ['completed', null, { outcome: 'completed' }],
    ['failed', { error: { code: 'Ms. Fields of +1 415 555 0191' } }, { outcome: 'failed', reason: 'other' }],
    ['failed', { error: { type: 'server_error', code: null } }, { outcome: 'failed', reason: 'server_error' }],
    [
      'failed',
      { error: { code: 'rate_limit_exceeded', message: 'Please try again in 1m2.5s. Visit us.' } },
      { outcome: 'failed', reason: 'rate_limit_exceeded', retryAfterMs: 62_500 },
    ],
  ])('%s with %j is told as it is', async (status, status_details, told) => {
    const { says, events } = await configured()
    await says(created('r1'), done('r1', { status, status_details }))
    expect(events.at(-1)).toEqual({ type: 'replyEnded', ...told })
  })

  it('as incomplete counts as cancelled when we have cancelled it', async () => {
    const { connection, says, events } = await configured()
    await says(created('r1'), delta('r1'))
    connection.send({ type: 'interrupt', cause: 'gateway', heard: [] })
    await says(done('r1', { status: 'incomplete' }))
    expect(events.at(-1)).toEqual({ type: 'replyEnded', outcome: 'cancelled' })
  })

  it('is heard of once: begun by its audio when nothing else announces it, and ended once', async () => {
    const { says, types, audio } = await configured()
    await says(delta('r1'), delta('r1'), done('r1'), done('r1'), delta('r1'))
    expect(types()).toEqual(['replyStarted', 'replyEnded'])
    expect(audio, 'what comes after the end is of no reply').toHaveLength(2)
  })

  it('is understood although the server mixes its ids up', async () => {
    const { connection, says, settled, types, audio, sentTypes } = await configured()
    await says(created('r1'), delta('x1'), delta('x1'), done('y1'))
    connection.send({ type: 'reply' })
    await settled()
    expect(types()).toEqual(['replyStarted', 'replyEnded'])
    expect(audio).toHaveLength(2)
    expect(sentTypes()).toEqual(['response.create'])
  })

  it('never shows two replies at a time, though the end of one is lost', async () => {
    const { says, events } = await configured()
    await says(created('r1'), created('r2'), done('r1'), done('r2'))
    expect(events).toEqual([
      { type: 'replyStarted' },
      { type: 'replyEnded', outcome: 'cancelled', reason: 'superseded' },
      { type: 'replyStarted' },
      { type: 'replyEnded', outcome: 'completed' },
    ])
  })
})

describe('tool calls', () => {
  it('are taken from the end of the response when their own event is missing, each once', async () => {
    const { says, events, types } = await configured()
    await says(created('r1'), itemDone(call('c1')), done('r1', { output: [call('c1'), null, call('c2')] }))
    const called = events.filter((event) => event.type === 'toolCalled')
    expect(called.map(({ toolCallId }) => toolCallId)).toEqual(['c1', 'c2'])
    expect(types().at(-1)).toBe('replyEnded')
  })

  it.each(['incomplete', 'cancelled', 'failed'])(
    'are not taken from the end of a response that is %s',
    async (status) => {
      const { says, types } = await configured()
      await says(created('r1'), done('r1', { status, output: [call('c1')] }))
      expect(types()).toEqual(['replyStarted', 'replyEnded'])
    },
  )

  it('are not taken from the end of a response that the caller has interrupted', async () => {
    const { connection, says, types } = await configured()
    await says(created('r1'))
    connection.send({ type: 'interrupt', cause: 'gateway', heard: [] })
    await says(done('r1', { output: [call('c1')] }))
    expect(types()).not.toContain('toolCalled')
  })

  it('are not made when the caller interrupts the sentence they go along with', async () => {
    const { says, types } = await configured()
    await says(created('r1'), delta('r1'), { type: 'response.output_item.added', response_id: 'r1', item: call('c1') })
    await says({ type: 'input_audio_buffer.speech_started' })
    const cut = call('c1', { status: 'incomplete', arguments: '{"na' })
    await says({ type: 'response.function_call_arguments.done', response_id: 'r1', name: 'look_up', arguments: '{"na' })
    await says(itemDone(cut), done('r1', { status: 'cancelled', output: [cut] }))
    expect(types()).toEqual(['replyStarted', 'speechStarted', 'replyEnded'])
  })

  it('two in one response, one of them quick, get one reply when both have their output', async () => {
    const { connection, says, settled, sentTypes } = await configured()
    const output = 'conversation.item.create'
    await says(created('r1'), itemDone(call('c1')))
    connection.send({ type: 'toolOutput', toolCallId: 'c1', output: 'a' })
    connection.send({ type: 'reply' })
    await says(itemDone(call('c2')), done('r1'))
    expect(sentTypes(), 'the reply waits for the other tool').toEqual([output])
    connection.send({ type: 'toolOutput', toolCallId: 'c2', output: 'b' })
    connection.send({ type: 'reply' })
    await says(created('r2'), done('r2'))
    await settled()
    expect(sentTypes()).toEqual([output, output, 'response.create'])
  })

  it('both ready before the response is over get one reply behind it', async () => {
    const { connection, says, settled, sentTypes } = await configured()
    await says(created('r1'), itemDone(call('c1')), itemDone(call('c2')))
    for (const toolCallId of ['c1', 'c2']) {
      connection.send({ type: 'toolOutput', toolCallId, output: 'x' })
      connection.send({ type: 'reply' })
    }
    await settled()
    expect(sentTypes()).not.toContain('response.create')
    await says(done('r1'), created('r2'), done('r2'))
    await settled()
    expect(sentTypes().filter((type) => type === 'response.create')).toHaveLength(1)
  })

  it('get their reply although the call asks only before the last output', async () => {
    const clock = fakeClock()
    const { connection, says, settled, sentTypes } = await configured({ clock })
    await says(created('r1'), itemDone(call('c1')), itemDone(call('c2')))
    connection.send({ type: 'toolOutput', toolCallId: 'c1', output: 'a' })
    connection.send({ type: 'reply' })
    await says(done('r1'))
    connection.send({ type: 'toolOutput', toolCallId: 'c2', output: 'b' })
    await clock.advance(0)
    await settled()
    expect(sentTypes().at(-1)).toBe('response.create')
  })
})

describe('items', () => {
  it('of a former session are neither truncated nor deleted', async () => {
    const { connection, says, settled, sent } = await configured()
    await says(created('r1'), delta('r1', 'here'))
    connection.send({
      type: 'interrupt',
      cause: 'speech',
      heard: [
        { itemId: 'former', contentIndex: 0, heardMs: 100, sentMs: 400 },
        { itemId: 'former2', contentIndex: 0, heardMs: 0, sentMs: 400 },
        { itemId: 'here', contentIndex: 0, heardMs: 50, sentMs: 400 },
      ],
    })
    await settled()
    expect(sent).toMatchObject([{ type: 'conversation.item.truncate', item_id: 'here', audio_end_ms: 50 }])
  })

  it('with a name or words of no sane size are bounded', async () => {
    const { says, events, types } = await configured({}, { wishes: wish() })
    const huge = 'x'.repeat(1_000_000)
    await says(
      { type: 'conversation.item.added', item: { id: huge, type: 'message', role: 'user' } },
      {
        type: 'conversation.item.added',
        previous_item_id: huge,
        item: { id: 'u1', type: 'message', role: 'user' },
      },
      { type: 'conversation.item.input_audio_transcription.completed', item_id: 'u1', transcript: huge },
      refuses(huge, { param: huge, message: huge }),
    )
    expect(types()).toEqual(['itemPlaced', 'transcript', 'warning'])
    expect(JSON.stringify(events).length).toBeLessThan(20_000)
  })
})

describe('what the gateway wrote into the conversation', () => {
  it('is no turn of the call: the story would name it twice, and put what follows it in a wrong place', async () => {
    const { connection, says, settled, sent, events } = await configured()
    connection.send({ type: 'addMessage', role: 'user', text: 'What are your hours?' })
    connection.send({ type: 'addMessage', role: 'assistant', text: 'Nine to five.' })
    await settled()
    const written = sent.filter(({ type }) => type === 'conversation.item.create')
    for (const { item } of written) await says({ type: 'conversation.item.added', item })
    await says({ type: 'conversation.item.added', item: { id: 'said', type: 'message', role: 'user', content: [] } })
    expect(events.filter(({ type }) => type === 'itemPlaced')).toMatchObject([{ itemId: 'said' }])
  })
})

describe('a response beside the conversation', () => {
  const named = (id: string, conversation_id: string | null, type = 'response.created', more: object = {}): object => ({
    type,
    response: { id, conversation_id, status: 'completed', ...more },
  })

  it('neither ends the reply nor calls a tool, and its voice is not heard', async () => {
    const { says, events, types, audio } = await configured()
    await says(named('r1', 'conv'), delta('r1'), named('r2', null), delta('r2', 'other'))
    await says({ type: 'response.output_item.done', response_id: 'r2', item: call('c9') })
    await says(named('r2', null, 'response.done', { output: [call('c9')] }), delta('r1'))
    await says(named('r1', 'conv', 'response.done'))
    expect(types()).toEqual(['replyStarted', 'replyEnded'])
    expect(events.at(-1)).toMatchObject({ outcome: 'completed' })
    expect(audio).toHaveLength(2)
  })

  it('is told from a reply of a server that never names its conversation', async () => {
    const { says, types, audio } = await configured()
    await says(named('r1', null), delta('r1'), named('r1', null, 'response.done'))
    await says(named('r2', null), delta('r2'), named('r2', null, 'response.done'))
    expect(types()).toEqual(['replyStarted', 'replyEnded', 'replyStarted', 'replyEnded'])
    expect(audio).toHaveLength(2)
  })
})
