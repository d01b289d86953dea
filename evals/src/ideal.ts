import { parseDialogue, shippedDialogues, type Dialogue } from '@llc-phone/sim'
import { noises, type Ideal, type Situation, type Step } from './situation.ts'

/** A noise is listened to and left alone, unless the situation says otherwise. */
const LEFT_ALONE: Ideal = { calls: { tool: 'keep_listening', arguments: { for: 'noise' } } }

const heardOf = (
  step: Step,
): { readonly hears: readonly string[] } | { readonly reads: readonly string[] } | undefined => {
  if ('say' in step) return { hears: [step.say] }
  if ('noise' in step) return { hears: [noises[step.noise]] }
  if ('keys' in step) return { reads: [`pressed ${[...step.keys.replaceAll('#', '')].join(' ')}`] }
  return undefined
}

const isNoise = (phrase: string): boolean => Object.values<string>(noises).includes(phrase)

/** Longer phrases first: a short one may be part of them. */
const length = (step: Step): number => ('say' in step ? step.say.length : 0)

/** Phrases of others would only be mistaken for those of the situation. */
const plain = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, ' ')
    .trim()

/**
 * The answers of a good assistant to one situation as a dialogue of the simulated model. How it takes the notes of the
 * gateway, and what the situation leaves to it, is in the dialogues that it ships.
 */
export const idealDialogue = ({ mode, caller }: Pick<Situation, 'mode' | 'caller'>): Dialogue => {
  const { exchanges, ...shipped } = shippedDialogues().find((dialogue) => dialogue.mode === mode)!
  const left = new Set(caller.flatMap((step) => ('say' in step && !step.ideal ? [plain(step.say)] : [])))
  const own = caller
    .toSorted((one, other) => length(other) - length(one))
    .flatMap((step) => {
      const heard = heardOf(step)
      const ideal = step.ideal ?? ('noise' in step ? LEFT_ALONE : undefined)
      if (!heard || !ideal) return []
      const { thenSays = [], ...rest } = ideal
      // The word of the data files; it is never a function.
      return [{ ...heard, ...rest, ...Object.fromEntries(thenSays.length > 0 ? [['then', thenSays]] : []) }]
    })
  const parsed = parseDialogue({ ...shipped, tools: [], understands: {}, paraphrases: false, exchanges: own })
  const others = exchanges
    .map((exchange) => ({ ...exchange, hears: exchange.hears.filter((phrase) => left.has(plain(phrase))) }))
    .filter(({ hears, reads }) => hears.length + reads.length > 0)
  // What is heard and is no phrase is the noise, where there is one.
  const noise = parsed.exchanges
    .filter(({ hears }) => hears.some((phrase) => isNoise(phrase)))
    .map((exchange) => ({ ...exchange, hears: [], hearsAnything: true }))
  return { ...parsed, exchanges: [...parsed.exchanges, ...others, ...noise] }
}
