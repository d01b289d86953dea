import type { Grant } from '../mode/grant.ts'
import type { Tool } from '../mode/tool.ts'

/** How often each number has been rung for this call. */
export type RingCounts = Readonly<Record<string, number>>

/** Why a call may not do something: the limit it has reached. */
export interface GrantRefusal {
  readonly limit: keyof Grant
  /** For the model. */
  readonly sentence: string
}

const sentences: Readonly<Record<keyof Grant, string>> = {
  toolCalls: 'Nothing more can be looked up or done on this call. Say so, and bring the call to a close.',
  toolCallsAtOnce: 'Too much is being done at once. Wait for the other results, then call this again.',
  writes: 'Nothing more can be stored on this call. Say so, and ask the caller to ring again about the rest.',
  rings: 'Nobody else can be rung on this call. Say so, and offer what else you can do.',
  ringsPerPerson: 'They have been rung often enough on this call. Say so, and offer what else you can do.',
}

const refusal = (limit: keyof Grant): GrantRefusal => ({ limit, sentence: sentences[limit] })

/** Why this number may not be rung; undefined when it may. */
export const refuseRing = (
  { rings, ringsPerPerson }: Grant,
  rung: RingCounts,
  number: string,
): GrantRefusal | undefined => {
  if ((rung[number] ?? 0) >= ringsPerPerson) return refusal('ringsPerPerson')
  const all = Object.values(rung).reduce((sum, times) => sum + times, 0)
  return all >= rings ? refusal('rings') : undefined
}

/** Counts one more ring of the number. */
export const addRing = (rung: RingCounts, number: string): RingCounts => ({
  ...rung,
  [number]: (rung[number] ?? 0) + 1,
})

/** Takes one ring of the number back: it could not be rung after all. */
export const takeBackRing = (rung: RingCounts, number: string): RingCounts => ({
  ...rung,
  [number]: Math.max(0, (rung[number] ?? 0) - 1),
})

/** Tool calls beyond the grant for tools that are `always` allowed: they must be limited too. */
const ALWAYS_RESERVED = 10

/** The fields of a tool that the grant depends on; none for a tool that does not exist. */
type GrantedTool = Partial<Pick<Tool, 'writes' | 'always' | 'effect'>>

/** How much of the grant a call has used. */
export interface AllowanceSpent {
  readonly called: number
  readonly written: number
}

/** What is left of a call's grant for its tools. */
export interface Allowance {
  readonly spent: AllowanceSpent
  /** Takes a tool call off the grant; returns the refusal when none is left. Each call that was taken is given back once. */
  take(tool: GrantedTool): GrantRefusal | undefined
  /** The tool has ended. One that stored nothing does not count as a write. */
  giveBack(tool: GrantedTool, hasStored: boolean): void
}

/**
 * Counts the tool calls of one call, from what an earlier process has counted on. They count when they begin, so that
 * concurrent ones cannot exceed the grant.
 */
export const createAllowance = (grant: Grant, spent: AllowanceSpent = { called: 0, written: 0 }): Allowance => {
  let { called, written } = spent
  let running = 0
  return {
    get spent() {
      return { called, written }
    },
    take({ writes = false, always = false, effect }) {
      // Noise such as a television must not use up the grant; keep_listening brings no reply.
      if (effect === 'listen') return undefined
      if (called >= grant.toolCalls + (always ? ALWAYS_RESERVED : 0)) return refusal('toolCalls')
      if (!always && running >= grant.toolCallsAtOnce) return refusal('toolCallsAtOnce')
      if (!always && writes && written >= grant.writes) return refusal('writes')
      called++
      running++
      if (writes) written++
      return undefined
    },
    giveBack({ writes = false, effect }, hasStored) {
      if (effect === 'listen') return
      running--
      if (writes && !hasStored) written--
    },
  }
}
