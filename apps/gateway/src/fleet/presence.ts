import { GatewayError, pause, systemClock, type Clock } from '@llc-phone/core'
import type { ChangeTopic, FleetBook, FleetNow, Instance, InstanceFacts, InstanceMark } from '@llc-phone/store'
import type { Logger } from 'pino'
import { describeCause } from '../watching/describe-cause.ts'
import { checkEachOther } from './secret-mark.ts'

const BEAT_EVERY_MS = 1_000
/** An instance without a mark for this long counts as gone: three are missing. */
const GONE_AFTER_MS = 3_000
/** How often a start looks whether somebody else has its id. */
const LOOK_EVERY_MS = 500
/** A mark that is this much younger than our first one was made after it. */
const SURELY_LATER_MS = 250
/** Changes that are told in a row are read at once. */
const TOLD_WAIT_MS = 50
const SWEEP_EVERY_MS = 3_600_000
/** The last mark of a process must not hold up its end. */
const LAST_BEAT_MS = 1_000

/** This gateway among those on its database. */
export interface Presence {
  /** Enters this start. Throws `config_invalid` when another gateway that runs has the id, or FLEET_SECRET is missing. */
  begin(): Promise<void>
  /** Writes what `mark` says once a second from now on. */
  serve(mark: () => InstanceMark): void
  /** The others that are up, as last read. */
  others(): readonly Instance[]
  /** Whether an instance of this name is up; this one is. */
  isUp(id: string): boolean
  /** Another process has taken the place of this one. */
  readonly isFenced: boolean
  /** Those of the last day, read now. */
  list(): Promise<readonly Instance[]>
  end(): Promise<void>
}

/** What it is told of. */
export interface PresenceOptions {
  readonly book: FleetBook
  readonly facts: InstanceFacts
  readonly log: Logger
  readonly clock?: Clock
  /** Reads again what another process may have changed; a failure is tried again with the next mark. */
  readAgain(topic: ChangeTopic): Promise<void>
  /** Another process has taken the place of this one: it must begin nothing new. */
  fenced(): void
}

/** Whether it has neither ended nor been silent for longer than a living one is; `ageMs`: since its last mark. */
export const livesStill = ({ state }: Pick<Instance, 'state'>, ageMs: number): boolean =>
  state !== 'closed' && ageMs < GONE_AFTER_MS

const STARTING: InstanceMark = { state: 'starting', active: 0, rated: 0, loopP99Ms: 0 }

/** Creates it; writes nothing yet. Without the database the gateway goes on, and knows of nobody. */
export const createPresence = (options: PresenceOptions): Presence => {
  const { book, facts, log, readAgain, fenced, clock = systemClock } = options
  let now: FleetNow = { instances: [], changes: new Map() }
  let readAt = -Infinity
  /** Absent until the first answer: then everything may have changed since it was read. */
  let seen: Map<ChangeTopic, number> | undefined
  let markNow = (): InstanceMark => STARTING
  let beating: Promise<void> | undefined
  let isOver = false
  let isFenced = false
  let isAsked = false
  let stopListening: (() => void) | undefined
  /** Starts of others whose secret was complained of. */
  const complained = new Set<string>()

  const ageMs = ({ silentMs }: Instance): number => silentMs + (clock.now() - readAt)
  const others = (): Instance[] =>
    now.instances.filter((each) => each.bootId !== book.bootId && livesStill(each, ageMs(each)))
  const rivals = (): Instance[] => others().filter(({ id, state }) => id === facts.id && state !== 'fenced')

  const checkSecrets = (): void => {
    for (const { id, bootId, secretMark } of others()) {
      if (complained.has(bootId) || checkEachOther(facts.secretMark, secretMark)) continue
      complained.add(bootId)
      log.error(
        { other: id },
        'FLEET_SECRET differs from that of another instance: neither can go on with calls of the other. Set the same list on both',
      )
    }
  }

  const checkPlace = (): void => {
    const own = now.instances.find(({ bootId }) => bootId === book.bootId)
    const successor = rivals().find(
      ({ state, startedAt, bootId }) =>
        state !== 'starting' &&
        own !== undefined &&
        (startedAt.getTime() - own.startedAt.getTime() || bootId.localeCompare(book.bootId)) > 0,
    )
    if (isFenced || !successor) return
    isFenced = true
    log.error(
      { instance: facts.id, since: successor.startedAt },
      'another gateway has started with this INSTANCE_ID while this one was silent: this one takes no calls any more',
    )
    fenced()
  }

  const read = (next: FleetNow): void => {
    now = next
    readAt = clock.now()
    seen ??= new Map()
    for (const [topic, at] of next.changes) {
      if (seen.get(topic) === at) continue
      seen.set(topic, at)
      readAgain(topic).catch((error: unknown) => {
        log.warn(
          { topic, ...describeCause(error) },
          'what another instance has changed could not be read, and is again',
        )
        seen?.delete(topic)
      })
    }
  }

  const mark = async (): Promise<void> => {
    try {
      read(await book.beat(facts, markNow()))
      checkSecrets()
      checkPlace()
    } catch (error) {
      // The store says itself when the database is away.
      log.debug(describeCause(error), 'no mark of this instance written')
    }
  }
  /** One at a time. */
  const beat = (): Promise<void> => {
    beating ??= mark().finally(() => (beating = undefined))
    return beating
  }

  const loop = (): void => {
    if (isOver) return
    void beat()
    clock.after(BEAT_EVERY_MS, loop)
  }

  const sweep = (): void => {
    if (isOver) return
    book.sweep().catch((error: unknown) => log.debug(describeCause(error), 'old instances not deleted'))
    clock.after(SWEEP_EVERY_MS, sweep)
  }

  /** What is told while a statement runs is read by another one. */
  const told = (): void => {
    if (isAsked || isOver) return
    isAsked = true
    clock.after(TOLD_WAIT_MS, () => {
      const running = beating ?? Promise.resolve()
      void running.then(() => {
        isAsked = false
        if (!isOver) void beat()
      })
    })
  }

  const isAhead = (rival: Instance): boolean => {
    const own = now.instances.find(({ bootId }) => bootId === book.bootId)
    if (rival.state !== 'starting' || !own) return true
    return (rival.startedAt.getTime() - own.startedAt.getTime() || rival.bootId.localeCompare(book.bootId)) < 0
  }

  /** Waits until everybody with our id is surely dead. */
  const takePlace = async (): Promise<void> => {
    const since = clock.now()
    while (rivals().length > 0) {
      // oxlint-disable-next-line no-await-in-loop -- looks again and again
      await pause(clock, LOOK_EVERY_MS)
      // oxlint-disable-next-line no-await-in-loop -- as above
      read(await book.beat(facts, STARTING))
      const alive = rivals().find((rival) => ageMs(rival) + SURELY_LATER_MS < clock.now() - since && isAhead(rival))
      if (alive)
        throw new GatewayError(
          'config_invalid',
          `INSTANCE_ID ${facts.id} is taken: a gateway with it runs since ${alive.startedAt.toISOString()}. Give every instance a name of its own, or stop the other one first.`,
        )
    }
  }

  const last = (): Promise<unknown> =>
    pause(clock, LAST_BEAT_MS, book.beat(facts, { ...markNow(), state: isFenced ? 'fenced' : 'closed' })).catch(
      () => undefined,
    )

  return {
    async begin() {
      try {
        const first = await book.beat(facts, STARTING)
        // Nothing was read yet that could have changed.
        seen = new Map(first.changes)
        read(first)
        await takePlace()
        if (facts.secretMark !== undefined) checkSecrets()
      } catch (error) {
        if (!(error instanceof GatewayError) || error.code === 'database_failed') {
          log.warn(describeCause(error), 'not known which other instances run, until the database answers')
          return
        }
        await last()
        throw error
      }
      const [other] = others()
      if (!other || facts.secretMark !== undefined) return
      await last()
      throw new GatewayError(
        'config_invalid',
        `FLEET_SECRET is missing: instance ${other.id} uses this database too. Set the same secret on both, for example from: openssl rand -hex 32`,
      )
    },
    serve(says) {
      markNow = says
      stopListening = book.listen?.(told)
      loop()
      sweep()
    },
    others,
    isUp: (id) => id === facts.id || others().some((other) => other.id === id),
    get isFenced() {
      return isFenced
    },
    list: () => book.list(),
    async end() {
      isOver = true
      stopListening?.()
      await beating
      await last()
    },
  }
}
