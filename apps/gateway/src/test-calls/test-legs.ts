/** Legs that are over are remembered, because late requests about them must not go to the real carrier. */
const MOST_OLD_LEGS = 1_000

/** The legs of test calls, by their sid: who asks the real carrier for one rings a real person. */
export interface TestLegs {
  add(sid: string, callId: string): void
  has(sid: string): boolean
  callOf(sid: string): string | undefined
  /** Forgets the oldest legs of calls that are over, when there are many. */
  trim(isUp: (callId: string) => boolean): void
}

/** None yet. */
export const createTestLegs = (most = MOST_OLD_LEGS): TestLegs => {
  const legs = new Map<string, string>()
  return {
    add: (sid, callId) => void legs.set(sid, callId),
    has: (sid) => legs.has(sid),
    callOf: (sid) => legs.get(sid),
    trim(isUp) {
      for (const [sid, callId] of legs) {
        if (legs.size <= most) break
        // However many calls there were meanwhile: one that is up keeps all of its legs.
        if (!isUp(callId)) legs.delete(sid)
      }
    },
  }
}
