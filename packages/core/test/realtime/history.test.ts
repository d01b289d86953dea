import { describe, expect, it } from 'vitest'
import type { HistoryItem } from '../../src/model.ts'
import { accept, configured, connect, refuses, roundTrip, say, type Sent } from './server.ts'

const history: readonly HistoryItem[] = [
  { kind: 'message', role: 'system', text: 'They have called before.' },
  { kind: 'message', role: 'user', text: 'Is it there?' },
  { kind: 'message', role: 'assistant', text: 'I will look.' },
  { kind: 'toolCall', toolCallId: 'call_1', name: 'look_up', argumentsJson: '{"id":7}', output: '"no"' },
  { kind: 'toolCall', toolCallId: 'call_2', name: 'book', argumentsJson: '{}' },
]
const found = { type: 'toolOutput', toolCallId: 'call_2', output: '"booked"' } as const

const itemsOf = (sent: readonly Sent[]): Record<string, unknown>[] =>
  sent.filter(({ type }) => type === 'conversation.item.create').map(({ item }) => item as Record<string, unknown>)

/** What was written as messages: role and text. */
const said = (sent: readonly Sent[]): string[] =>
  itemsOf(sent)
    .filter(({ type }) => type === 'message')
    .map(({ role, content }) => `${String(role)}: ${(content as { text: string }[])[0]!.text}`)

/** The id of the event that created the item of this kind. */
const eventIdOf = (sent: readonly Sent[], type: string, callId: string): string =>
  sent.find(({ item }) => {
    const one = item as { type?: string; call_id?: string } | undefined
    return one?.type === type && one.call_id === callId
  })!.event_id

describe.each(['ga', 'flat'] as const)('the history over %s', (dialect) => {
  it('is written behind the settings, in order, each item in the form of this wire', async () => {
    const { sent, until, sockets, events } = await connect(accept, dialect, { history })
    await until('configured')
    await roundTrip(sockets[0]!)
    expect(sent[0]!.type).toBe('session.update')
    expect(JSON.stringify(sent[0])).not.toContain('They have called before')
    const written = dialect === 'ga' ? 'output_text' : 'text'
    expect(itemsOf(sent)).toMatchObject([
      { type: 'message', role: 'system', content: [{ type: 'input_text', text: 'They have called before.' }] },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Is it there?' }] },
      { type: 'message', role: 'assistant', content: [{ type: written, text: 'I will look.' }] },
      { type: 'function_call', call_id: 'gw_call_1', name: 'look_up', arguments: '{"id":7}' },
      { type: 'function_call_output', call_id: 'gw_call_1', output: '"no"' },
      { type: 'function_call', call_id: 'gw_call_2', name: 'book', arguments: '{}' },
      { type: 'message', role: 'system', content: [{ text: expect.stringContaining('do not call it again') }] },
    ])
    for (const { id } of itemsOf(sent)) expect(id).toMatch(/^gw_/)
    expect(events.map(({ type }) => type)).toEqual(['opened', 'created', 'configured'])
  })
})

it('is not deleted with what priming has written, which the server acknowledges meanwhile', async () => {
  const { sent, until, sockets } = await connect(
    (socket) => {
      accept(socket, [], {})
      socket.on('got:response.create', () => {
        say(socket, { type: 'conversation.item.added', item: { id: 'gw_item_3', type: 'message', role: 'assistant' } })
        say(socket, { type: 'response.created', response: { id: 'r1' } })
        say(socket, { type: 'conversation.item.added', item: { id: 'i1', type: 'message', role: 'assistant' } })
        say(socket, { type: 'response.done', response: { id: 'r1', status: 'completed' } })
      })
    },
    'ga',
    { history, primes: true },
  )
  await until('configured')
  await roundTrip(sockets[0]!)
  expect(sent.filter(({ type }) => type === 'conversation.item.delete')).toMatchObject([{ item_id: 'i1' }])
})

describe('a tool that was running', () => {
  it('has its output told to the session that knows the call, once', async () => {
    const { connection, sent, settled } = await configured({}, { history })
    connection.send(found)
    await settled()
    expect(itemsOf(sent).slice(7)).toMatchObject([
      { type: 'function_call_output', call_id: 'gw_call_2', output: '"booked"' },
    ])
  })

  it('keeps its call and its output together under a shorter id where its own is too long', async () => {
    const toolCallId = `call_${'x'.repeat(40)}`
    const { connection, sent, settled } = await configured()
    connection.send({
      type: 'addHistory',
      items: [{ kind: 'toolCall', toolCallId, name: 'book', argumentsJson: '{}' }],
    })
    connection.send({ ...found, toolCallId })
    await settled()
    const [call, , output] = itemsOf(sent)
    expect(String(call!['call_id']).length).toBeLessThanOrEqual(32)
    expect(output).toMatchObject({ type: 'function_call_output', call_id: call!['call_id'] })
  })
})

it('tells the call of a server that numbers calls anew from the running one of an earlier session', async () => {
  const { connection, sent, settled, says, events } = await configured({}, { history })
  await says({ type: 'response.created', response: { id: 'r1' } })
  const item = {
    id: 'i1',
    type: 'function_call',
    status: 'completed',
    call_id: 'call_2',
    name: 'look_up',
    arguments: '{}',
  }
  await says({ type: 'response.output_item.done', response_id: 'r1', item })
  const called = events.findLast((event) => event.type === 'toolCalled')!
  expect(called.toolCallId).not.toBe('call_2')
  connection.send(found)
  connection.send({ type: 'toolOutput', toolCallId: called.toolCallId, output: '"yes"' })
  await settled()
  expect(itemsOf(sent).slice(7)).toMatchObject([
    { type: 'function_call_output', call_id: 'gw_call_2', output: '"booked"' },
    { type: 'function_call_output', call_id: 'call_2', output: '"yes"' },
  ])
})

describe('a server that refuses', () => {
  const refused = (id: string): object => refuses('invalid_value', { param: 'item.type', event_id: id })
  const open = async () => {
    const rig = await configured()
    rig.connection.send({ type: 'addHistory', items: history })
    await rig.settled()
    return rig
  }

  it('a tool call and its output is told both in words, once, and the connection stays', async () => {
    const { sent, says, types } = await open()
    await says(
      refused(eventIdOf(sent, 'function_call', 'gw_call_1')),
      refuses('invalid_tool_call_id', { event_id: eventIdOf(sent, 'function_call_output', 'gw_call_1') }),
    )
    const told = said(sent).slice(4)
    expect(told).toEqual(['system: You called look_up with {"id":7}. Its result: "no"'])
    expect(types()).toEqual(['warning', 'warning'])
  })

  it('a call that is running is told in words what comes of it', async () => {
    const { sent, says, connection, settled } = await open()
    await says(refused(eventIdOf(sent, 'function_call', 'gw_call_2')))
    connection.send(found)
    await settled()
    expect(said(sent).slice(4)).toEqual([
      expect.stringContaining('You called book with {}. It is still running'),
      'system: You called book with {}. Its result: "booked"',
    ])
  })

  it('a call whose output was on its way is told its result in words', async () => {
    const { sent, says, connection, settled } = await open()
    connection.send(found)
    await settled()
    await says(
      refused(eventIdOf(sent, 'function_call', 'gw_call_2')),
      refuses('invalid_tool_call_id', { event_id: eventIdOf(sent, 'function_call_output', 'gw_call_2') }),
    )
    expect(said(sent).slice(4)).toEqual(['system: You called book with {}. Its result: "booked"'])
  })

  it('words of the assistant is told by a system message that they were said', async () => {
    const { sent, says } = await open()
    const { event_id } = sent.find(({ item }) => (item as { role?: string } | undefined)?.role === 'assistant')!
    await says(refused(event_id))
    expect(said(sent).at(-1)).toBe('system: You said: "I will look."')
  })
})
