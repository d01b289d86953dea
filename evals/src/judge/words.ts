import type { RuleId } from '../rules.ts'
import type { AfterStep, Situation, Step } from '../situation.ts'
import { afterStep, repliesOf, type Trace } from '../trace.ts'
import type { Finding } from './finding.ts'
import { languageOf } from './language.ts'
import { placeOf } from './tool-log.ts'
import { asTyped } from './typed.ts'

const SENTENCES = 3
const QUESTIONS = 1

const GOODBYE =
  /\b(?:good-?\s?bye|bye(?:-?bye)?|farewell|have an? (?:very )?(?:nice|good|great|lovely|wonderful|pleasant|beautiful|fantastic|excellent) (?:rest of |day|evening|night|afternoon|morning|weekend|one)|enjoy (?:the rest of )?your (?:day|evening|night|afternoon|weekend)|take care(?! of)|adi[oó]s|hasta (?:luego|pronto)|que tenga)\b/i

/** What can be read and not be said: names of tools and fields, markup, and what a tool tells the model to do. */
const WRITTEN: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z]+_[a-z_]+\b/, 'a name with an underscore'],
  [/[*#`<>{}[\]|]/, 'markup'],
  [/https?:|www\./i, 'an address of the web'],
  [/\bjson\b|\btool call\b|\bsystem prompt\b/i, 'a word about its own workings'],
  [/^\s*(?:[-•]|\d{1,2}[.)])\s/m, 'a list'],
]

/** How an answer begins that greets once more; whom we call may be told twice who is there, by a machine and in person. */
const GREETS = /^(?:hello|hi there|good (?:morning|afternoon|evening)|buenos d[ií]as|buenas tardes)\b/i

/** "Dr. Lopez", "9 a.m." and "2:30 PM." end no sentence. */
const NO_END = /\b(?:dr|mr|mrs|ms|st|no|a\.m|p\.m|e\.g|i\.e|ext)\.(?=\s|$)/gi

const sentencesIn = (text: string): number => text.replaceAll(NO_END, '').match(/[.!?…]+(?=\s|$)/g)?.length ?? 0

const questionsIn = (text: string): number => text.match(/\?/g)?.length ?? 0

/** Whether a reply takes its leave. */
export const saysGoodbye = (text: string): boolean => GOODBYE.test(text)

const quoted = (text: string): string => `"${text.length > 80 ? `${text.slice(0, 79)}…` : text}"`

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? ' was' : 's were'}`

const checkStep = (replies: readonly string[], expect: AfterStep, where: string): string[] => {
  const text = replies.join(' ')
  const asked = questionsIn(text)
  const [least, most] = expect.questions ?? [0, Infinity]
  return [
    ...(expect.said ?? [])
      .filter((wanted) => !wanted.test(text))
      .map((wanted) => `${String(wanted)} was not said ${where}, but ${quoted(text)}.`),
    ...(expect.unsaid ?? [])
      .filter((unwanted) => unwanted.test(text))
      .map((unwanted) => `${String(unwanted)} was said ${where}: ${quoted(text)}.`),
    ...(expect.silent && text.trim() !== '' ? [`${quoted(text)} was said ${where}.`] : []),
    ...(asked < least || asked > most ? [`${counted(asked, 'question')} asked ${where}: ${quoted(text)}.`] : []),
  ]
}

/** Where somebody has spoken who wants an answer, and not a machine or a noise. */
const wantsAnswer = (step: Step): boolean =>
  (('say' in step && !step.recording) || 'keys' in step) && !step.expect?.silent

const heardAfter = (trace: Trace, index: number): readonly string[] =>
  afterStep(trace, index).flatMap((entry) => (entry.kind === 'assistant' ? [asTyped(entry.text)] : []))

const wasPlayed = ({ entries }: Trace, index: number): boolean =>
  entries.some((entry) => entry.kind === 'step' && entry.index === index)

const ofRule = (rule: RuleId, says: string): Finding => ({ by: 'words', rule, says })

/** What the words of the assistant say against a run. */
export const judgeWords = (situation: Situation, trace: Trace): Finding[] => {
  const { expect, caller } = situation
  const replies = repliesOf(trace).map(({ step, text }) => ({ step, text: asTyped(text) }))
  const texts = replies.map(({ text }) => text)
  const all = texts.join('\n')
  const answers = replies.filter(({ step }) => step >= 0).map(({ text }) => text)
  const { sentences = SENTENCES, questions = QUESTIONS } = expect
  const goodbyes = answers.filter(saysGoodbye).length
  const language = expect.language === undefined ? undefined : languageOf(answers.join(' '))
  const says = [
    ...(expect.said ?? []).filter((wanted) => !wanted.test(all)).map((wanted) => `${String(wanted)} was not said.`),
    ...(expect.unsaid ?? [])
      .filter((unwanted) => unwanted.test(all))
      .map((unwanted) => `${String(unwanted)} was said: ${quoted(texts.find((text) => unwanted.test(text)) ?? all)}.`),
    ...(expect.goodbyes !== undefined && goodbyes !== expect.goodbyes
      ? [`Goodbye was said in ${goodbyes} ${goodbyes === 1 ? 'reply' : 'replies'}, not in ${expect.goodbyes}.`]
      : []),
    ...(language !== undefined && language !== expect.language
      ? [`The answers were in ${language}, not in ${expect.language}.`]
      : []),
    ...caller.flatMap((step, index) => {
      if (!step.expect) return []
      return checkStep(heardAfter(trace, index), step.expect, placeOf(situation, index))
    }),
  ]
  return [
    ...says.map((one): Finding => ({ by: 'words', says: one })),
    ...caller.flatMap((step, index) =>
      wantsAnswer(step) && wasPlayed(trace, index) && heardAfter(trace, index).join('').trim() === ''
        ? [ofRule('answers', `Nothing was said ${placeOf(situation, index)}.`)]
        : [],
    ),
    ...WRITTEN.flatMap(([pattern, what]) => {
      const text = texts.find((one) => pattern.test(one))
      return text === undefined ? [] : [ofRule('plain-speech', `${what} was said: ${quoted(text)}.`)]
    }),
    ...(situation.mode === 'outbound' ? [] : answers)
      .filter((text) => GREETS.test(text))
      .map((text) => ofRule('one-greeting', `It greeted again: ${quoted(text)}.`)),
    ...answers.flatMap((text) =>
      sentencesIn(text) > sentences
        ? [ofRule('brief', `${sentencesIn(text)} sentences in one reply: ${quoted(text)}.`)]
        : [],
    ),
    ...answers.flatMap((text) =>
      questionsIn(text) > questions
        ? [ofRule('brief', `${questionsIn(text)} questions in one reply: ${quoted(text)}.`)]
        : [],
    ),
  ]
}
