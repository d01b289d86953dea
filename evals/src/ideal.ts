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

/** Longer phrases first: a short one may be part of them. */
const length = (step: Step): number => ('say' in step ? step.say.length : 0)

/**
 * The answers of a good assistant to one situation as a dialogue of the simulated model, before those that it ships for this
 * mode: how it takes the notes of the gateway is there.
 */
export const idealDialogue = ({ mode, caller }: Pick<Situation, 'mode' | 'caller'>): Dialogue => {
  const shipped = shippedDialogues.find((dialogue) => dialogue.mode === mode)!
  const own = caller
    .toSorted((one, other) => length(other) - length(one))
    .flatMap((step) => {
      const heard = heardOf(step)
      const ideal = step.ideal ?? ('noise' in step ? LEFT_ALONE : undefined)
      return heard && ideal ? [{ ...heard, ...ideal }] : []
    })
  const { exchanges, ...rest } = shipped
  const parsed = parseDialogue({ ...rest, tools: [], exchanges: own })
  return { ...parsed, exchanges: [...parsed.exchanges, ...exchanges] }
}
