/** The people who are rung in a test call: nobody's telephone rings, and they behave as the softphone says. */
import type { Persons } from './line-protocol.ts'
import type { FarEnd, SimCall } from './types.ts'

/** They let it ring so long at least, so that whoever watches can change what they do. */
const RINGS_MS = 2500
const LOOK_EVERY_MS = 200
/** They listen to who is calling before they press a key. */
const THINKS_MS = 1500
/** A conversation with nobody in it must end. */
const TALKS_MS = 60_000

/** Somebody who is rung; `persons` is asked until they have answered or not. */
export function playedPerson(persons: () => Persons, direction: SimCall['direction']): FarEnd {
  /** A person who is asked first hears who is calling, and accepts or declines with a key. */
  const isAsked = direction === 'outbound-api'
  let isDeclining = false
  return {
    outcome: 'answers',
    hangsUpAfterMs: TALKS_MS,
    async decide(ringing, timeoutMs) {
      const startedMs = performance.now()
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
        const forMs = performance.now() - startedMs
        if (ringing.aborted || forMs >= timeoutMs) return 'no-answer'
        const now = persons()
        if (forMs < RINGS_MS || now === 'noAnswer') continue
        isDeclining = now === 'declines'
        return now === 'busy' || (isDeclining && !isAsked) ? 'busy' : 'answers'
      }
    },
    get script() {
      const words = 'Hello, this is the person you asked for, played for a test.'
      if (!isAsked) return [{ wait: THINKS_MS }, { say: words }, { wait: TALKS_MS }]
      if (isDeclining) return [{ wait: THINKS_MS }, { dtmf: '2' }, { wait: TALKS_MS }]
      return [{ wait: THINKS_MS }, { dtmf: '1' }, { wait: THINKS_MS }, { say: words }, { wait: TALKS_MS }]
    },
  }
}
