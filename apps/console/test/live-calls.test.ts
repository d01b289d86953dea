import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  foldEvent,
  foldList,
  noCalls,
  rowsOf,
  type ListEvent,
  type LiveCall,
  type LiveCalls,
} from '../src/api/live-calls.ts'

interface Sent {
  readonly id: string
  readonly event: ListEvent
}

const IDS = ['a', 'b', 'c', 'd']

/** What a gateway sends of a few calls, in its order, and which calls are live after it. */
const history = fc
  .array(
    fc.record({ callId: fc.constantFrom(...IDS), does: fc.nat(9), text: fc.constantFrom('hello', 'yes', 'bye') }),
    {
      maxLength: 60,
    },
  )
  .map((steps) => {
    const live = new Map<string, LiveCall>()
    const over = new Set<string>()
    const sent: Sent[] = []
    let seq = 0
    for (const { callId, does, text } of steps) {
      if (over.has(callId)) continue
      const call = live.get(callId)
      const id = `boot.${++seq}`
      if (!call) {
        const startedAt = new Date(seq * 1_000).toISOString()
        const head = { callId, mode: 'ivr', direction: 'inbound', caller: '+1•••0199', dialled: '+1', startedAt }
        const begun = { ...head, phase: 'warming' }
        live.set(callId, begun)
        sent.push({ id, event: { type: 'opened', ...begun } })
      } else if (does === 0) {
        live.delete(callId)
        over.add(callId)
        sent.push({ id, event: { type: 'ended', callId, phase: 'ended' } })
      } else {
        const change = { phase: 'live', speaker: does > 5 ? 'caller' : 'assistant', words: text, speaking: does > 5 }
        live.set(callId, { ...call, ...change })
        sent.push({ id, event: { type: 'call', callId, mode: 'ivr', ...change } })
      }
    }
    return { sent, live: [...live.values()] }
  })

const foldAll = (sent: readonly Sent[], from: LiveCalls = noCalls): LiveCalls =>
  sent.reduce((state, { id, event }) => foldEvent(state, id, event), from)

const sorted = (calls: readonly LiveCall[]) => calls.toSorted((one, other) => one.callId.localeCompare(other.callId))

test('what was told in order is what is live', () => {
  fc.assert(
    fc.property(history, ({ sent, live }) => {
      expect(sorted(rowsOf(foldAll(sent)))).toEqual(sorted(live))
    }),
  )
})

test('being told again, from anywhere, changes nothing', () => {
  fc.assert(
    fc.property(history, fc.nat(), fc.nat(), ({ sent }, one, other) => {
      const [from, to] = [one % (sent.length + 1), other % (sent.length + 1)].toSorted((a, b) => a - b)
      const state = foldAll(sent)
      const again = foldAll(sent.slice(from, to), state)
      expect(again).toEqual(state)
      for (const [at, row] of rowsOf(state).entries()) expect(rowsOf(again)[at]).toBe(row)
    }),
  )
})

test('a list that was read at any moment, with the events after it, is what is live', () => {
  fc.assert(
    fc.property(history, fc.nat(), fc.nat(), ({ sent, live }, one, other) => {
      // The page was told until `lost`; the list is of the moment `read`; what came since `lost` is told after it.
      const [lost, read] = [one % (sent.length + 1), other % (sent.length + 1)].toSorted((a, b) => a - b)
      const before = foldAll(sent.slice(0, lost))
      const list = rowsOf(foldAll(sent.slice(0, read)))
      const joined = foldList(before, list, new Set(before.known.keys()))
      expect(sorted(rowsOf(foldAll(sent.slice(lost), joined)))).toEqual(sorted(live))
    }),
  )
})

test('rows of other calls stay the same objects', () => {
  fc.assert(
    fc.property(history, ({ sent }) => {
      let state = noCalls
      for (const { id, event } of sent) {
        const before = new Map(rowsOf(state).map((row) => [row.callId, row]))
        state = foldEvent(state, id, event)
        for (const row of rowsOf(state)) if (row.callId !== event.callId) expect(row).toBe(before.get(row.callId))
      }
    }),
  )
})
