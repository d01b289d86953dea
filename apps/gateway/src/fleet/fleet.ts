import { inTime, systemClock, type CallElsewhere, type CallRegistry } from '@llc-phone/core'
import type { CallOpening, FleetBook, Instance, InstanceState } from '@llc-phone/store'
import type { Logger } from 'pino'
import type { Drain } from '../drain.ts'
import { createRefusalLog } from '../refusal-log.ts'
import { describeCause } from '../watching/describe-cause.ts'
import type { Metrics } from '../watching/metrics.ts'
import { stateOf } from './instance-state.ts'
import { livesStill, type Presence } from './presence.ts'
import { checkEachOther } from './secret-mark.ts'

/** A caller waits for it in silence. */
const CLAIM_LIMIT_MS = 300

/** A call of another instance. `isLeft`: that one is not up any more, as far as is known here; its path leads to whoever is. */
export interface ClaimedElsewhere extends CallElsewhere {
  readonly isLeft?: true
}

/** What the gateway and its routes ask about the fleet; without others on the database, this instance is all of it. */
export interface Fleet {
  /** INSTANCE_ID. */
  readonly id: string | undefined
  readonly state: InstanceState
  /** Whether new callers had better be taken by another instance: this one has no room or drains, and another one is ready. */
  passesOn(): boolean
  /** Whether calls may be placed here that others could place as well. */
  takesWork(): boolean
  /** Whether callers are answered here: INSTANCE_ROLES has `calls`. */
  readonly takesCalls: boolean
  /** Whether callers are taken: the instances together have less than FLEET_MAX_CALLS. */
  hasRoom(): boolean
  /** Has the leg of a new call for this instance, unless another one has a call of it: resolves to that one then. Never rejects. Absent without other instances. */
  readonly claim: ((call: CallOpening) => Promise<ClaimedElsewhere | undefined>) | undefined
  /** Counts a request below the path of another instance. `entry`: the route it came on. */
  misrouted(instance: string, entry: string): void
  /** Where a request about a live call belongs, if another instance that is up serves the call. */
  locate(id: string, url: string): Promise<string | undefined>
  /** Every start of the last day. */
  list(): Promise<readonly ListedInstance[]>
  /** Has new calls go elsewhere, until `resume`; live ones go on. */
  rest(): void
  resume(): void
  readonly isResting: boolean
}

/** What can be wrong with an instance beside others. */
export const instanceProblems = ['secret_differs', 'name_taken'] as const

/** An instance with what this one thinks of it. */
export interface ListedInstance extends Omit<Instance, 'secretMark'> {
  readonly isUp: boolean
  readonly isThis: boolean
  /**
   * What is wrong with it while it is up: `secret_differs`, it cannot check tokens of the one that answers, or the other way
   * round; `name_taken`, another one that is up has its id.
   */
  readonly problem?: (typeof instanceProblems)[number]
}

/** What it is made of. */
export interface FleetOptions {
  readonly id: string | undefined
  readonly version: string
  readonly rated: number
  readonly fleetMaxCalls: number | undefined
  /** INSTANCE_ROLES has `calls`, and `dial`. */
  readonly takesCalls: boolean
  readonly dials: boolean
  /** Absent with a database of its own. */
  readonly presence: Presence | undefined
  readonly book: Pick<FleetBook, 'bootId' | 'claim' | 'ownerOf'>
  readonly publicUrl: string
  readonly registry: Pick<CallRegistry, 'active' | 'room'>
  readonly drain: Pick<Drain, 'begun' | 'handsOn'>
  readonly metrics: Pick<Metrics, 'misrouted'>
  readonly log: Logger
  serves(): boolean
  isClosing(): boolean
  loopP99Ms(): number
}

/** Creates it. */
export const createFleet = (options: FleetOptions): Fleet => {
  const { id, version, rated, fleetMaxCalls, takesCalls, dials, presence, book, registry, drain, metrics, log } =
    options
  const startedAt = new Date(performance.timeOrigin)
  const tellMisrouted = createRefusalLog(log, systemClock, {
    one: 'a request for another instance was answered here',
    others: 'more requests for other instances were answered here',
    oneByOne: 3,
    byReason: true,
  })
  let isResting = false

  const stateWhen = (isFull: boolean): InstanceState =>
    stateOf({
      serves: options.serves(),
      isFenced: presence?.isFenced ?? false,
      isDraining: drain.begun || isResting,
      isClosing: drain.handsOn || options.isClosing(),
      isFull,
    })
  const hasNoRoom = (): boolean => registry.room.level === 'full'
  const state = (): InstanceState => stateWhen(!takesCalls || hasNoRoom())

  return {
    id,
    get state() {
      return state()
    },
    passesOn: () => state() !== 'ready' && (presence?.others() ?? []).some((other) => other.state === 'ready'),
    takesWork: () => dials && stateWhen(hasNoRoom()) === 'ready',
    takesCalls,
    hasRoom() {
      if (fleetMaxCalls === undefined) return true
      const elsewhere = (presence?.others() ?? []).reduce((sum, { active }) => sum + active, 0)
      return elsewhere + registry.active().length < fleetMaxCalls
    },
    claim:
      presence &&
      (async (call) => {
        try {
          const found = await inTime(systemClock, CLAIM_LIMIT_MS, book.claim(call))
          if (!found || found.bootId === book.bootId) return undefined
          const owner = presence.others().find(({ bootId }) => bootId === found.bootId)
          const { callId, epoch } = found
          if (!owner) return { callUrl: `${options.publicUrl}/i/${found.owner ?? id}`, callId, epoch, isLeft: true }
          log.info({ callId, legId: call.legId, owner: owner.id }, 'another instance has this call already')
          const callUrl = owner.address ?? `${options.publicUrl}/i/${owner.id}`
          return { callUrl, callId, epoch }
        } catch (error) {
          // Callers are answered without the database too.
          log.warn({ legId: call.legId, ...describeCause(error) }, 'not known whether another instance has this call')
          return undefined
        }
      }),
    misrouted(instance, entry) {
      const owner = (presence?.isUp(instance) ?? instance === id) ? 'alive' : 'gone'
      metrics.misrouted(owner)
      tellMisrouted(owner, {
        instance,
        entry,
        owner,
        reason:
          owner === 'alive'
            ? 'The proxy sends requests below /i/INSTANCE to another instance, although that one is up: see docs/guides/fleet.md.'
            : 'No instance of this name is up.',
      })
    },
    async locate(callId, url) {
      if (!presence) return undefined
      const owner = await book.ownerOf(callId)
      if (owner === undefined || owner === id) return undefined
      const instance = presence.others().find((other) => other.id === owner)
      if (!instance) return undefined
      return instance.address === undefined ? `/i/${owner}${url}` : `${instance.address}${url}`
    },
    async list() {
      const own = { id: id ?? 'this', bootId: book.bootId, version, state: state(), active: registry.active().length }
      if (!presence)
        return [{ ...own, rated, loopP99Ms: options.loopP99Ms(), startedAt, silentMs: 0, isUp: true, isThis: true }]
      const listed = await presence.list()
      const ownMark = listed.find(({ bootId }) => bootId === book.bootId)?.secretMark
      const up = listed.filter((each) => each.bootId === book.bootId || livesStill(each, each.silentMs))
      const problemOf = ({ id: name, bootId, state: word, secretMark }: Instance): ListedInstance['problem'] => {
        if (word !== 'fenced' && up.some((other) => other.id === name && other.bootId !== bootId)) return 'name_taken'
        return bootId === book.bootId || checkEachOther(ownMark, secretMark) ? undefined : 'secret_differs'
      }
      return listed.map((instance) => {
        const { secretMark: _mark, ...shown } = instance
        const isUp = up.includes(instance)
        const problem = isUp ? problemOf(instance) : undefined
        return { ...shown, isUp, isThis: instance.bootId === book.bootId, ...(problem ? { problem } : {}) }
      })
    },
    rest() {
      if (!isResting) log.info('this instance rests: new calls go to others, live ones go on')
      isResting = true
    },
    resume() {
      if (isResting) log.info('this instance takes calls again')
      isResting = false
    },
    get isResting() {
      return isResting
    },
  }
}
