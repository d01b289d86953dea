import { GatewayError } from '../../src/errors.ts'
import type { ModelCapabilities, ModelEvent, TurnDetection } from '../../src/model.ts'
import type { FakeClock, ScriptedConnection } from '../../src/testing/index.ts'
import { audio } from './harness.ts'

/** How one reply goes. */
export interface ReplyPlan {
  /** Until it begins; `undefined`: never. */
  readonly startsMs?: number | undefined
  /** From its beginning to its first sound. */
  readonly thinksMs: number
  readonly soundMs: number
  /** After this much sound nothing comes any more. */
  readonly stallsMs?: number | undefined
  /** Names with a space between them. */
  readonly tool?: string | undefined
  readonly outcome: 'completed' | 'incomplete' | 'failed' | 'cancelled'
  readonly retryAfterMs?: number | undefined
  readonly losesPartEnd: boolean
  readonly losesEnd: boolean
}

/** How one connection goes. */
export interface ConnectionPlan {
  /** Until it is configured; `undefined`: never. */
  readonly opensMs?: number | undefined
  /** Until it is lost. */
  readonly livesMs?: number | undefined
  /** Its session expires after this long, as it says from the first. */
  readonly expiresMs?: number | undefined
  readonly refusesSettings: boolean
  /** It does not notice that the caller has stopped. */
  readonly hearsNoEnd: boolean
}

export const goodReply: ReplyPlan = {
  startsMs: 300,
  thinksMs: 200,
  soundMs: 600,
  outcome: 'completed',
  losesPartEnd: false,
  losesEnd: false,
}
export const goodConnection: ConnectionPlan = { opensMs: 300, refusesSettings: false, hearsNoEnd: false }

export interface Reply {
  readonly id: number
  readonly plan: ReplyPlan
  readonly server: Server
  readonly beganAtMs: number
  spokenMs: number
  state: 'active' | 'cut' | 'over'
}

/** What a test wants to know of it. */
export interface Watcher {
  turnEnded(server: Server): void
  /** It was noise. */
  dismissed(): void
  asked(server: Server): void
  began(reply: Reply, stoppedAtOnce: boolean): void
  /** All of it that will come has come. */
  over(reply: Reply): void
}

/** A sound that tells which reply it is part of. */
const soundOf = (id: number, ms: number): string =>
  Buffer.alloc(ms * 8, Uint8Array.of(0x80, id & 0xff)).toString('base64')

/** Of what is heard: the number of the reply. */
export const replyOf = (payload: string): number | undefined => {
  const [kind, id] = Buffer.from(payload.slice(0, 4), 'base64')
  return kind === 0x80 ? id : undefined
}

export const VOICE = audio(100, 0x10)
const TURN_ENDS_MS = 500
const STEP_MS = 100

/** A server behind one connection: it hears, answers by itself or when asked, and fails as planned. */
export const createServer = (
  connection: ScriptedConnection,
  plan: ConnectionPlan,
  clock: FakeClock,
  nextReply: () => { readonly id: number; readonly plan: ReplyPlan },
  watch: Watcher,
  can: ModelCapabilities,
) => {
  /** A burst comes twice as fast as it is heard. */
  const deltaMs = can.pace === 'burst' ? 2 * STEP_MS : STEP_MS
  const openedAt = clock.now()
  let turns: TurnDetection | undefined
  let isConfigured = false
  let isLost = false
  let taken = 0
  let heard = 0
  let quietMs = 0
  let pending:
    | { readonly id: number; readonly plan: ReplyPlan; readonly atMs: number; readonly byItself: boolean }
    | undefined
  let reply: Reply | undefined
  let items = 0
  void connection.config.then((config) => (turns ??= config.turnDetection))

  const emit = (event: ModelEvent): void => {
    connection.emit(event)
    drain()
  }

  const schedule = (byItself = false): void => {
    const next = nextReply()
    pending = { ...next, byItself, atMs: clock.now() + (next.plan.startsMs ?? Infinity) }
  }

  /** Takes what the call has sent meanwhile. */
  const drain = (): boolean => {
    let stopped = false
    while (taken < connection.commands.length) {
      const command = connection.commands[taken++]!
      if (command.type === 'configure' && command.config.turnDetection) {
        if (plan.refusesSettings) emit({ type: 'configureRefused', code: 'invalid_value' })
        else turns = command.config.turnDetection
      } else if (command.type === 'interrupt') {
        stopped = true
        pending = undefined
        if (reply && (can.cancel || reply.state === 'active')) reply.state = 'cut'
      } else if (command.type === 'dismissTurn') {
        if (pending?.byItself && can.cancel) pending = undefined
        watch.dismissed()
      } else if (command.type === 'endTurn') server.hearsSpeech = false
      else if (command.type === 'reply') {
        watch.asked(server)
        if (!pending && (!reply || reply.state === 'over')) schedule()
      }
    }
    return stopped
  }

  const end = (outcome: ReplyPlan['outcome']): void => {
    const ended = reply!
    const { retryAfterMs } = ended.plan
    reply = undefined
    if (ended.state === 'active') {
      ended.state = 'over'
      watch.over(ended)
    }
    emit({ type: 'replyEnded', outcome, ...(outcome === 'failed' && retryAfterMs ? { retryAfterMs } : {}) })
    if (connection.owesReply && !pending) schedule()
  }

  const listen = (): void => {
    for (const payload of connection.audio.slice(heard)) {
      heard++
      const isVoice = payload === VOICE
      quietMs = isVoice ? 0 : quietMs + STEP_MS
      if (isVoice && !server.hearsSpeech) {
        server.hearsSpeech = true
        if (turns?.kind !== 'none' && turns?.autoReply) pending = undefined
        if (can.turnEvents) emit({ type: 'speechStarted' })
      }
      if (server.hearsSpeech && quietMs >= TURN_ENDS_MS && !plan.hearsNoEnd) {
        server.hearsSpeech = false
        emit({ type: 'itemPlaced', itemId: `said-${++items}`, speaker: 'caller' })
        watch.turnEnded(server)
        if (turns?.kind !== 'none' && turns?.autoReply && !pending) schedule(true)
        if (can.turnEvents) emit({ type: 'speechStopped' })
        emit({ type: 'transcript', itemId: `said-${items}`, speaker: 'caller', text: `Words ${items}.` })
      }
    }
  }

  const speak = (): void => {
    const mustWait = !can.cancel && reply !== undefined && reply.state !== 'over'
    if (pending && clock.now() >= pending.atMs && !mustWait) {
      if (reply) end('cancelled')
      const { id, plan: how } = pending
      pending = undefined
      reply = { id, plan: how, server, beganAtMs: clock.now(), spokenMs: 0, state: 'active' }
      const began = reply
      connection.emit({ type: 'replyStarted' })
      watch.began(began, drain())
      return
    }
    if (!reply || reply.state === 'over') return
    if (reply.state === 'cut' && can.cancel) return end('cancelled')
    const saying = reply
    const isStopped = (): boolean => saying.state === 'over' || (saying.state === 'cut' && can.cancel)
    const { plan: how, spokenMs, beganAtMs, id } = reply
    if (clock.now() - beganAtMs < how.thinksMs || (how.stallsMs !== undefined && spokenMs >= how.stallsMs)) return
    if (spokenMs < how.soundMs) {
      reply.spokenMs += deltaMs
      connection.speak(soundOf(id, deltaMs), `reply-${id}`)
      return void drain()
    }
    if (how.soundMs > 0 && !how.losesPartEnd) emit({ type: 'partEnded', itemId: `reply-${id}`, contentIndex: 0 })
    if (isStopped()) return
    for (const [index, name] of (how.tool?.split(' ') ?? []).entries()) {
      if (isStopped()) return
      emit({ type: 'toolCalled', toolCallId: `call-${id}-${index}`, name, argumentsJson: '{}' })
    }
    if (isStopped()) return
    if (!how.losesEnd) return end(how.outcome)
    const wasCut = saying.state === 'cut'
    saying.state = 'over'
    if (!wasCut) watch.over(saying)
  }

  const server = {
    connection,
    plan,
    hearsSpeech: false,
    get isOpen() {
      return !isLost && !connection.closed
    },
    /** A tenth of a second passes. */
    step(): void {
      if (!server.isOpen) return
      const age = clock.now() - openedAt
      if (!isConfigured && age >= (plan.opensMs ?? Infinity)) {
        isConfigured = true
        if (plan.expiresMs !== undefined) emit({ type: 'created', expiresAtMs: openedAt + plan.expiresMs })
        return emit({ type: 'configured' })
      }
      if (age >= (plan.livesMs ?? Infinity) || age >= (plan.expiresMs ?? Infinity)) {
        isLost = true
        return connection.emit({ type: 'lost', error: new GatewayError('model_lost', 'gone'), retry: true })
      }
      if (!isConfigured) return
      drain()
      listen()
      speak()
    },
  }
  return server
}

export type Server = ReturnType<typeof createServer>
