import type { Clock, Timer } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { HistoryItem, ModelConnection, ModelQuota } from '../model.ts'
import { saneId } from './bounds.ts'
import type { ConnectionOptions } from './dial.ts'
import {
  classify,
  closeReasonError,
  codeOf,
  errorIn,
  expired,
  lostError,
  readError,
  refusal,
  type Failure,
  type ReadError,
} from './server-errors.ts'
import { fitDialect } from './fitted.ts'
import { createMeter } from './meter.ts'
import { perform } from './perform.ts'
import { startPriming, type Priming } from './priming.ts'
import { profileOf } from './profile.ts'
import { quotaOfResponse, quotaRefusal, quotasIn } from './quota.ts'
import type { ClientEvent, RawMessage, ServerEvent, WireError } from './protocol.ts'
import { createReplies } from './replies.ts'
import { createSettings } from './server-settings.ts'
import { openSocket } from './socket.ts'
import { createTell } from './tell.ts'

/** How long to wait for the close that explains an unspecific refusal. */
const CLOSES_WITHIN_MS = 500

/**
 * Milliseconds until this Unix time (s) by the server's clock, which is `aheadMs` ahead of ours; infinite when it is missing, or
 * implausible because a clock is wrong.
 */
const livesAnother = (expiresAt: unknown, clock: Clock, aheadMs: number): number => {
  const ms = typeof expiresAt === 'number' ? expiresAt * 1_000 - clock.date().getTime() - aheadMs : Infinity
  return ms > 0 ? ms : Infinity
}

/**
 * Opens one Realtime session: `session.created`, our `session.update`, `session.updated` whose echo is checked, and only
 * then `configured`. A server that refuses the update leaves the socket open on its defaults, so nothing is sent before.
 */
export const openConnection = (options: ConnectionOptions): ModelConnection => {
  const { dialect, listener, clock, leftOut, model } = options

  let created = false
  let configured = false
  // `configured` was reported to the call.
  let isReady = false
  let primes = false
  let history: readonly HistoryItem[] = []
  let priming: Priming | undefined
  // The settings were sent again without a refused field, and not answered yet.
  let asksAgain = false
  const fitted = fitDialect(dialect, leftOut)
  let transcriber: unknown = dialect.usualTranscriber
  let writesCaller = true
  let lastError: ReadError | undefined
  let refusedUnsaid: Timer | undefined

  const { tell, defect } = createTell(listener)
  const send = (event: ClientEvent): string => socket.send(event)

  const stop = (): void => {
    socket.stop()
    priming?.stop()
    refusedUnsaid?.stop()
    replies.stop()
    settings.stop()
  }

  const lose = ({ error, retry }: Failure): void => {
    if (socket.isOver) return
    stop()
    socket.terminate()
    tell({ type: 'lost', error, retry })
  }

  const meter = createMeter(tell)
  const replies = createReplies({
    clock,
    send,
    tell,
    onGarbled: () => socket.garbled(),
    meter,
    transcriber: () => transcriber,
    writesCaller: () => writesCaller,
  })
  const settings = createSettings({ clock, dialect, fitted, leftOut, send, tell })
  const onCreated = async (session: Readonly<Record<string, unknown>>): Promise<void> => {
    created = true
    const livesMs = Math.min(livesAnother(session['expires_at'], clock, socket.serverAheadMs), options.sessionLimitMs)
    tell({ type: 'created', expiresAtMs: clock.now() + livesMs })
    try {
      const { wishes, primes: asksFirst = false, history: before = [], ...config } = await options.config
      if (socket.isOver) return
      primes = asksFirst
      history = before
      const { tuning } = profileOf(model, dialect, wishes)
      if (typeof tuning.transcription === 'object') transcriber = tuning.transcription.model
      writesCaller = tuning.transcription !== 'off'
      settings.begin({ ...config, tuning })
    } catch (cause) {
      lose({ error: new GatewayError('mode_failed', 'The mode could not brief this call.', { cause }), retry: false })
    }
  }

  const onReady = (): void => {
    isReady = true
    tell({ type: 'configured' })
  }

  const onUpdated = (session: Readonly<Record<string, unknown>>): void => {
    transcriber = dialect.transcriber(session) ?? transcriber
    if (configured) return settings.updated(session)
    const wrong = dialect.wrongFormat(session)
    if (wrong) {
      const message = `The model server did not accept ${wrong}: its audio would be noise on a telephone line.`
      return lose({ error: new GatewayError('model_wrong_format', message), retry: false })
    }
    configured = true
    settings.updated(session)
    // Events are handled in order: the model knows it before the first reply, and before any audio.
    replies.remember(history)
    if (!primes) return onReady()
    priming = startPriming({
      clock,
      send,
      done: onReady,
      used(response) {
        leftOut.confirm()
        meter.reportUnheard(meter.response(response))
      },
      leavesOut: fitted.learnOfResponse,
      overran: replies.occupied,
      freed: replies.freed,
    })
  }

  /** Whether the server speaks another dialect and the provider opens a new connection in it. */
  const isOtherDialect = (error: ReadError): boolean => {
    if (configured || !dialect.isShapeRefusal(error) || !options.onShapeRefused?.(error)) return false
    stop()
    socket.terminate()
    return true
  }

  /** Before the session is configured, every error that is not benign ends the connection. */
  const onEarlyError = (error: ReadError): void => {
    const kind = classify(error)
    if (kind === 'benign') return
    if (kind === 'warning' && error.event_id !== undefined && !settings.isFirst(error.event_id)) return warn(error)
    leftOut.forget()
    const failure = refusal(error, model, 'refused the session')
    if (created || kind !== 'warning') return lose(failure)
    refusedUnsaid ??= clock.after(CLOSES_WITHIN_MS, () => lose(failure))
  }

  const warn = (error: ReadError): void => tell({ type: 'warning', code: codeOf(error), message: error.param ?? '' })

  const onError = (wire: WireError): void => {
    const error = readError(wire)
    lastError = error
    noteQuota(quotaRefusal(error))
    if (isOtherDialect(error) || priming?.refused(error, wire)) return
    asksAgain = settings.leavesOut(error, wire)
    if (asksAgain) return
    if (!configured) return onEarlyError(error)
    if (settings.refused(error)) return
    replies.refused(error)
    const kind = classify(error)
    if (kind === 'fatal') return lose(refusal(error, model, 'stopped serving us'))
    if (error.code === 'session_expired') return lose(expired())
    if (kind !== 'benign') warn(error)
  }

  const noteQuota = (quota: ModelQuota | undefined): void => {
    const isAhead = options.isSpare && !configured
    if (quota && !(isAhead && quota.type === 'refused')) options.onQuota?.(quota)
  }

  const onEvent = (event: ServerEvent): void => {
    if (event.type === 'rate_limits.updated') return quotasIn(event.rate_limits).forEach(noteQuota)
    if (event.type === 'response.done') noteQuota(quotaOfResponse(event.response))
    if (priming?.take(event) || (isReady && replies.take(event))) return
    if (event.type === 'error') return onError(errorIn(event))
    if (event.type === 'session.updated') return onUpdated(event.session ?? {})
    if (event.type === 'session.created' && !created) void onCreated(event.session ?? {})
  }

  const onDelta = (raw: RawMessage, receivedAt: number): void => {
    const { delta, item_id: itemId, content_index: contentIndex = 0, response_id: responseId } = raw
    if (typeof delta !== 'string' || typeof contentIndex !== 'number' || saneId(itemId) === undefined)
      return socket.garbled()
    if (isReady && replies.hears(responseId, itemId as string))
      listener.audio(delta, itemId as string, contentIndex, receivedAt)
  }

  const onClosed = (code: number, word: string): void => {
    if (isOtherDialect(closeReasonError(word))) return
    if (asksAgain && !configured && options.onClosedOver?.()) return stop()
    const failure = lostError(lastError, code, word, model)
    // The close did not explain the earlier refusal: report that one.
    lose(refusedUnsaid && failure.retry && lastError ? refusal(lastError, model, 'refused the session') : failure)
  }

  const socket = openSocket({
    options,
    encode: fitted.encode,
    askAnything: settings.repeat,
    tell,
    defect,
    onAudio: onDelta,
    onEvent,
    onFailure: lose,
    onClosed,
  })

  return {
    send(command) {
      if (socket.isOver) return
      if (isReady) return perform(command, { settings, replies, probe: socket.probe, send })
      const message = `The command ${command.type} came before the model was configured and was not sent.`
      tell({ type: 'warning', code: 'internal', message })
    },
    appendAudio: socket.append,
    close() {
      stop()
      socket.close()
    },
  }
}
