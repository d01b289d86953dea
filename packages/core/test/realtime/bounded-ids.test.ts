import { expect, it } from 'vitest'
import { startPriming } from '../../src/realtime/priming.ts'
import type { ClientEvent } from '../../src/realtime/protocol.ts'
import { createToolCalls } from '../../src/realtime/tool-calls.ts'
import { fakeClock } from '../../src/testing/index.ts'

it('a response that calls tools without end has the latest thousand without output remembered', () => {
  let told = 0
  const calls = createToolCalls(
    () => told++,
    () => {},
    () => false,
  )
  for (let call = 0; call < 3_000; call++)
    calls.take({ type: 'function_call', status: 'completed', call_id: `call_${call}`, name: 'x', arguments: '{}' })
  expect(told).toBe(3_000)
  expect(calls.open).toBe(1_000)
  calls.reset()
  expect(calls.open).toBe(0)
})

it('a priming that writes item after item has a hundred of them deleted', () => {
  const sent: ClientEvent[] = []
  const priming = startPriming({
    clock: fakeClock(),
    send: (event) => `gw_${sent.push(event)}`,
    done: () => {},
    used: () => {},
    overran: () => {},
    freed: () => {},
  })
  for (let item = 0; item < 3_000; item++)
    priming.take({ type: 'conversation.item.added', item: { id: `item_${item}`, type: 'message', role: 'assistant' } })
  priming.take({ type: 'response.done', response: {} })
  expect(sent.filter(({ type }) => type === 'conversation.item.delete')).toHaveLength(100)
})
