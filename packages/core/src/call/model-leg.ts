import { base64Bytes, ULAW_BYTES_PER_MS } from '../audio.ts'
import { faultOf, GatewayError } from '../errors.ts'
import type { CallFacts } from '../facts.ts'
import type { ModelCommand, ModelConnection, ModelEvent, ModelListener } from '../model.ts'
import type { CarriedOver, CarryOver } from './carry-over.ts'
import { codeOf } from './observer.ts'
import type { CallParts } from './parts.ts'
import { isPhrase } from './phrase-id.ts'
import { guarded, sessionConfig } from './session-config.ts'
import type { ToolManner } from './events.ts'
import { answersByItself } from './steps/conversation.ts'
import { shownTools } from './tool-times.ts'

/** The model's side of a call: one connection that is heard, at times a second one beside it, and what they say translated into the call's events. */
export interface ModelLeg {
  /** Opens a connection in place of the present one; `resume` tells it what was said and done. */
  open(resume: boolean): void
  /** Opens a second one, which is told everything and, if a reply is owed, asked for it; nobody hears it yet. */
  openSpare(): void
  /** The second connection takes the place of the first, and what it has said so far is heard. */
  adoptSpare(): void
  closeSpare(): void
  send(command: ModelCommand): void
  /** Words of our own that the caller hears: the model is told that it said them. */
  said(text: string): void
  /** Calmer turn-taking, all tools. */
  configureConversation(): void
  /** Never rejects. */
  greet(): Promise<void>
  close(): void
}

/** Who was called wants nothing of us: they are waiting to hear why. */
const greeted = ({ direction }: CallFacts): string =>
  `The caller has heard your greeting break off. Do not greet again: go on, and ${direction === 'outbound' ? 'say in a few words and without details why you call, unless they have heard it' : 'ask what you can do for them'}.`

interface Spare {
  readonly connection: ModelConnection
  /** What it has said and done, in order, until it is heard. */
  readonly kept: (() => void)[]
  /** What it was told of the call. */
  told: readonly CarriedOver[]
}

/** Creates the leg; nothing is opened yet. */
export const createModelLeg = (parts: CallParts, carryOver: CarryOver): ModelLeg => {
  const { facts, mode, deps, briefing, story, playout, relay, stopwatch, meter, dispatch, problem } = parts
  let model: ModelConnection | undefined
  let spare: Spare | undefined
  /** Words of our own that no connection has been told of. */
  let untold: string[] = []
  // Of the reply that is being generated.
  let soundMs = 0
  let acted = false
  /** The next sound of the model's is news to the call. */
  let awaited = true

  const mannerOf = (name: string): ToolManner => {
    const tool = mode.tools.find((each) => each.name === name)
    return {
      ...(tool && deps.toolTimes.isSlow(mode.name, tool) ? { slow: true as const } : {}),
      ...(tool?.result === 'silent' ? { silent: true as const } : {}),
      ...(tool?.effect === 'listen' ? { listens: true as const } : {}),
    }
  }

  const close = (): void => {
    model?.close()
    model = undefined
    relay.detachModel()
  }

  const closeSpare = (): void => {
    spare?.connection.close()
    spare = undefined
  }

  /** Events of a connection that was replaced must not reach the call. */
  const connect = (onConfigured: (connection: ModelConnection) => void): ModelConnection => {
    const listener: ModelListener = {
      audio(payload, itemId, contentIndex, receivedAt) {
        if (model === connection) return fromModel(payload, itemId, contentIndex, receivedAt)
        if (spare?.connection !== connection) return
        spare.kept.push(() => fromModel(payload, itemId, contentIndex, receivedAt))
        spareReady(true)
      },
      event(event) {
        // A second connection is paid for whether or not it is ever heard.
        if (model === connection || spare?.connection === connection) meterOf(event)
        if (event.type === 'configured' && (model === connection || spare?.connection === connection))
          onConfigured(connection)
        if (model === connection) return onModelEvent(event)
        if (spare?.connection === connection) onSpareEvent(event)
      },
    }
    const config = briefing.then((briefed) => sessionConfig(parts, briefed))
    // Whoever awaits it is told; a connection that fails first never does.
    config.catch(() => {})
    const connection: ModelConnection = deps.provider.connect(config, listener, facts.caller.number)
    return connection
  }

  const open = (resume: boolean): void => {
    close()
    model = connect((connection) => {
      if (!resume) for (const text of untold) connection.send({ type: 'addMessage', role: 'assistant', text })
      // A greeting that was lost may have called tools.
      for (const message of resume ? carryOver.messages() : carryOver.done()) connection.send(message)
      untold = []
      relay.attachModel(connection)
    })
  }

  const openSpare = (): void => {
    closeSpare()
    spare = {
      connection: connect((connection) => {
        const told = carryOver.messages()
        for (const message of told) connection.send(message)
        if (spare) spare.told = told
        const { greeting, greetingBegun, model: first } = parts.state()
        if (first !== 'configured') return spareReady(false)
        if (greeting === 'due' || (greeting === 'asked' && !greetingBegun)) return void greetOn(connection)
        if (greeting === 'asked') connection.send({ type: 'addMessage', role: 'system', text: greeted(facts) })
        connection.send({ type: 'reply' })
      }),
      kept: [],
      told: [],
    }
  }

  let readyTold: Spare | undefined
  const spareReady = (asked: boolean): void => {
    if (readyTold === spare) return
    readyTold = spare
    dispatch({ type: 'spareReady', asked })
  }

  const onSpareEvent = (event: ModelEvent): void => {
    switch (event.type) {
      case 'opened':
      case 'created':
      case 'configured':
        return
      case 'lost':
        problem(event.error)
        spare = undefined
        return dispatch({ type: 'spareLost' })
      case 'toolCalled':
        spare!.kept.push(() => onModelEvent(event))
        return spareReady(true)
      default:
        spare!.kept.push(() => onModelEvent(event))
    }
  }

  const adoptSpare = (): void => {
    if (!spare) return
    const { connection, kept, told } = spare
    spare = undefined
    close()
    model = connection
    // What has come since: the result of a tool, words of ours, a transcript that was late.
    for (const message of carryOver.messages())
      if (!told.some(({ role, text }) => role === message.role && text === message.text)) connection.send(message)
    untold = []
    relay.attachModel(connection)
    for (const happen of kept) happen()
  }

  const fromModel = (payload: string, itemId: string, contentIndex: number, receivedAt: number): void => {
    soundMs += base64Bytes(payload) / ULAW_BYTES_PER_MS
    if (awaited) {
      awaited = false
      dispatch({ type: 'replyAudible' })
    }
    relay.fromModel(payload, itemId, contentIndex)
    stopwatch.delta(receivedAt, relay.counters.framesOut)
  }

  const meterOf = (event: ModelEvent): void => {
    if (event.type === 'transcribed') story.transcribed(event.usage)
    else if ((event.type === 'primed' || event.type === 'replyEnded') && event.usage) story.used(event.usage)
  }

  const onModelEvent = (event: ModelEvent): void => {
    switch (event.type) {
      case 'opened':
        return story.measured('webhook_to_model_open', story.sinceStart())
      case 'created':
        return story.measured('webhook_to_model_created', story.sinceStart())
      case 'configured':
        story.measured('webhook_to_model_configured', story.sinceStart())
        return dispatch({ type: 'modelConfigured' })
      case 'primed':
      case 'transcribed':
        return
      case 'speechStarted':
        return stopwatch.speechStarted(() => dispatch({ type: 'speechStarted', heard: playout.unheard() }))
      case 'speechStopped':
        // Behind the shield nobody answers yet: there is no answer to time.
        if (answersByItself(parts.state())) stopwatch.speechStopped()
        meter.rest()
        return dispatch(event)
      case 'replyStarted':
        soundMs = 0
        acted = false
        awaited = true
        return dispatch(event)
      case 'replyEnded': {
        const { outcome, retryAfterMs } = event
        if (outcome === 'failed' || outcome === 'incomplete') {
          const why = event.reason ? codeOf(event.reason) : 'no reason given'
          problem(new GatewayError('model_lost', `A reply ${outcome === 'failed' ? 'failed' : 'broke off'}: ${why}.`))
        }
        return dispatch({
          type: 'replyEnded',
          outcome,
          audible: soundMs > 0,
          soundMs: Math.round(soundMs),
          acted,
          ...(event.unasked ? { unasked: true } : {}),
          ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        })
      }
      case 'partEnded':
        relay.partEnded(event.itemId, event.contentIndex)
        // A reply can have several: the next one is news again.
        awaited = true
        return dispatch({ type: 'replyDelivered' })
      case 'toolCalled':
        acted = true
        return dispatch({ ...event, ...mannerOf(event.name) })
      case 'configureRefused':
        // The operator is told by the warning beside it.
        return dispatch({ type: 'configureRefused' })
      case 'reconfigured':
        return dispatch(event)
      case 'itemPlaced':
        return story.place(event.itemId, event.speaker, event.afterItemId)
      case 'transcript':
        return story.transcript(event.itemId, event.speaker, event.text)
      case 'warning':
        if (event.code === 'internal')
          return problem(new GatewayError('internal', event.message, { cause: event.cause }))
        return deps.observe({
          type: 'problem',
          code: event.code,
          message: 'The model server warned.',
          said: event.message,
        })
      case 'lost':
        problem(event.error)
        return dispatch({ type: 'modelLost', error: faultOf(event.error), retry: event.retry })
    }
  }

  const send = (command: ModelCommand): void => {
    if (command.type === 'addMessage' && command.role === 'user') carryOver.pressed(command.text)
    if (command.type === 'toolOutput') carryOver.told(command.toolCallId, command.output)
    if (command.type !== 'interrupt') return model?.send(command)
    story.interrupted(command.heard)
    // What cannot be corrected there is still right in our own story; of words of our own it knows the text only.
    const heard = model?.can.truncate ? command.heard.filter(({ itemId }) => !isPhrase(itemId)) : []
    model?.send({ ...command, heard })
    // Nothing is added to it any more.
    for (const { itemId, contentIndex } of heard) relay.partEnded(itemId, contentIndex)
  }

  /** A connection tells by itself that it has got no briefing; one that is there all the same has nothing to say. */
  const failedBriefing = (cause: unknown): void => {
    const error = new GatewayError('mode_failed', 'The mode could not brief this call.', { cause })
    problem(error)
    dispatch({ type: 'modelLost', error: faultOf(error), retry: false })
  }

  const greetOn = async (connection: ModelConnection | undefined): Promise<void> => {
    const briefed = await briefing.catch(failedBriefing)
    if (!briefed) return
    const { greeting } = briefed
    // The call knows of one connection: a second one is asked here.
    if (greeting === undefined)
      return connection === model ? dispatch({ type: 'greetingMissing' }) : connection?.send({ type: 'reply' })
    const text = `The call is connected. Open it by saying exactly: "${greeting.replaceAll('"', "'")}"`
    connection?.send({ type: 'addMessage', role: 'system', text })
    connection?.send({ type: 'reply' })
  }

  return {
    open,
    openSpare,
    adoptSpare,
    closeSpare,
    send,
    said(text) {
      awaited = true
      if (parts.state().model === 'configured') send({ type: 'addMessage', role: 'assistant', text })
      else untold.push(text)
    },
    configureConversation() {
      const all = mode.tools.every(({ opening }) => opening)
        ? {}
        : { tools: shownTools(mode.name, mode.tools, deps.toolTimes) }
      send({ type: 'configure', config: { turnDetection: guarded(parts, mode.turnTaking.conversation), ...all } })
    },
    greet: () => greetOn(model),
    close,
  }
}
