import { faultOf, GatewayError } from '../errors.ts'
import type { CallFacts } from '../facts.ts'
import type { ModelCommand, ModelConnection, ModelEvent, ModelListener } from '../model.ts'
import type { CarryOverMessage, CarryOver } from './carry-over.ts'
import { adaptCommand } from './model-commands.ts'
import { createModelEvents } from './model-events.ts'
import type { CallParts } from './parts.ts'
import { guarded, sessionConfig } from './session-config.ts'
import { toolSpecs } from './tool-times.ts'

/** The model's side of a call: the active connection, and at times a spare one. */
export interface ModelLeg {
  /** Opens a connection in place of the present one. `resume`: it is told the conversation so far. */
  open(resume: boolean): void
  /** Opens a spare connection, which is told the conversation and asked for the owed reply. Its audio is held back. */
  openSpare(): void
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

/** The instruction after a greeting that broke off. A callee is waiting to hear why we call. */
const greetingBrokeOff = ({ direction }: CallFacts): string =>
  `The caller has heard your greeting break off. Do not greet again: go on, and ${direction === 'outbound' ? 'say in a few words and without details why you call, unless they have heard it' : 'ask what you can do for them'}.`

interface Spare {
  readonly connection: ModelConnection
  /** Its audio and events, held back in order. */
  readonly kept: (() => void)[]
  /** What it was told of the conversation. */
  told: readonly CarryOverMessage[]
}

/** Events of a spare connection that are held back: minutes of speech, where seconds are to be expected. */
const MAX_KEPT = 5_000

/** Creates the leg; nothing is opened yet. */
export const createModelLeg = (parts: CallParts, carryOver: CarryOver): ModelLeg => {
  const { facts, mode, deps, briefing, relay, dispatch, problem } = parts
  let model: ModelConnection | undefined
  let spare: Spare | undefined
  /** Phrases that no connection has been told of. */
  let untold: string[] = []
  const modelEvents = createModelEvents(parts, (command) => model?.send(command))

  const close = (): void => {
    model?.close()
    model = undefined
    modelEvents.reset()
    relay.detachModel()
  }

  const closeSpare = (): void => {
    spare?.connection.close()
    spare = undefined
  }

  /** Connects; ignores events of the connection once it was replaced. */
  const connect = (onConfigured: (connection: ModelConnection) => void): ModelConnection => {
    const listener: ModelListener = {
      audio(payload, itemId, contentIndex, receivedAt) {
        if (model === connection) return modelEvents.audio(payload, itemId, contentIndex, receivedAt)
        if (spare?.connection !== connection) return
        keep(spare, () => modelEvents.audio(payload, itemId, contentIndex, receivedAt))
        spareReady(true)
      },
      event(event) {
        // A spare connection is billed whether or not it is ever used.
        if (model === connection || spare?.connection === connection) modelEvents.countUsage(event)
        if (event.type === 'configured' && (model === connection || spare?.connection === connection))
          onConfigured(connection)
        if (model === connection) return modelEvents.event(event)
        if (spare?.connection === connection) onSpareEvent(event)
      },
    }
    const config = briefing.then((briefed) => sessionConfig(parts, briefed))
    // A connection that fails first never awaits the config: avoid an unhandled rejection.
    config.catch(() => {})
    const connection: ModelConnection = deps.provider.connect(config, listener, facts.otherParty.number)
    return connection
  }

  const open = (resume: boolean): void => {
    close()
    model = connect((connection) => {
      if (!resume) for (const text of untold) connection.send({ type: 'addMessage', role: 'assistant', text })
      // A lost greeting may have called tools.
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
        if (greeting === 'asked') connection.send({ type: 'addMessage', role: 'system', text: greetingBrokeOff(facts) })
        connection.send({ type: 'reply' })
      }),
      kept: [],
      told: [],
    }
  }

  /** Holds an event of the spare connection back; what never comes to an end is given up. */
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
        keep(spare!, () => modelEvents.event(event))
        return spareReady(true)
      default:
        keep(spare!, () => modelEvents.event(event))
    }
  }

  const adoptSpare = (): void => {
    if (!spare) return
    const { connection, kept, told } = spare
    spare = undefined
    close()
    model = connection
    // What has been added since: tool results, phrases, late transcripts.
    for (const message of carryOver.messages())
      if (!told.some(({ role, text }) => role === message.role && text === message.text)) connection.send(message)
    untold = []
    relay.attachModel(connection)
    for (const happen of kept) happen()
  }

  const send = (command: ModelCommand): void => {
    if (command.type === 'addMessage' && command.role === 'user') carryOver.pressed(command.text)
    if (command.type === 'toolOutput') carryOver.told(command.toolCallId, command.output)
    const known = command.type === 'interrupt' ? { ...command, heard: modelEvents.interrupted(command.heard) } : command
    for (const each of adaptCommand(known, deps.provider.can, modelEvents.hasSpoken)) model?.send(each)
    // Nothing is added to an interrupted part any more.
    if (known.type === 'interrupt')
      for (const { itemId, contentIndex } of known.heard) relay.partEnded(itemId, contentIndex)
  }

  /** Gives the model up because the mode could not brief the call. */
  const failedBriefing = (cause: unknown): void => {
    const error = new GatewayError('mode_failed', 'The mode could not brief this call.', { cause })
    problem(error)
    dispatch({ type: 'modelLost', error: faultOf(error), retry: false })
  }

  const greetOn = async (connection: ModelConnection | undefined): Promise<void> => {
    const briefed = await briefing.catch(failedBriefing)
    if (!briefed) return
    const { greeting } = briefed
    // The reducer handles a missing greeting for the active connection; a spare one is asked for a reply here.
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
      modelEvents.awaitSound()
      if (parts.state().model === 'configured') send({ type: 'addMessage', role: 'assistant', text })
      else untold.push(text)
    },
    configureConversation() {
      const all = mode.tools.every(({ opening }) => opening)
        ? {}
        : { tools: toolSpecs(mode.name, mode.tools, deps.toolTimes) }
      send({ type: 'configure', config: { turnDetection: guarded(parts, mode.turnTaking.conversation), ...all } })
    },
    greet: () => greetOn(model),
    close,
  }
}
