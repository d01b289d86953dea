import { base64Bytes, ULAW_BYTES_PER_MS } from '../audio.ts'
import type { Clock } from '../clock.ts'
import { faultOf, GatewayError } from '../errors.ts'
import type { HeardPart, ModelCommand, ModelEvent } from '../model.ts'
import { recent } from '../recent.ts'
import type { ToolTraits } from './events.ts'
import { codeOf } from './observer.ts'
import type { CallParts } from './parts.ts'
import { isOurs } from './phrase-id.ts'
import { speechStarted, speechStopped } from './caller-turns.ts'

/** Translates what the active model connection reports into events of the call. */
export interface ModelEvents {
  audio(payload: string, itemId: string, contentIndex: number, receivedAt: number): void
  event(event: ModelEvent): void
  /** Counts the usage an event reports, also of a spare connection. */
  countUsage(event: ModelEvent): void
  /** The model is interrupted: notes in the story what was heard. Returns the parts without our own audio. */
  interrupted(heard: readonly HeardPart[]): readonly HeardPart[]
  /** Whether this connection has spoken the item. */
  hasSpoken(itemId: string): boolean
  /** Reports `replyAudible` at the model's next sound. */
  awaitSound(): void
  /** Another connection becomes the active one. */
  reset(): void
}

/** Callers do not listen longer than this without speaking; a line queues no more either. */
const MAX_AHEAD_MS = 120_000

/** Item ids remembered of one connection: more than an hour of talk has. Bounded, because a server may invent ids without end. */
const MAX_SPOKEN = 1_000
/** Items of one reply that are dropped; a reply has a few. */
const MAX_DROPPED = 100
const DROPPED = JSON.stringify({ error: 'This was not done: the caller has interrupted you.' })

/** How long a session may still live, for an event of the call. */
export const expiry = (clock: Clock, expiresAtMs: number | undefined): { readonly expiresInMs?: number } =>
  expiresAtMs === undefined ? {} : { expiresInMs: Math.max(0, Math.round(expiresAtMs - clock.now())) }

/** Creates the translation; `send` reaches the active connection. */
export const createModelEvents = (parts: CallParts, send: (command: ModelCommand) => void): ModelEvents => {
  const { mode, deps, story, relay, playout, stopwatch, dispatch, problem } = parts
  const { cancel } = deps.provider.can
  // State of the active reply.
  let isReplying = false
  let soundMs = 0
  let acted = false
  /** Set when the reply was interrupted on a model that cannot cancel: its items, how much was heard and how much came. */
  let dropped: Map<string, HeardPart> | undefined
  let awaitsSound = true
  /** The rest of the active reply is dropped: too much of it is queued. */
  let isAhead = false
  let lastItemId: string | undefined
  let spoken = recent<string>(MAX_SPOKEN)
  let expiresAtMs: number | undefined

  const traitsOf = (name: string): ToolTraits => {
    const tool = mode.tools.find((each) => each.name === name)
    return {
      ...(tool && deps.toolTimes.isSlow(mode.name, tool) ? { slow: true as const } : {}),
      ...(tool?.result === 'silent' ? { silent: true as const } : {}),
      ...(tool?.effect === 'listen' ? { listens: true as const } : {}),
    }
  }

  /** What was sent of the part will be heard: for the model it ends there. */
  const allSent = (itemId: string, contentIndex: number): HeardPart => {
    const part = playout.unheard().find((each) => each.itemId === itemId && each.contentIndex === contentIndex)
    const sentMs = part?.sentMs ?? 0
    return { itemId, contentIndex, heardMs: sentMs, sentMs }
  }

  const dropAudio = (itemId: string, contentIndex: number, durationMs: number): void => {
    if (!dropped || (dropped.size >= MAX_DROPPED && !dropped.has(itemId))) return
    const part = dropped.get(itemId) ?? { itemId, contentIndex, heardMs: 0, sentMs: 0 }
    dropped.set(itemId, { ...part, sentMs: part.sentMs + durationMs })
  }

  const onReplyEnded = (event: Extract<ModelEvent, { type: 'replyEnded' }>): void => {
    const wasDropped = dropped !== undefined
    // The dropped items have become longer: correct the shares heard in the story.
    if (dropped) story.interrupted([...dropped.values()])
    dropped = undefined
    isReplying = false
    const { retryAfterMs, usage } = event
    const outcome = wasDropped && event.outcome === 'completed' ? 'cancelled' : event.outcome
    if (outcome === 'failed' || outcome === 'incomplete') {
      const why = event.reason ? codeOf(event.reason) : 'no reason given'
      problem(new GatewayError('model_lost', `A reply ${outcome === 'failed' ? 'failed' : 'broke off'}: ${why}.`))
    }
    dispatch({
      type: 'replyEnded',
      outcome,
      audible: soundMs > 0,
      soundMs: Math.round(soundMs),
      acted,
      ...(event.unasked ? { unasked: true } : {}),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(usage && parts.state().refreshTokens !== undefined
        ? { inputTokens: usage.input.text + usage.input.audio }
        : {}),
    })
  }

  const onToolCalled = (event: Extract<ModelEvent, { type: 'toolCalled' }>): void => {
    if (dropped) return send({ type: 'toolOutput', toolCallId: event.toolCallId, output: DROPPED })
    acted = true
    dispatch({ ...event, ...traitsOf(event.name) })
  }

  const onWarning = ({ code, message, cause }: Extract<ModelEvent, { type: 'warning' }>): void =>
    code === 'internal'
      ? problem(new GatewayError('internal', message, { cause }))
      : deps.observe({ type: 'problem', code, message: 'The model server warned.', said: message })

  return {
    audio(payload, itemId, contentIndex, receivedAt) {
      const durationMs = base64Bytes(payload) / ULAW_BYTES_PER_MS
      if (itemId !== lastItemId) {
        lastItemId = itemId
        spoken.add(itemId)
      }
      if (dropped) return dropAudio(itemId, contentIndex, durationMs)
      if (isAhead) return
      if (playout.leftMs() > MAX_AHEAD_MS) {
        isAhead = true
        return dispatch({ type: 'audioAhead', sent: [allSent(itemId, contentIndex)] })
      }
      soundMs += durationMs
      if (awaitsSound) {
        awaitsSound = false
        dispatch({ type: 'replyAudible' })
      }
      relay.fromModel(payload, itemId, contentIndex)
      stopwatch.delta(receivedAt, relay.counters.framesOut)
    },
    countUsage(event) {
      if (event.type === 'transcribed') story.transcribed(event.usage)
      else if ((event.type === 'primed' || event.type === 'replyEnded') && event.usage) {
        story.used(event.usage)
        if (event.type === 'replyEnded') story.times.counted(event.usage)
      }
    },
    event(event) {
      switch (event.type) {
        case 'opened':
          return story.measured('webhook_to_model_open', story.sinceOpened())
        case 'created':
          expiresAtMs = event.expiresAtMs
          return story.measured('webhook_to_model_created', story.sinceOpened())
        case 'configured':
          story.measured('webhook_to_model_configured', story.sinceOpened())
          return dispatch({ type: 'modelConfigured', ...expiry(deps.clock, expiresAtMs) })
        case 'primed':
        case 'transcribed':
          return
        case 'speechStarted':
          return speechStarted(parts)
        case 'speechStopped':
          return speechStopped(parts)
        case 'replyStarted':
          isReplying = true
          dropped = undefined
          soundMs = 0
          acted = false
          awaitsSound = true
          isAhead = false
          story.times.replyBegan()
          return dispatch(event)
        case 'replyEnded':
          return onReplyEnded(event)
        case 'partEnded':
          if (dropped) return
          relay.partEnded(event.itemId, event.contentIndex)
          // A reply can have several parts: report the first sound of the next one, too.
          awaitsSound = true
          return dispatch({ type: 'replyDelivered' })
        case 'toolCalled':
          return onToolCalled(event)
        case 'configureRefused':
          // The warning that comes with it tells the operator.
          return dispatch({ type: 'configureRefused' })
        case 'reconfigured':
          return dispatch(event)
        case 'itemPlaced':
          return story.insertItem(event.itemId, event.speaker, event.afterItemId)
        case 'transcript':
          return story.transcript(event.itemId, event.speaker, event.text)
        case 'warning':
          return onWarning(event)
        case 'lost':
          problem(event.error)
          return dispatch({ type: 'modelLost', error: faultOf(event.error), retry: event.retry })
      }
    },
    interrupted(heard) {
      story.interrupted(heard)
      // Phrases and recorded greetings are not audio of the model: it cannot correct them.
      const spoke = heard.filter(({ itemId }) => !isOurs(itemId))
      if (!cancel && isReplying) dropped ??= new Map(spoke.map((part) => [part.itemId, part]))
      return spoke
    },
    hasSpoken: (itemId) => spoken.has(itemId),
    awaitSound() {
      awaitsSound = true
    },
    reset() {
      isReplying = false
      isAhead = false
      expiresAtMs = undefined
      dropped = undefined
      lastItemId = undefined
      spoken = recent(MAX_SPOKEN)
    },
  }
}
