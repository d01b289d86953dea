/** Decides what the assistant says and calls next, from the dialogue and from what is new in the conversation. */
import type { Heard } from '../speech/ear.ts'
import { understand } from '../meaning/understand.ts'
import { chooseDialogue, type Dialogue, type Exchange } from './dialogue.ts'
import type { FunctionTool } from './protocol.ts'
import { type Facts, factsIn, factsOf, wordsIn } from './facts.ts'
import { type FittedCall, fitCall } from './tool-call.ts'

/** Something the model has not answered yet. */
export type FreshInput =
  | { kind: 'heard'; heard: Promise<Heard | undefined> }
  | { kind: 'text'; role: 'user' | 'system'; text: string }
  | { kind: 'output'; callId: string; output: string }
  | { kind: 'silence' }

/** One response: its words, and its tool calls. */
export interface Plan {
  says: string[]
  calls: FittedCall[]
  /** When the calls begin, if the dialogue says so. */
  callsBegin?: Exchange['callsBegin']
  /** The exchange that is under way, for when the outputs of its calls come in. */
  exchange?: Exchange
}

/** The state that the script reads. */
interface Scene {
  tools: readonly FunctionTool[]
  /** False for a response that was asked for without tools. */
  mayCall: boolean
  /** Instructions and system items, where the caller's number may stand. */
  background: string
  isFirstResponse: boolean
}

/** Remembers which call belongs to which exchange. */
export interface Script {
  dialogueFor(tools: readonly FunctionTool[]): Dialogue
  plan(inputs: readonly FreshInput[], scene: Scene): Promise<Plan>
  /** Tells the script which exchange a call was made for. */
  called(callId: string, name: string, exchange: Exchange | undefined): void
  /** The same of a call that was made in an earlier session. */
  wasCalled(callId: string, name: string, tools: readonly FunctionTool[]): void
  /** Keeps the facts of a result that has been spoken of in an earlier session. */
  learn(output: string): void
}

/** A script over dialogues; the caller's own ones come before the shipped ones. */
export function createScript(dialogues: readonly Dialogue[]): Script {
  const made = new Map<string, { name: string; exchange: Exchange | undefined }>()
  let lastCalled: string | undefined
  /** Words were answered instead; the assistant minds it when it is asked to go on. */
  let newsLeft: Extract<FreshInput, { kind: 'text' }> | undefined
  // Results of tools, by field: a later step can use the id of a record that was looked up.
  const learned: Record<string, string> = { open_question: '1' }

  const facts = (scene: Scene) => ({ ...factsIn(scene.background), ...wordsIn(scene.tools), ...learned })

  /** The first exchange that is meant and fits the session. */
  const pick = (dialogue: Dialogue, scene: Scene, isMeant: (exchange: Exchange) => boolean) =>
    dialogue.exchanges.find(
      (exchange) =>
        isMeant(exchange) &&
        (exchange.when.tool === undefined || scene.tools.some(({ name }) => name === exchange.when.tool)) &&
        (exchange.when.called === undefined || exchange.when.called === lastCalled) &&
        (exchange.when.told ?? []).every((part) => scene.background.includes(part) || learned['say']?.includes(part)),
    )

  function answerOutputs(dialogue: Dialogue, outputs: Extract<FreshInput, { kind: 'output' }>[], scene: Scene): Plan {
    const values: Record<string, unknown> = factsIn(scene.background)
    let exchange: Exchange | undefined
    for (const { callId, output } of outputs) {
      const value = parseOutput(output)
      const call = made.get(callId)
      exchange = call?.exchange ?? exchange
      values['output'] = value
      const told = factsOf(value)
      Object.assign(learned, told)
      values['next_question'] = values[`question_${told['open_question']}`]
      if (call) values[call.name] = value
      if (hasFailed(value)) return { says: [fillSentence(dialogue.failed, values) ?? dialogue.failed], calls: [] }
    }
    const sentence = exchange?.then.map((one) => fillSentence(one, values)).find((one) => one !== undefined)
    return { says: [sentence ?? dialogue.resumes], calls: [] }
  }

  function answerText(dialogue: Dialogue, input: Extract<FreshInput, { kind: 'text' }>, scene: Scene): Plan {
    const text = plain(input.text)
    const quoted = /["“]([^"”]{2,})["”]/.exec(input.text)?.[1]
    const read = pick(dialogue, scene, ({ reads }) => reads.some((part) => hasPart(input.text, part)))
    if (read) return answer(dialogue, read, scene, { ...facts(scene), ...(quoted && { quoted }) })
    if (quoted) return { says: [quoted], calls: [] }
    // What the gateway notes of the caller is nothing the caller has said.
    const meant = /^The caller\b/.test(input.text) ? undefined : understand(dialogue, input.text).phrase
    const isTyped = (phrase: string): boolean => text.includes(plain(phrase)) || phrase === meant
    const typed = input.role === 'user' ? pick(dialogue, scene, ({ hears }) => hears.some(isTyped)) : undefined
    if (typed) return answer(dialogue, typed, scene, facts(scene))
    if (scene.isFirstResponse) return { says: [dialogue.greeting], calls: [] }
    return { says: [input.role === 'system' ? dialogue.resumes : dialogue.unheard], calls: [] }
  }

  async function answerInput(dialogue: Dialogue, input: FreshInput | undefined, scene: Scene): Promise<Plan> {
    if (!input) return { says: [scene.isFirstResponse ? dialogue.greeting : dialogue.resumes], calls: [] }
    if (input.kind === 'silence') return { says: [dialogue.idle], calls: [] }
    if (input.kind === 'text') return answerText(dialogue, input, scene)
    if (input.kind === 'output') return answerOutputs(dialogue, [input], scene)
    const phrase = (await input.heard)?.phrase
    const exchange = pick(
      dialogue,
      scene,
      ({ hears, hearsAnything }) => hearsAnything || (phrase !== undefined && hears.includes(phrase)),
    )
    if (exchange) return answer(dialogue, exchange, scene, facts(scene))
    const opening = scene.isFirstResponse && dialogue.opens ? fillSentence(dialogue.opens, facts(scene)) : undefined
    return { says: [opening ?? dialogue.unheard], calls: [] }
  }

  /** The input to answer: the last one, unless it had no words and the gateway sent an event. */
  async function latest(dialogue: Dialogue, inputs: readonly FreshInput[], scene: Scene) {
    const last = inputs.at(-1)
    newsLeft = undefined
    if (last?.kind !== 'heard') return last
    const isRead = (text: string) => pick(dialogue, scene, ({ reads }) => reads.some((part) => hasPart(text, part)))
    const news = inputs.filter((input) => input.kind === 'text').findLast(({ text }) => isRead(text))
    if (!(await last.heard)) return news ?? last
    newsLeft = news
    return last
  }

  /** An output that nothing is said about, such as a note's, or nothing more, is no reason to speak. */
  const isSilent = ({ callId, output }: Extract<FreshInput, { kind: 'output' }>) => {
    const exchange = made.get(callId)?.exchange
    const value = parseOutput(output)
    const isSaid = (exchange?.says.length ?? 0) > 0 && factsOf(value)['say']?.startsWith('Unless you have said so')
    return (exchange?.then.length === 0 || isSaid) && !hasFailed(value)
  }

  const called: Script['called'] = (callId, name, exchange) => {
    made.set(callId, { name, exchange })
    lastCalled = name
  }

  const dialogueFor = (tools: readonly FunctionTool[]) => chooseDialogue(dialogues, tools)
  return {
    dialogueFor,
    async plan(inputs, scene) {
      const dialogue = dialogueFor(scene.tools)
      const outputs = inputs.filter((input) => input.kind === 'output')
      const others = inputs.filter((input) => input.kind !== 'output')
      if (outputs.length === 0) return answerInput(dialogue, await latest(dialogue, others, scene), scene)
      const reply = answerOutputs(dialogue, outputs, scene)
      if (others.length === 0)
        return newsLeft && outputs.every(isSilent) ? answerText(dialogue, newsLeft, scene) : reply
      // The caller went on talking while the tools ran: both get their answer.
      const more = await answerInput(dialogue, await latest(dialogue, others, scene), scene)
      return outputs.every(isSilent) ? more : { ...more, says: [...reply.says, ...more.says] }
    },
    called,
    wasCalled(callId, name, tools) {
      const makes = ({ calls }: Exchange) => calls.some(({ tool }) => tool === name)
      called(callId, name, dialogueFor(tools).exchanges.find(makes))
    },
    learn: (output) => void Object.assign(learned, factsOf(parseOutput(output))),
  }
}

/** Says and calls what an exchange holds, if the session can do all of it. */
function answer(dialogue: Dialogue, exchange: Exchange, scene: Scene, facts: Facts): Plan {
  const calls = exchange.calls.map((call) => fitCall(call, scene.mayCall ? scene.tools : [], facts))
  const possible = calls.filter((call) => call !== undefined)
  if (possible.length < calls.length) return { says: [dialogue.cannot], calls: [] }
  const says = exchange.says.map((one) => fillSentence(one, facts) ?? one)
  return { says, calls: possible, exchange, ...(exchange.callsBegin && { callsBegin: exchange.callsBegin }) }
}

/** The sentence with its `{path.to.value}` filled in; undefined when one has no value. */
function fillSentence(sentence: string, values: Record<string, unknown>): string | undefined {
  let isComplete = true
  const filled = sentence.replace(/\{([\w.]+)\}/g, (_, path: string) => {
    const value = path
      .split('.')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | null | undefined)?.[key], values)
    if (typeof value !== 'string' && typeof value !== 'number') isComplete = false
    return String(value)
  })
  return isComplete ? filled : undefined
}

function parseOutput(output: string): unknown {
  try {
    return JSON.parse(output)
  } catch {
    return output
  }
}

const hasFailed = (value: unknown) =>
  typeof value === 'object' && value !== null && 'error' in value && value.error !== null && value.error !== false

/** Whether a text holds the part, and not as the start of a longer number: "pressed 1" is not in "pressed 1 2". */
function hasPart(text: string, part: string): boolean {
  const at = text.toLowerCase().indexOf(part.toLowerCase())
  return at >= 0 && !/^ ?\d/.test(text.slice(at + part.length))
}

const plain = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
