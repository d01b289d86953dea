import type { CallFacts } from './facts.ts'
import { spokenExtension, spokenTelephone, type Telephone } from './telephone.ts'
import { ToolError } from './tool-error.ts'

/** They mean the telephone in their hand. */
const THIS_ONE = /\b(same|this|current|caller id|calling from|call from|called from|on file|known)\b/i
/** What networks and models write where there is no number. */
const NO_NUMBER =
  /^(the )?(caller |number |caller's number )?(is )?(null|none|no number|unknown|unavailable|not available|anonymous|withheld|private|restricted|blocked|hidden|suppressed)( (number|caller))?$/i

/**
 * Where the caller can be called back: the telephone they named, else the one they call from; undefined when there is
 * neither. Throws what the model should hear when they named one that cannot be complete.
 */
export const callBackTelephone = (said: string | undefined, { caller, dialled }: CallFacts): Telephone | undefined => {
  const own = caller.number === undefined ? undefined : { number: caller.number }
  if (!said || NO_NUMBER.test(said.trim())) return own
  const extension = spokenExtension(said)
  if (extension && own) return { ...own, extension }
  const telephone = spokenTelephone(said, dialled)
  if (telephone) return telephone
  if (!/\d/.test(said) && THIS_ONE.test(said)) return own
  throw new ToolError('That telephone number is not complete. Ask the caller to say it again, digit by digit.')
}

/** The same for what is worth nothing without: throws the request to ask for a number when there is none. */
export const neededTelephone = (said: string | undefined, facts: CallFacts, otherwise: string): Telephone => {
  const telephone = callBackTelephone(said, facts)
  if (telephone) return telephone
  throw new ToolError(
    `The number they call from is withheld, and they have named none. Ask for a number to call back, and call the tool again with it. ${otherwise}`,
  )
}

/** A wish to be called back, in the words of a message. */
const CALL_BACK = new RegExp(
  [
    String.raw`\b(call|ring|phone|get)(s|ed|ing)?( [\p{L}.'’-]+){0,2} back\b`,
    String.raw`\b(call|ring|phone|reach) (me|us)\b|\bcall-?backs?\b`,
    String.raw`\breturn(s|ed|ing)? ([\p{L}'’]+) call\b`,
    String.raw`r(ü|ue)ckruf|zur(ü|ue)ck(zu)?ruf|\bruf(en|t)?\b.*\b(zur(ü|ue)ck|an)\b`,
    String.raw`dev(olver|uelv)\p{L}* la llamada|ll[aá]men?me|volver a llamar|rappel(er|ez|le)`,
  ].join('|'),
  'iu',
)

/** Whether a message asks to be called back. */
export const asksForCallBack = (text: string): boolean => CALL_BACK.test(text)
