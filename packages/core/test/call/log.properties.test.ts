import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEventRecorder, type RecordedEvents } from '../../src/call/log/event-recorder.ts'
import { formatLog, logText, parseLog, type EventLog } from '../../src/call/log/log-file.ts'
import { shareableLog, storableLog } from '../../src/call/log/masks.ts'
import { differencesIn, replay } from '../../src/call/log/replay.ts'
import type { CallEffect } from '../../src/call/events.ts'
import type { CallState } from '../../src/call/state.ts'
import { anyEvent, start, walk } from './any-call.ts'
import { live } from './lived-call.ts'
import { anyWorld } from './any-world.ts'

/** From the call to the disk and back. */
const stored = (text: string): EventLog => parseLog(gunzipSync(gzipSync(text)).toString())

const endOf = (log: EventLog): { readonly state: CallState; readonly effects: readonly CallEffect[] } => {
  const steps = [...replay(log)]
  return { state: steps.at(-1)!.after, effects: steps.flatMap((step) => step.effects) }
}

/** What of a state is neither words nor keys nor a name. */
const shapeOf = (state: CallState): unknown =>
  JSON.parse(
    JSON.stringify(state, (_key, value: unknown) => (typeof value === 'string' ? value.length > 0 : value)).replaceAll(
      /"(?:\+|name-|route-|tool-)[^"]*":/g,
      '"name":',
    ),
  )

const anyCall = (check: (record: RecordedEvents, state: CallState, effects: readonly CallEffect[]) => Promise<void>) =>
  fc.assert(
    fc.asyncProperty(start, fc.array(anyEvent, { maxLength: 60 }), async (options, events) => {
      const recorder = createEventRecorder()
      const all: CallEffect[] = []
      const state = walk(options, events, (before, after, effects, event) => {
        // A call that is over takes no more events.
        if (before.phase === 'ended') return
        recorder.add(all.length, event, before, after, effects)
        all.push(...effects)
      })
      await check(recorder.take(), state, all)
    }),
    { numRuns: 500 },
  )

describe('any random call', () => {
  it('ends in the same state and has the same effects when its log is stored and replayed', () =>
    anyCall(async ({ lines, truncated }, state, effects) => {
      const log = stored(logText({}, lines, truncated))
      expect(endOf(log)).toEqual({ state, effects })
      expect(differencesIn(log)).toEqual([])
    }))

  it('replays to the same decisions without its words and keys, and with other names and numbers', () =>
    anyCall(async (record, state) => {
      const log = stored(await storableLog({ callId: 'call 1' }, record))
      const shared = stored(formatLog(shareableLog(log)))
      for (const kept of [log, shared]) {
        expect(differencesIn(kept)).toEqual([])
        expect(shapeOf(endOf(kept).state)).toEqual(shapeOf(state))
      }
      expect(shareableLog(shared)).toEqual(shared)
    }))
})

it('a lived call ends in the same state when its log is replayed', async () => {
  await fc.assert(
    fc.asyncProperty(anyWorld, async (world) => {
      const { call } = await live(world)
      const record = call.takeEvents()
      expect(record.truncated).toBe(false)
      expect(endOf(stored(logText({}, record.lines, false))).state).toEqual(call.state)
      expect(differencesIn(stored(await storableLog({}, record)))).toEqual([])
    }),
    { numRuns: 40 },
  )
})
