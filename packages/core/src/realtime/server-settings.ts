import type { Clock, Timer } from '../clock.ts'
import type { ModelEvent, TurnDetection } from '../model.ts'
import type { Dialect, WireSettings } from './dialect.ts'
import { classify, codeOf, type ReadError } from './server-errors.ts'
import type { Fitted } from './fitted.ts'
import type { LeftOut } from './left-out.ts'
import type { ClientEvent, WireError, WireSession } from './protocol.ts'

/** A change of settings that is not answered within this counts as refused. */
const ACKNOWLEDGED_WITHIN_MS = 5_000

/** Sends session settings and tracks their answers. A refused change leaves the old settings in force and is reported once. */
export interface Settings {
  /** Sends the first settings; the connection handles their answer. */
  begin(config: WireSettings): void
  /** Whether an error with this id is about the first settings. */
  isFirst(eventId: string): boolean
  /** Sends a change. */
  change(config: WireSettings): void
  /** Sends the last turn detection once more, as a probe that every server answers. */
  repeat(): void
  /** The server has echoed the session. */
  updated(session: WireSession): void
  /** Whether the error names a setting the call can do without; the settings are then sent again without it. */
  leavesOut(error: ReadError, wire: WireError): boolean
  /** Whether the error refused a change. */
  refused(error: ReadError): boolean
  stop(): void
  /** Whether the server interrupts its reply by itself when the caller speaks. */
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
  /** How often it was sent again; each earlier one may still be answered. */
  unanswered: number
  readonly config: WireSettings
  readonly limit?: Timer
  readonly isFirst?: boolean
  isReported: boolean
}

const interrupts = (turns: TurnDetection): boolean => turns.kind !== 'none' && (turns.interrupts ?? turns.autoReply)

const replies = (turns: TurnDetection): boolean => turns.kind !== 'none' && turns.autoReply

/** A switch of the echoed turn detection; `undefined` when it is missing. */
const echoed = (turns: unknown, name: 'create_response' | 'interrupt_response'): boolean | undefined => {
  if (turns === null) return false
  if (typeof turns !== 'object') return undefined
  const value = (turns as Record<string, unknown>)[name]
  return typeof value === 'boolean' ? value : undefined
}

/** Creates it for one session. */
export const createSettings = ({ clock, dialect, fitted, leftOut, send, tell }: SettingsOptions): Settings => {
  let changes: Change[] = []
  let interruptsItself = false
  /** The turn detection that was last requested. */
  let turns: TurnDetection | undefined

  const update = (config: WireSettings, first: boolean): string =>
    send({ type: 'session.update', session: fitted.session(config, first) })

  const report = (change: Change, code: string): void => {
    change.limit?.stop()
    if (change.isReported) return
    change.isReported = true
    tell({ type: 'warning', code, message: 'The previous session settings stay in force.' })
    tell({ type: 'configureRefused', code })
  }

  const drop = (change: Change, code: string): void => {
    changes = changes.filter((one) => one !== change)
    report(change, code)
  }

  const sendChange = (config: WireSettings): void => {
    turns = config.turnDetection ?? turns
    const eventId = update(config, false)
    // A late answer still counts, until a newer change is sent.
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
      // If `interrupt_response` was left out, the server may or may not interrupt: we cancel, and cancelling twice does no harm.
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
      // Without an event id, the error may be about an earlier attempt.
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
