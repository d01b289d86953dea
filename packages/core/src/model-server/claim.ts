import { GatewayError } from '../errors.ts'
import type { ModelConnection, ModelEvent, ModelListener, SessionConfig } from '../model.ts'

/** An idle session. */
export interface WarmSession {
  readonly connection: ModelConnection
  readonly openedAt: number
  /** What it was configured with. */
  readonly settings: SessionConfig
  /** What it has reported so far, in order. */
  readonly told: ModelEvent[]
  isReady: boolean
  /** Where it reports from the claim on. */
  claimedBy?: ModelListener
}

/** A call that takes a warm session. */
export interface Claim {
  readonly config: Promise<SessionConfig> | SessionConfig
  readonly listener: ModelListener
  /** Opens a session of the call's own. */
  connectCold(config: SessionConfig, listener: ModelListener): ModelConnection
  /** The server did not take the instructions of the call. */
  onRefused(): void
}

/** Whether a session with these settings is right for a call when only its instructions are changed. */
const fits = (settings: SessionConfig, config: SessionConfig): boolean =>
  JSON.stringify({ ...config, instructions: '' }) === JSON.stringify({ ...settings, instructions: '' })

/**
 * Hands a warm session to a call. It reports what every connection reports, in the same order, `configured` as soon as the
 * call's own instructions are sent: the wire keeps the order, so they are in force before anything that the call sends next.
 */
export const claimWarm = (
  session: WarmSession,
  { config, listener, connectCold, onRefused }: Claim,
): ModelConnection => {
  const { settings, told } = session
  let { connection } = session
  let isReady = false
  let isOver = false
  /** The instructions were sent, and not answered yet. */
  let isUnanswered = false

  const lose = (error: GatewayError, retry: boolean): void => {
    isOver = true
    connection.close()
    listener.event({ type: 'lost', error, retry })
  }

  const onEvent = (event: ModelEvent): void => {
    if (isOver) return
    if (event.type === 'lost') isOver = true
    if (isUnanswered && event.type === 'reconfigured') {
      isUnanswered = false
      return
    }
    if (isUnanswered && event.type === 'configureRefused') {
      onRefused()
      const message = `The model server refused the instructions of a call on a warm session: ${event.code}.`
      // A session of the call's own shows whether it refuses them there too.
      return lose(new GatewayError('model_refused', message), true)
    }
    listener.event(event)
  }
  session.claimedBy = {
    audio(payload, itemId, contentIndex, receivedAt) {
      if (!isOver) listener.audio(payload, itemId, contentIndex, receivedAt)
    },
    event: onEvent,
  }

  const goOn = (whole: SessionConfig): void => {
    if (isOver) return
    if (!fits(settings, whole)) {
      connection.close()
      connection = connectCold(whole, {
        audio: session.claimedBy!.audio,
        event(event) {
          if (event.type === 'configured') isReady = true
          // These two were reported already.
          if (event.type !== 'opened' && event.type !== 'created') onEvent(event)
        },
      })
      return
    }
    if (whole.instructions !== settings.instructions) {
      isUnanswered = true
      connection.send({ type: 'configure', config: { instructions: whole.instructions } })
    }
    isReady = true
    listener.event({ type: 'configured' })
  }

  // After `connect` has returned.
  queueMicrotask(() => {
    for (const event of told) if (!isOver && event.type !== 'configured') listener.event(event)
    Promise.resolve(config).then(goOn, (cause: unknown) => {
      if (!isOver) lose(new GatewayError('mode_failed', 'The mode could not brief this call.', { cause }), false)
    })
  })

  return {
    send(command) {
      if (isOver) return
      if (isReady) return connection.send(command)
      const message = `The command ${command.type} came before the model was configured and was not sent.`
      listener.event({ type: 'warning', code: 'internal', message })
    },
    // Not wrapped, because every frame of the caller goes through it. No call has audio for a session that is not configured.
    get appendAudio() {
      return isReady ? connection.appendAudio : () => {}
    },
    close() {
      isOver = true
      connection.close()
    },
  }
}
