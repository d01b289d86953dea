import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createResponseQueue } from '../../src/realtime/response-queue.ts'

it('sends one request at a time and joins those that wait', () => {
  let sent = 0
  const queue = createResponseQueue(() => void sent++)
  queue.request()
  queue.request()
  queue.request()
  expect(sent).toBe(1)
  queue.started('r1')
  queue.ended()
  expect(sent).toBe(2)
  queue.started('r2')
  queue.ended()
  expect(sent).toBe(2)
})

it('asks again when the server was busy with a response of its own', () => {
  let sent = 0
  const queue = createResponseQueue(() => void sent++)
  queue.request()
  queue.started('auto')
  queue.refusedAsBusy()
  expect(sent).toBe(1)
  queue.ended()
  expect(sent).toBe(2)
})

it('never has two responses in flight against a server that behaves', () => {
  const step = fc.constantFrom('request', 'answer', 'finish', 'speech')
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      // The server: one active response, requests answered in order.
      let active = false
      const inbox: 'create'[] = []
      const queue = createResponseQueue(() => {
        expect(inbox.length, 'a second request is on its way').toBe(0)
        inbox.push('create')
      })
      const answer = (): void => {
        if (!inbox.shift()) return
        if (active) queue.refusedAsBusy()
        else {
          active = true
          queue.started('r')
        }
      }
      for (const each of steps) {
        if (each === 'request') queue.request()
        else if (each === 'answer') answer()
        else if (each === 'finish' && active) {
          // It reads what has arrived before it finishes.
          answer()
          active = false
          queue.ended()
        } else if (each === 'speech' && !active) {
          active = true
          queue.started('auto')
        }
      }
      // Nothing that was asked for is lost.
      for (let turn = 0; turn < 10; turn++) {
        answer()
        if (active) {
          active = false
          queue.ended()
        }
      }
      expect(queue.busy).toBe(false)
    }),
    { numRuns: 1_000 },
  )
})
