import type { Briefing, Mode } from '../mode/mode.ts'
import type { CallKind, HistoryItem, SessionConfig, TurnDetection } from '../model.ts'
import type { CallParts } from './parts.ts'
import { answersByItself } from './steps/conversation.ts'
import { toolSpecs } from './tool-times.ts'

/** The session config for a new model connection, as the call stands now; `history` is what it is told of the conversation. */
export const sessionConfig = (
  parts: CallParts,
  { instructions }: Pick<Briefing, 'instructions'>,
  history: readonly HistoryItem[] = [],
): SessionConfig => {
  const { facts, mode, deps, primes } = parts
  const state = parts.state()
  // On inbound calls the name is a claim of the network, and often that of a carrier: not a keyword.
  const callee = facts.direction === 'outbound' ? facts.otherParty.name : undefined
  const turns = state.opening ? mode.turnTaking.opening : mode.turnTaking.conversation
  // A refusal of the conversation settings was that of an earlier connection.
  const answers = answersByItself({ ...state, asksEachTurn: false }) || turns.kind === 'none'
  return {
    instructions,
    voice: mode.voice ?? deps.defaultVoice,
    tools: toolSpecs(
      mode.name,
      mode.tools.filter((tool) => tool.opening || !state.opening),
      deps.toolTimes,
    ),
    turnDetection: guarded(parts, answers ? turns : { ...turns, autoReply: false }),
    wishes: callee === undefined ? mode.wishes : { ...mode.wishes, keywords: [callee, ...mode.wishes.keywords] },
    ...(primes && state.phase === 'warming' && state.modelCan.idle === 'free' ? { primes: true } : {}),
    ...(history.length > 0 ? { history } : {}),
    cacheKey: `${mode.name}:${facts.dialled}`,
  }
}

/**
 * The kind of call that begins now. Only inbound calls have one: the session of an outbound call is made ready before it rings.
 */
export const callKind = (parts: CallParts): CallKind | undefined => {
  const { facts, mode } = parts
  if (facts.direction === 'outbound') return undefined
  return {
    name: `${mode.name}:${facts.dialled}`,
    settings: () => sessionConfig(parts, { instructions: mode.fixedInstructions }),
  }
}

/** Whether speech over the assistant must last a while before it interrupts. */
export const isGuarded = ({ turnTaking }: Mode): boolean => turnTaking.minSpeechMs > 0

/** The turn detection with the model's own interrupting switched off, where speech must last a while before it interrupts. */
export const guarded = ({ mode }: Pick<CallParts, 'mode'>, turns: TurnDetection): TurnDetection =>
  isGuarded(mode) && turns.kind !== 'none' ? { ...turns, interrupts: false } : turns
