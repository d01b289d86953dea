import type { Clock, Timer } from '../clock.ts'
import type { ModelEvent, SessionConfig, TurnDetection } from '../model.ts'
import type { Dialect } from './dialect.ts'
import { codeOf, type ReadError } from './errors.ts'
import type { ClientEvent, WireSession } from './protocol.ts'

/** A change of settings that is answered later than this is treated as refused. */
const ACKNOWLEDGED_WITHIN_MS = 5_000

/** Changes of a configured session's settings: a refused one leaves the old ones in force, and is told to the call once. */
export interface Settings {
  /** Sends the first settings; the connection reads their answer itself. */
  begin(config: SessionConfig): string
  /** Sends a change. */
  change(config: Partial<SessionConfig>): void
  /** Sends what was last asked for once more: whoever is there answers it. */
  repeat(): void
  /** An echo came: the session is as it says. */
  updated(session: WireSession): void
  /** Whether the error refused a change. */
  refused(error: ReadError): boolean
  stop(): void
  /** The server stops its reply by itself when the caller speaks. */
  readonly interruptsItself: boolean
}

export interface SettingsOptions {
  readonly clock: Clock
  readonly dialect: Dialect
  send(event: ClientEvent): string
  tell(event: ModelEvent): void
}

interface Change {
  readonly eventId: string
  readonly turns: TurnDetection | undefined
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
export const createSettings = ({ clock, dialect, send, tell }: SettingsOptions): Settings => {
  let changes: Change[] = []
  let interruptsItself = false
  /** What was last asked for. */
  let turns: TurnDetection | undefined

  const update = (config: Partial<SessionConfig>, first: boolean): string =>
    send({ type: 'session.update', session: dialect.session(config, first) })

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

  const sendChange = (config: Partial<SessionConfig>): void => {
    turns = config.turnDetection ?? turns
    const eventId = update(config, false)
    // An answer that is late still counts, until there is something newer to be answered.
    changes = changes.filter(({ isReported }) => !isReported)
    const change: Change = {
      eventId,
      turns: config.turnDetection,
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
      const eventId = update(config, true)
      changes = [{ eventId, turns: config.turnDetection, isFirst: true, isReported: true }]
      return eventId
    },
    change: sendChange,
    updated(session) {
      const inForce = dialect.turnsInForce(session)
      const change = changes.shift()
      change?.limit?.stop()
      const asked = change?.turns
      interruptsItself = echoed(inForce, 'interrupt_response') ?? (asked ? interrupts(asked) : interruptsItself)
      if (!change || change.isFirst) return
      const answers = echoed(inForce, 'create_response')
      if (asked && answers !== undefined && answers !== replies(asked)) report(change, 'settings_not_taken')
      else tell({ type: 'reconfigured' })
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
