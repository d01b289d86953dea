import { expect, it } from 'vitest'
import { startPriming } from '../../src/realtime/priming.ts'
import type { ClientEvent, ServerEvent } from '../../src/realtime/protocol.ts'
import { fakeClock } from '../../src/testing/index.ts'

const prime = () => {
  const clock = fakeClock()
  const sent: ClientEvent[] = []
  const told: string[] = []
  const priming = startPriming({
    clock,
    send(event) {
      sent.push(event)
      return `e${sent.length}`
    },
    done: () => void told.push('done'),
    used: () => void told.push('used'),
    overran: () => void told.push('overran'),
    freed: () => void told.push('freed'),
  })
  const take = (event: object): boolean => priming.take(event as ServerEvent)
  return { clock, sent, told, priming, take }
}

const item = { type: 'conversation.item.added', item: { id: 'i1', type: 'message', role: 'assistant' } }

it('asks for a few words as text, without tools', () => {
  const { sent } = prime()
  expect(sent).toEqual([
    {
      type: 'response.create',
      response: { output_modalities: ['text'], tool_choice: 'none', max_output_tokens: 16 },
    },
  ])
})

it('leaves nothing in the conversation, and is over only then', () => {
  const { sent, take, told, clock } = prime()
  expect(take({ type: 'response.created', response: { id: 'r1' } })).toBe(true)
  expect(take(item)).toBe(true)
  expect(sent, 'an item that is being written cannot be deleted').toHaveLength(1)
  expect(take({ type: 'response.done', response: { id: 'r1', usage: {} } })).toBe(true)
  expect(sent.slice(1)).toEqual([{ type: 'conversation.item.delete', item_id: 'i1' }])
  expect(told).toEqual(['used', 'done'])
  expect(clock.pending).toBe(0)
  expect(take({ type: 'response.created', response: { id: 'r2' } }), 'the next one is a real one').toBe(false)
})

it('does not hold the call up: after three seconds it is cancelled, and cleaned up when the server gets there', async () => {
  const { sent, take, told, clock } = prime()
  take({ type: 'response.created', response: { id: 'r1' } })
  take(item)
  await clock.advance(3_000)
  expect(told).toEqual(['overran', 'done'])
  expect(sent.at(-1)).toEqual({ type: 'response.cancel', response_id: 'r1' })
  take({ type: 'response.done', response: { id: 'r1', status: 'cancelled', usage: {} } })
  expect(sent.at(-1)).toEqual({ type: 'conversation.item.delete', item_id: 'i1' })
  expect(told, 'what was cancelled is paid for').toEqual(['overran', 'done', 'used', 'freed'])
})

it('is over when the server will have none of it', () => {
  const { priming, told } = prime()
  expect(priming.refused({ event_id: 'e9' })).toBe(false)
  expect(priming.refused({ event_id: 'e1', code: 'invalid_value' })).toBe(true)
  expect(told).toEqual(['done'])
})

it('is over when there is nothing to cancel: a server that forgot it must not be waited for', async () => {
  const { priming, told, clock, take } = prime()
  await clock.advance(3_000)
  expect(priming.refused({ event_id: 'e9', code: 'response_cancel_not_active' }), 'of something else').toBe(false)
  expect(priming.refused({ event_id: 'e2', code: 'response_cancel_not_active' })).toBe(true)
  expect(told).toEqual(['overran', 'done', 'freed'])
  expect(take({ type: 'response.created', response: { id: 'r1' } }), 'this one is a real one').toBe(false)
})

it('is over when nothing is heard of its cancellation', async () => {
  const { told, clock, take } = prime()
  take({ type: 'response.created', response: { id: 'r1' } })
  await clock.advance(3_000)
  await clock.advance(1_999)
  expect(told).toEqual(['overran', 'done'])
  await clock.advance(1)
  expect(told).toEqual(['overran', 'done', 'freed'])
  expect(take({ type: 'response.created', response: { id: 'r2' } }), 'this one is a real one').toBe(false)
})

it('leaves what is not its own to others', () => {
  const { take } = prime()
  take({ type: 'response.created', response: { id: 'r1' } })
  expect(take({ type: 'conversation.item.added', item: { id: 'u1', type: 'message', role: 'user' } })).toBe(false)
  expect(take({ type: 'response.done', response: { id: 'r2' } })).toBe(false)
  expect(take({ type: 'input_audio_buffer.speech_started' })).toBe(false)
})
