import type { Timer } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { CallKind, ModelCommand, ModelConnection, ModelEvent, ModelListener } from '../model.ts'
import type { CarryOver, Telling } from './carry-over.ts'
import { adaptCommand } from './model-commands.ts'
import { createModelEvents, expiry } from './model-events.ts'
import { createModelGreeting } from './model-greeting.ts'
import type { CallParts } from './parts.ts'
import { rememberRecent, type RecentAudio } from './recent-audio.ts'
import { callKind, guarded, sessionConfig } from './session-config.ts'
import { toolSpecs } from './tool-times.ts'

/** The model's side of a call: the active connection, and at times a spare one. */
export interface ModelLeg {
  /** Opens a connection in place of the present one. `resume`: it is told the conversation so far. */
  open(resume: boolean): void
  /** Opens a spare connection, which is told the conversation. `asks`: and asked for the owed reply; its audio is held back. */
  openSpare(asks: boolean): void
  /** Makes the spare connection the active one, and delivers what it has said so far. */
  adoptSpare(): void
  closeSpare(): void
  send(command: ModelCommand): void
  /** Tells the model that it said the text of a phrase. */
  said(text: string): void
  /** Sends the conversation settings: calmer turn-taking, all tools. */
  configureConversation(): void
  /** Never rejects. */
  greet(): Promise<void>
  close(): void
}

/**
 * What a fresh session is given of the caller's latest audio: a word that has just begun, before the server of the former one
 * could report it. Short enough to hold nothing of the caller's last turn, which was answered since.
 */
const RECENT_MS = 600
/** A connection that was replaced silently still reports what the caller had said: transcripts come late. */
const RETIRES_WITHIN_MS = 3_000

interface Spare {
  readonly connection: ModelConnection
  /** It is asked for the owed reply; otherwise it is to take over in silence. */
  readonly asks: boolean
  readonly openedAtMs: number
  expiresAtMs?: number | undefined
  /** Its audio and events, held back in order. */
  readonly kept: (() => void)[]
  readonly telling: Telling
}

/** Most events of a spare connection that are held back: minutes of speech; seconds are usual. */
const MAX_KEPT = 5_000

/** Creates the leg; nothing is opened yet. */
export const createModelLeg = (parts: CallParts, carryOver: CarryOver): ModelLeg => {
  const { facts, mode, deps, briefing, greeting, relay, story, dispatch, problem } = parts
  let model: ModelConnection | undefined
  let spare: Spare | undefined
  /** The replaced connection, for a moment. */
  let retired: ModelConnection | undefined
  let retires: Timer | undefined
  /** The caller's audio goes through this while a fresh session is opened and waits to take over. */
  let recent: RecentAudio | undefined
  let ripens: Timer | undefined
  /** Phrases that no connection has been told of. */
  let untold: string[] = []
  const modelEvents = createModelEvents(parts, (command) => model?.send(command))
  const modelGreeting = createModelGreeting(parts, () => model)

  const closeRetired = (): void => {
    retires?.stop()
    retired?.close()
    retired = undefined
  }

  /** Detaches the active connection without closing it. */
  const release = (): ModelConnection | undefined => {
    const released = model
    model = undefined
    recent = undefined
    modelEvents.reset()
    greeting.tap.stop()
    relay.detachModel()
    return released
  }

  const close = (): void => {
    closeRetired()
    release()?.close()
  }

  const retire = (): void => {
    closeRetired()
    retired = release()
    retires = deps.clock.after(RETIRES_WITHIN_MS, closeRetired)
  }

  const closeSpare = (): void => {
    ripens?.stop()
    spare?.connection.close()
    spare = undefined
    if (recent && model) relay.attachModel(model)
    recent = undefined
  }

  /** Connects; ignores events of the connection once it was replaced. */
  const connect = (
    telling: Telling,
    onConfigured: (connection: ModelConnection) => void,
    kind?: CallKind,
  ): ModelConnection => {
    const listener: ModelListener = {
      audio(payload, itemId, contentIndex, receivedAt) {
        if (model === connection) {
          greeting.tap.audio(payload, itemId)
          return modelEvents.audio(payload, itemId, contentIndex, receivedAt)
        }
        if (spare?.connection !== connection) return
        keep(spare, () => modelEvents.audio(payload, itemId, contentIndex, receivedAt))
        spareReady(true)
      },
      event(event) {
        if (retired === connection) return onRetiredEvent(event)
        const isActive = model === connection
        if (!isActive && spare?.connection !== connection) return
        // A spare connection is billed whether or not it is ever used.
        modelEvents.countUsage(event)
        // A spare one may become the active one here.
        if (event.type === 'configured') {
          // The recorded greeting is over: the caller's next turn needs the conversation settings.
          if (isOpening && !parts.state().opening) connection.send(conversationSettings())
          onConfigured(connection)
        }
        if (!isActive) return onSpareEvent(event)
        greeting.tap.event(event)
        modelEvents.event(event)
      },
    }
    let isOpening = false
    const config = briefing.then((briefed) => {
      isOpening = parts.state().opening
      return sessionConfig(parts, briefed, telling.history())
    })
    // A connection that fails first never awaits the config: avoid an unhandled rejection.
    config.catch(() => {})
    const connection: ModelConnection = deps.provider.connect(config, listener, {
      caller: facts.otherParty.number,
      kind,
    })
    return connection
  }

  const open = (resume: boolean): void => {
    close()
    // A lost greeting may have called tools.
    const telling = carryOver.tell(resume ? 'everything' : 'toolCalls')
    model = connect(
      telling,
      (connection) => {
        if (!resume)
          for (const text of [...greeting.said(), ...untold])
            connection.send({ type: 'addMessage', role: 'assistant', text })
        for (const command of telling.news()) connection.send(command)
        untold = []
        relay.attachModel(connection)
      },
      resume ? undefined : callKind(parts),
    )
  }

  const onRetiredEvent = (event: ModelEvent): void => {
    modelEvents.countUsage(event)
    if (event.type !== 'transcript' || event.speaker !== 'caller') return
    story.transcript(event.itemId, event.speaker, event.text)
    model?.send({ type: 'addHistory', items: [{ kind: 'message', role: 'user', text: event.text }] })
  }

  const openSpare = (asks: boolean): void => {
    closeSpare()
    if (!asks && model) {
      recent = rememberRecent(model, RECENT_MS)
      relay.attachModel(recent)
    }
    const telling = carryOver.tell('everything')
    spare = {
      telling,
      asks,
      openedAtMs: deps.clock.now(),
      connection: connect(telling, (connection) => {
        for (const command of telling.news()) connection.send(command)
        if (!asks) return onFreshReady()
        const { greeting: step, greetingBegun, model: first } = parts.state()
        if (first !== 'configured') return spareReady(false)
        if (step === 'due' || (step === 'asked' && !greetingBegun)) return void modelGreeting.ask(connection)
        if (step === 'asked') modelGreeting.brokeOff(connection)
        connection.send({ type: 'reply' })
      }),
      kept: [],
    }
  }

  /** Holds an event of the spare connection back; closes the connection when there are too many. */
  const keep = ({ kept }: Spare, happen: () => void): void => {
    if (kept.length < MAX_KEPT) return void kept.push(happen)
    closeSpare()
    problem(new GatewayError('model_garbled', 'A spare connection to the model never stops sending.'))
    dispatch({ type: 'spareLost' })
  }

  let readyTold: Spare | undefined
  const spareReady = (asked: boolean): void => {
    if (readyTold === spare) return
    readyTold = spare
    dispatch({ type: 'spareReady', asked })
  }

  /** Waits until enough of the caller's audio is remembered: a server may be ready sooner. */
  const onFreshReady = (): void => {
    const waitMs = spare!.openedAtMs + RECENT_MS - deps.clock.now()
    if (model && waitMs > 0) ripens = deps.clock.after(waitMs, () => spareReady(false))
    else spareReady(false)
  }

  const onSpareEvent = (event: ModelEvent): void => {
    switch (event.type) {
      case 'created':
        spare!.expiresAtMs = event.expiresAtMs
        return
      case 'opened':
      case 'configured':
        return
      case 'lost':
        problem(event.error)
        closeSpare()
        return dispatch({ type: 'spareLost' })
      case 'toolCalled':
        keep(spare!, () => modelEvents.event(event))
        return spareReady(true)
      default:
        keep(spare!, () => modelEvents.event(event))
    }
  }

  const adoptSpare = (): void => {
    if (!spare) return
    const { connection, asks, kept, telling, expiresAtMs } = spare
    spare = undefined
    const heardLast = recent
    ripens?.stop()
    if (asks || !model) close()
    else retire()
    model = connection
    // Tool results, phrases, late transcripts.
    for (const command of telling.news()) connection.send(command)
    untold = []
    heardLast?.repeatTo(connection)
    relay.attachModel(connection)
    dispatch({ type: 'modelReplaced', ...expiry(deps.clock, expiresAtMs) })
    for (const happen of kept) happen()
  }

  const send = (command: ModelCommand): void => {
    // Words of the assistant are in the story.
    if (command.type === 'addMessage' && command.role !== 'assistant') carryOver.written(command.role, command.text)
    if (command.type === 'toolOutput') carryOver.settled(command.toolCallId, command.output)
    const known = command.type === 'interrupt' ? { ...command, heard: modelEvents.interrupted(command.heard) } : command
    for (const each of adaptCommand(known, deps.provider.can, modelEvents.hasSpoken)) model?.send(each)
    if (command.type === 'interrupt') modelGreeting.interrupted(command.heard)
    // Nothing is added to an interrupted part any more.
    if (known.type === 'interrupt')
      for (const { itemId, contentIndex } of known.heard) relay.partEnded(itemId, contentIndex)
  }

  const conversationSettings = (): ModelCommand => {
    const all = mode.tools.every(({ opening }) => opening)
      ? {}
      : { tools: toolSpecs(mode.name, mode.tools, deps.toolTimes) }
    return { type: 'configure', config: { turnDetection: guarded(parts, mode.turnTaking.conversation), ...all } }
  }

  return {
    open,
    openSpare,
    adoptSpare,
    closeSpare,
    send,
    said(text) {
      modelEvents.awaitSound()
      if (parts.state().model === 'configured') send({ type: 'addMessage', role: 'assistant', text })
      else untold.push(text)
    },
    configureConversation: () => send(conversationSettings()),
    greet: () => modelGreeting.ask(model),
    close,
  }
}
