import type { CallFacts } from '../facts.ts'
import { spokenExtension, spokenTelephone, type Telephone } from './telephone.ts'
import { notComplete, ToolError } from '../tool-error.ts'

/** Phrases for the number the caller is calling from. */
const THIS_ONE =
  /\b(same|this|current|caller id|calling from|call from|called from|on file|known|my (own )?(number|phone|telephone))\b/i
/** Words for having no number. */
const SAYS_NONE = /\b(no|none|not|without|declined?|declines|refused?|refuses|withheld|unknown)\b|n't\b/i
/** Placeholders of networks and models for a missing number. */
const NO_NUMBER =
  /^(the )?(caller |number |caller's number )?(is )?(null|none|no number|unknown|unavailable|not available|anonymous|withheld|private|restricted|blocked|hidden|suppressed)( (number|caller))?$/i

/**
 * Where to call the caller back: the number they gave, else the one they call from; undefined without either. Throws a
 * `ToolError` when the number they gave is incomplete.
 */
export const callBackTelephone = (
  said: string | undefined,
  { otherParty: caller, dialled }: CallFacts,
): Telephone | undefined => {
  const own = caller.number === undefined ? undefined : { number: caller.number }
  if (!said || NO_NUMBER.test(said.trim())) return own
  const extension = spokenExtension(said)
  if (extension && own) return { ...own, extension }
  const telephone = spokenTelephone(said, dialled)
  if (telephone) return telephone
  if (!/\d/.test(said) && (THIS_ONE.test(said) || SAYS_NONE.test(said))) return own
  throw notComplete('telephone number', said, 'digit by digit or by the keys')
}

/** Like {@link callBackTelephone}, but throws a `ToolError` that asks for a number when there is none. */
export const neededTelephone = (said: string | undefined, facts: CallFacts, otherwise: string): Telephone => {
  const telephone = callBackTelephone(said, facts)
  if (telephone) return telephone
  throw new ToolError(
    `The number they call from is withheld, and they have named none. Ask for a number to call back, and call the tool again with it. ${otherwise}`,
  )
}

const THEM = String.raw`(?:me|us|him|her|them)`
/** Requests to be called back, in the text of a message. */
const CALL_BACK = new RegExp(
  [
    String.raw`\b(call|ring|phone|get)(s|ed|ing)?( [\p{L}.'’-]+){0,2} back\b`,
    String.raw`\b(call|ring|phone|text|contact|reach|reach out to|get in touch with|get hold of) ${THEM}\b|\bcall-?backs?\b`,
    String.raw`\bgiv(e|en|ing)( [\p{L}.'’-]+){1,2} a (call|ring|bell|buzz|shout)\b|\bto be (called|phoned|rung|contacted)\b`,
    String.raw`\bplease (call|ring|phone)\b|\basks? (?!how|when|where)[^?!;]{1,40} to (call|ring|phone)\b`,
    String.raw`\b(wants?|likes?|expects?|expecting|asks? for|asking for|needs?|requests?|appreciates?|waits? for|waiting for|awaits?|hopes? for) (a|the|your|his|her|their) ((return|phone|telephone) )?call\b`,
    String.raw`\blet ${THEM} know\b|\bhear(ing)? (back )?from\b`,
    String.raw`\breturn(s|ed|ing)? ([\p{L}'’]+) call\b`,
    String.raw`r(ü|ue)ckruf|zur(ü|ue)ck(zu)?ruf|\bruf(en|t)?\b.*\b(zur(ü|ue)ck|an)\b`,
    String.raw`dev(olver|uelv)\p{L}* la llamada|ll[aá]m[ea](n|me)|volver a llamar|rappel(er|ez|le)`,
  ].join('|'),
  'iu',
)
/** Phrases that look like one: the caller will call, or nobody is to. */
const NOT_US = new RegExp(
  [
    String.raw`\b(?:do not|does not|did not|don['’]t|doesn['’]t|no need|needn['’]t|need not|never)\b[^.;!?]*`,
    String.raw`\b(?:will|'ll|’ll|am|is|are|was|were|i|just) (?:just )?(?:call|calling|called|ring|ringing|phone|phoning) back\b`,
    String.raw`\b(?:am|is|are|was|i['’]m|he['’]s|she['’]s|just) returning [\p{L}'’]+ call\b|\bcalled back\b|^calling back\b`,
  ].join('|'),
  'giu',
)

/** Whether a message asks to be called back. */
export const asksForCallBack = (text: string): boolean => CALL_BACK.test(text.replaceAll(NOT_US, ' '))
