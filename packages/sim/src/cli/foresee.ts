/** What the simulated model will not understand of a call that is about to be made, and all that it does. */
import { understand } from '../meaning/understand.ts'
import { type Dialogue, phrasesOf } from '../realtime/dialogue.ts'
import { findDialogues } from '../realtime/find-dialogues.ts'
import { askGateway } from './ask-gateway.ts'
import type { CallOrder } from './call-arguments.ts'
import { UserError } from './user-error.ts'

type Env = Record<string, string>

/** The kind of an instance in the settings in force; undefined when the gateway does not tell. */
async function kindOf(env: Env, instance: string): Promise<string | undefined> {
  const answer = (await askGateway(env, '/settings')) as
    | { document?: { modes?: Record<string, { kind?: string }> } }
    | undefined
  return answer?.document?.modes?.[instance]?.kind
}

/** Warnings, a sentence each, about lines that the dialogue of the mode behind the number does not understand. */
export async function foresee(
  env: Env,
  { to, voice, steps, gateway }: Pick<CallOrder, 'to' | 'voice' | 'steps' | 'gateway'>,
): Promise<string[]> {
  const lines = steps.flatMap((step) => ('say' in step ? [step.say] : 'interrupt' in step ? [step.interrupt] : []))
  // Another gateway has modes of its own, of which nothing is known here.
  if (lines.length === 0 || gateway.voiceUrl !== undefined) return []
  const number = (await askGateway(env, `/numbers/${encodeURIComponent(to)}`)) as { mode?: string } | undefined
  const kind = number?.mode === undefined ? undefined : await kindOf(env, number.mode)
  if (kind === undefined) return []
  const dialogue = findDialogues(env.SIM_DIALOGUES).find(({ mode }) => mode === kind)
  if (!dialogue) {
    return [`There is no dialogue for the mode "${kind}": what the simulated model understands depends on its tools.`]
  }
  const strange = lines
    .map((line) => ({ line, ...understand(dialogue, line) }))
    .filter(({ phrase }) => phrase === undefined)
    .map(
      ({ line, nearest }) =>
        `The simulated model will not understand "${line}"${nearest === undefined ? '' : ` (nearest: "${nearest}")`}.`,
    )
  const mute = voice === 'rms' ? [] : [`The simulated model knows the voice rms; ${voice} it will hardly understand.`]
  const more = strange.length > 0 ? [`./phone call --phrases ${kind} lists what it understands.`] : []
  return [...strange, ...mute, ...more]
}

/** All that callers may say, of one mode (a kind, or an instance of the running gateway) or of every one. Throws a `UserError` for a mode without a dialogue. */
export async function listPhrases(env: Env, asked?: string): Promise<string> {
  const dialogues = findDialogues(env.SIM_DIALOGUES)
  const modes = [...new Set(dialogues.map(({ mode }) => mode))]
  const kind = asked === undefined || modes.includes(asked) ? asked : await kindOf(env, asked)
  // Of two for one mode the first is the one that is followed.
  const shown = modes
    .filter((mode) => kind === undefined || mode === kind)
    .map((mode) => dialogues.find((dialogue) => dialogue.mode === mode)!)
  if (shown.length === 0 || (asked !== undefined && kind === undefined)) {
    throw new UserError(`There is no dialogue for a mode "${asked}"; there is ${modes.join(', ')}.`)
  }
  return `${shown.map(phrasesText).join('\n\n')}\n\nThe same in other words is understood, too, as far as it is obvious.`
}

const phrasesText = (dialogue: Dialogue): string =>
  [dialogue.mode, ...phrasesOf(dialogue).map((phrase) => `  ${phrase}${keyFor(dialogue, phrase)}`)].join('\n')

/** `· key 3`, where a key does the same. */
function keyFor({ exchanges }: Dialogue, phrase: string): string {
  const reads = exchanges.filter(({ hears }) => hears.includes(phrase)).flatMap((exchange) => exchange.reads)
  const keys = reads.flatMap((part) => /^pressed (\S)$/.exec(part)?.[1] ?? [])
  return keys.length > 0 ? ` · key ${keys[0]}` : ''
}
