import type { Clock, Timer } from '../clock.ts'
import type { ModelEvent, TurnDetection } from '../model.ts'
import type { Dialect, WireSettings } from './dialect.ts'
import { classify, codeOf, type ReadError } from './server-errors.ts'
import type { Fitted } from './fitted.ts'
import type { LeftOut } from './left-out.ts'
import type { ClientEvent, WireError, WireSession } from './protocol.ts'

/** A change of settings that is answered later than this is treated as refused. */
const ACKNOWLEDGED_WITHIN_MS = 5_000

/** Changes of a configured session's settings: a refused one leaves the old ones in force, and is told to the call once. */
export interface Settings {
  /** Sends the first settings; the connection reads their answer itself. */
  begin(config: WireSettings): void
  /** Whether an error with this id is about the first settings. */
  isFirst(eventId: string): boolean
  /** Sends a change. */
  change(config: WireSettings): void
  /** Sends what was last asked for once more: whoever is there answers it. */
  repeat(): void
  /** An echo came: the session is as it says. */
  updated(session: WireSession): void
  /** Whether the error names a setting that a call can be without: they are sent once more, without it. */
  leavesOut(error: ReadError, wire: WireError): boolean
  /** Whether the error refused a change. */
  refused(error: ReadError): boolean
  stop(): void
  /** The server stops its reply by itself when the caller speaks. */
  readonly interruptsItself: boolean
}

export interface SettingsOptions {
  readonly clock: Clock
  readonly dialect: Dialect
  readonly fitted: Fitted
  readonly leftOut: LeftOut
  send(event: ClientEvent): string
  tell(event: ModelEvent): void
}

interface Change {
  eventId: string
  /** How often it was sent again; each time the one before may still be answered. */
  unanswered: number
  readonly config: WireSettings
  readonly limit?: Timer
  readonly isFirst?: boolean
  isReported: boolean
}

const interrupts = (turns: TurnDetection): boolean => turns.kind !== 'none' && (turns.interrupts ?? turns.autoReply)

const replies = (turns: TurnDetection): boolean => turns.kind !== 'none' && turns.autoReply

/** A switch as an echo shows it; `undefined` when it does not. */
const echoed = (turns: unknown, name: 'create_response' | 'interrupt_response'): boolean | undefined => {
  if (turns === null) return false
  if (typeof turns !== 'object') return undefined
  const value = (turns as Record<string, unknown>)[name]
  return typeof value === 'boolean' ? value : undefined
}

/** Watches over what the session was asked to become. */
export const createSettings = ({ clock, dialect, fitted, leftOut, send, tell }: SettingsOptions): Settings => {
  let changes: Change[] = []
  let interruptsItself = false
  /** What was last asked for. */
  let turns: TurnDetection | undefined

  const update = (config: WireSettings, first: boolean): string =>
    send({ type: 'session.update', session: fitted.session(config, first) })

  const report = (change: Change, code: string): void => {
    change.limit?.stop()
    if (change.isReported) return
    change.isReported = true
    tell({ type: 'warning', code, message: 'The settings in force are the old ones.' })
    tell({ type: 'configureRefused', code })
  }

  const drop = (change: Change, code: string): void => {
    changes = changes.filter((one) => one !== change)
    report(change, code)
  }

  const sendChange = (config: WireSettings): void => {
    turns = config.turnDetection ?? turns
    const eventId = update(config, false)
    // An answer that is late still counts, until there is something newer to be answered.
    changes = changes.filter(({ isReported }) => !isReported)
    const change: Change = {
      eventId,
      unanswered: 0,
      config,
      limit: clock.after(ACKNOWLEDGED_WITHIN_MS, () => report(change, 'settings_unanswered')),
      isReported: false,
    }
    changes.push(change)
  }

  return {
    repeat() {
      if (turns) sendChange({ turnDetection: turns })
    },
    begin(config) {
      turns = config.turnDetection
      changes = [{ eventId: update(config, true), unanswered: 0, config, isFirst: true, isReported: true }]
    },
    isFirst: (eventId) => changes.some((change) => change.isFirst && change.eventId === eventId),
    change: sendChange,
    updated(session) {
      const inForce = dialect.turnsInForce(session)
      const change = changes.shift()
      change?.limit?.stop()
      leftOut.confirm()
      const asked = change?.config.turnDetection
      // Asked for without a word for it, it may do either: then we cancel, and what is cancelled twice is no harm.
      const likely = asked ? interrupts(asked) && !leftOut.lacks('interrupt_response') : interruptsItself
      interruptsItself = echoed(inForce, 'interrupt_response') ?? likely
      if (!change || change.isFirst) return
      const answers = echoed(inForce, 'create_response')
      if (asked && answers !== undefined && answers !== replies(asked)) report(change, 'settings_not_taken')
      else tell({ type: 'reconfigured' })
    },
    leavesOut(error, wire) {
      const kind = classify(error)
      const { event_id } = error
      const change = event_id === undefined ? changes.at(-1) : changes.find(({ eventId }) => eventId === event_id)
      if (!change || kind === 'benign' || kind === 'retry') return false
      const { config, isFirst = false } = change
      const learnt = fitted.learnOfSession(wire, config, isFirst, { isAboutUs: kind === 'fatal', isChange: !isFirst })
      if (learnt === 'left') {
        change.eventId = update(config, isFirst)
        change.unanswered++
        return true
      }
      // An answer to what was sent before; with an id we would know.
      return learnt === 'known' && event_id === undefined && change.unanswered-- > 0
    },
    refused(error) {
      const isAboutSettings = error.param?.startsWith('session') || error.code === 'cannot_update_voice'
      const change =
        error.event_id === undefined
          ? changes.find(({ isReported }) => isAboutSettings && !isReported)
          : changes.find(({ eventId }) => eventId === error.event_id)
      if (!change) return false
      drop(change, codeOf(error))
      return true
    },
    stop() {
      for (const { limit } of changes) limit?.stop()
    },
    get interruptsItself() {
      return interruptsItself
    },
  }
}
