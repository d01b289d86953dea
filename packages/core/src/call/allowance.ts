import type { Grant } from '../mode/grant.ts'
import type { Tool } from '../mode/tool.ts'

/** How often each number has been rung for this call. */
export type RingCounts = Readonly<Record<string, number>>

/** What a call may not do any more. */
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

/** Why this number is not rung any more; undefined when it may be. */
export const refuseRing = (
  { rings, ringsPerPerson }: Grant,
  rung: RingCounts,
  number: string,
): GrantRefusal | undefined => {
  if ((rung[number] ?? 0) >= ringsPerPerson) return refusal('ringsPerPerson')
  const all = Object.values(rung).reduce((sum, times) => sum + times, 0)
  return all >= rings ? refusal('rings') : undefined
}

/** The number is being rung. */
export const addRing = (rung: RingCounts, number: string): RingCounts => ({
  ...rung,
  [number]: (rung[number] ?? 0) + 1,
})

/** The number could not be rung after all: nobody was disturbed. */
export const takeBackRing = (rung: RingCounts, number: string): RingCounts => ({
  ...rung,
  [number]: Math.max(0, (rung[number] ?? 0) - 1),
})

/** Beyond the grant, for tools that are always allowed: a model that calls nothing else must end somewhere too. */
const ALWAYS_RESERVED = 10

/** What counts about a tool; of one that does not exist nothing is known. */
type GrantedTool = Partial<Pick<Tool, 'writes' | 'always' | 'effect'>>

/** What is left of a call's grant for its tools. */
export interface Allowance {
  /** Takes a tool call off the grant; says why when there is none left. Every one that was taken is given back once. */
  take(tool: GrantedTool): GrantRefusal | undefined
  /** The tool is over. What has stored nothing does not count as a write. */
  giveBack(tool: GrantedTool, hasStored: boolean): void
}

/** Counts the tool calls of one call. They count when they begin, so that those that run together cannot outrun the grant. */
export const createAllowance = (grant: Grant): Allowance => {
  let called = 0
  let running = 0
  let written = 0
  return {
    take({ writes = false, always = false, effect }) {
      // A television beside the telephone must not use the call up; listening brings no reply.
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
