import type { CallOpening } from './recorded-call.ts'

/**
 * What an instance does: `starting`, not ready yet; `ready` for new calls; `full`, has as many as it takes; `draining`, finishes
 * those it has; `closing`, hands the last ones over; `fenced`, another process has taken its place; `closed`, it has ended.
 */
export const instanceStates = ['starting', 'ready', 'full', 'draining', 'closing', 'fenced', 'closed'] as const

/** A word of {@link instanceStates}. */
export type InstanceState = (typeof instanceStates)[number]

/** What a gateway says of itself once a second. */
export interface InstanceMark {
  readonly state: InstanceState
  /** Live calls, and how many it takes at most. */
  readonly active: number
  readonly rated: number
  /** Delay of its event loop, 99th percentile of the last second (ms). */
  readonly loopP99Ms: number
}

/** What does not change while a gateway runs. */
export interface InstanceFacts {
  /** INSTANCE_ID. */
  readonly id: string
  /** INSTANCE_URL. */
  readonly address?: string | undefined
  readonly version: string
  /** What tells its FLEET_SECRET from another one. */
  readonly secretMark?: string | undefined
}

/** One start of a gateway process, as the database knows it. */
export interface Instance extends InstanceFacts, InstanceMark {
  /** The id of this start; rows of its calls have it as `boot_id`. */
  readonly bootId: string
  readonly startedAt: Date
  /** Time since its last mark, by the database's clock (ms). */
  readonly silentMs: number
}

/** What the gateways on one database know of each other. */
export interface FleetNow {
  /** Those with a mark in the last minute, this one too; by id, the latest start of each first. */
  readonly instances: readonly Instance[]
  /** When what was changed last, by topic (ms); a topic that grows is read again. */
  readonly changes: ReadonlyMap<ChangeTopic, number>
}

/** What every instance keeps in memory and has to read again when another one has changed it. */
export type ChangeTopic = 'numbers' | 'settings' | 'people'

/** A live call of another gateway, or of this one. */
export interface ClaimedLeg {
  readonly callId: string
  /** The instance that serves it. */
  readonly owner?: string
  /** The start of a process that serves it. */
  readonly bootId?: string
  /** How many processes have served it. */
  readonly epoch: number
}

/** The gateways on one database. All times are the database's. */
export interface FleetBook {
  /** The id of this start of this process; the same in the rows of its calls. */
  readonly bootId: string
  /** Writes the mark of this process and reads those of the others: one statement. */
  beat(facts: InstanceFacts, mark: InstanceMark): Promise<FleetNow>
  /** All that are kept: those of the last day. */
  list(): Promise<readonly Instance[]>
  /**
   * Adds a call, unless its leg has a live one: resolves to that one then. Of several processes that claim a leg at the same
   * time, one adds its call.
   */
  claim(call: CallOpening): Promise<ClaimedLeg | undefined>
  /** The instance that serves a live call, by the call's id or that of its leg. */
  ownerOf(callId: string): Promise<string | undefined>
  /** Deletes those without a mark for a day. */
  sweep(): Promise<void>
  /**
   * Calls back as soon as another process has changed something; absent where nobody can tell. What it misses, `beat` finds.
   * Returns what ends the listening.
   */
  listen?(changed: () => void): () => void
}
