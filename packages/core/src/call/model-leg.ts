import { GatewayError } from '../errors.ts'
import type { Briefing } from '../mode.ts'
import type {
  ModelCommand,
  ModelConnection,
  ModelEvent,
  ModelListener,
  SessionConfig,
  TurnDetection,
} from '../model.ts'
import { codeOf } from './observer.ts'
import type { CallParts } from './parts.ts'
import { answersByItself } from './steps/conversation.ts'

/** What a new connection is told of the conversation: text is cheap, but not free. */
const REPLAYED_TURNS = 40

/** The model's side of a call: one connection at a time, and what it says translated into the call's events. */
export interface ModelLeg {
  /** Opens a connection in place of the present one; `resume` tells it what was said. */
  open(resume: boolean): void
  send(command: ModelCommand): void
  /** Calmer turn-taking, all tools. */
  configureConversation(): void
  /** Never rejects. */
  greet(): Promise<void>
  close(): void
}

/** Creates the leg; nothing is opened yet. */
export const createModelLeg = (parts: CallParts): ModelLeg => {
  const { facts, mode, deps, briefing, ledger, playout, relay, stopwatch, meter, dispatch, problem } = parts
  let model: ModelConnection | undefined

  const sessionConfig = ({ instructions }: Briefing): SessionConfig => {
    const { opening, conversation } = mode.turnTaking
    const turns = parts.state().opening ? opening : conversation
    return {
      instructions,
      voice: mode.voice ?? deps.defaultVoice,
      tools: mode.tools.filter((tool) => tool.opening || !parts.state().opening),
      turnDetection: guarded(
        answersByItself(parts.state()) || turns.kind === 'none' ? turns : { ...turns, autoReply: false },
      ),
      transcribe: true,
      ...(parts.primes && parts.state().phase === 'warming' ? { primes: true } : {}),
      cacheKey: `${mode.name}:${facts.dialled}`,
    }
  }

  /** Where speech must prove itself, interrupting is ours alone. */
  const guarded = (turns: TurnDetection): TurnDetection =>
    meter && turns.kind !== 'none' ? { ...turns, interrupts: false } : turns

  const close = (): void => {
    model?.close()
    model = undefined
    relay.detachModel()
  }

  const open = (resume: boolean): void => {
    close()
    const said = resume ? ledger.turns().slice(-REPLAYED_TURNS) : []
    // Events of a connection that was replaced must not reach the call.
    let connection: ModelConnection | undefined
    const listener: ModelListener = {
      audio(payload, itemId, contentIndex, receivedAt) {
        if (model === connection) fromModel(payload, itemId, contentIndex, receivedAt)
      },
      event(event) {
        if (model !== connection) return
        if (event.type === 'configured') {
          for (const { speaker, text } of said)
            model?.send({ type: 'addMessage', role: speaker === 'caller' ? 'user' : 'assistant', text })
          relay.attachModel(model!)
        }
        onModelEvent(event)
      },
    }
    const config = briefing.then(sessionConfig)
    // Whoever awaits it is told; a connection that fails first never does.
    config.catch(() => {})
    connection = deps.provider.connect(config, listener)
    model = connection
  }

  const fromModel = (payload: string, itemId: string, contentIndex: number, receivedAt: number): void => {
    relay.fromModel(payload, itemId, contentIndex)
    meter?.sent(payload)
    stopwatch.delta(receivedAt, relay.counters.framesOut)
  }

  const onModelEvent = (event: ModelEvent): void => {
    switch (event.type) {
      case 'opened':
        return ledger.measured('webhook_to_model_open', ledger.sinceStart())
      case 'created':
        return ledger.measured('webhook_to_model_created', ledger.sinceStart())
      case 'configured':
        ledger.measured('webhook_to_model_configured', ledger.sinceStart())
        return dispatch({ type: 'modelConfigured' })
      case 'primed':
        return ledger.used(event.usage)
      case 'speechStarted':
        return stopwatch.speechStarted(() => dispatch({ type: 'speechStarted', heard: playout.unheard() }))
      case 'speechStopped':
        // Behind the shield nobody answers yet: there is no answer to time.
        if (answersByItself(parts.state())) stopwatch.speechStopped()
        meter?.rest()
        return dispatch(event)
      case 'replyStarted':
        return dispatch(event)
      case 'replyEnded':
        if (event.usage) ledger.used(event.usage)
        if (event.outcome === 'failed')
          problem(
            new GatewayError(
              'model_lost',
              `A reply failed: ${event.problem ? codeOf(event.problem) : 'no reason given'}.`,
            ),
          )
        return dispatch({ type: 'replyEnded', outcome: event.outcome })
      case 'partEnded':
        return relay.partEnded(event.itemId, event.contentIndex)
      case 'toolCalled':
        return dispatch(event)
      case 'itemPlaced':
        return ledger.place(event.itemId, event.speaker, event.afterItemId)
      case 'transcript':
        return ledger.transcript(event.itemId, event.speaker, event.text)
      case 'warning':
        return deps.observe({
          type: 'problem',
          code: event.code,
          message: 'The model server warned.',
          said: event.message,
        })
      case 'lost':
        problem(event.error)
        return dispatch({ type: 'modelLost', error: event.error, retry: event.retry })
    }
  }

  const send = (command: ModelCommand): void => {
    if (command.type !== 'interrupt') return model?.send(command)
    ledger.interrupted(command.heard)
    // What cannot be corrected there is still right in our own story.
    model?.send(model.can.truncate ? command : { ...command, heard: [] })
  }

  /** A connection tells by itself that it has got no briefing; one that is there all the same has nothing to say. */
  const failedBriefing = (cause: unknown): void => {
    const error = new GatewayError('mode_failed', 'The mode could not brief this call.', { cause })
    problem(error)
    dispatch({ type: 'modelLost', error, retry: false })
  }

  const greet = async (): Promise<void> => {
    const briefed = await briefing.catch(failedBriefing)
    const greeting = briefed?.greeting
    if (greeting === undefined) return
    const text = `The call is connected. Open it by saying exactly: "${greeting.replaceAll('"', "'")}"`
    model?.send({ type: 'addMessage', role: 'user', text })
    model?.send({ type: 'reply' })
  }

  return {
    open,
    send,
    configureConversation() {
      const all = mode.tools.every(({ opening }) => opening) ? {} : { tools: mode.tools }
      send({ type: 'configure', config: { turnDetection: guarded(mode.turnTaking.conversation), ...all } })
    },
    greet,
    close,
  }
}
