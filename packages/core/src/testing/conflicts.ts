/** Two rules of a prompt or tool that contradict each other. */
export interface Conflict {
  readonly one: RegExp
  /** Text next to the first rule that makes it harmless. */
  readonly unless?: RegExp
  /** Matched against the statement with its place in front: "hang_up: Ends the call." */
  readonly other: RegExp
  readonly why: string
}

/** Excludes negated orders: "Do not say goodbye first" is allowed. */
const NOT_FORBIDDEN = String.raw`(?<!\b(?:not|never|nor|without|n't)\s)`
const GOODBYE = String.raw`\b(?:goodbye|bye|(?:good|nice|great) day)\b`
const SAYS = String.raw`${NOT_FORBIDDEN}\b(?:say|saying|wish|wishing|with|bid)\b`
const TELLS = String.raw`${NOT_FORBIDDEN}\b(?:say|saying|tell|telling|announce|announcing)\b`
const TRANSFERS = String.raw`\b(?:transfer_call|warm_transfer|escalate_\w+)\b`
const SAYS_NOTHING_FIRST = String.raw`: .*say nothing first; the answer tells`

const any = (...patterns: string[]): RegExp => new RegExp(patterns.join('|'), 'i')

/** Conflicts that have failed on calls, in their usual wording. */
export const CONFLICTS: readonly Conflict[] = [
  {
    one: any(
      String.raw`${SAYS}[^.;:]*${GOODBYE}[^]{0,40}\bhang_up\b`,
      String.raw`\bhang_up\b[^.]{0,40}${SAYS}[^.;:]{0,30}${GOODBYE}`,
      String.raw`\bafter (?:a|the|your) goodbye,? call hang_up`,
    ),
    other: any(`^hang_up${SAYS_NOTHING_FIRST}`),
    why: 'hang_up gives the words of the goodbye: callers would hear two',
  },
  {
    one: any(
      String.raw`${TELLS}[^.;:]*\b(?:connect|transfer|put)\w*[^.]*${TRANSFERS}`,
      String.raw`\b(?:before|along with)\b[^.]*${TRANSFERS}[^.;]*${TELLS}`,
    ),
    other: any(`^${TRANSFERS}${SAYS_NOTHING_FIRST}`),
    why: 'the transfer gives the words of the announcement: callers would hear two',
  },
  {
    one: /\bnever (?:read|say|list)\b[^.]*\blists?\b/i,
    other: /\b(?:name|list|read|which)\b[^.]*\b(?:choices|keys to press|all of them)\b/i,
    why: 'what is to be listed must not be forbidden',
  },
  {
    one: any(
      String.raw`\b(?:other|another) language\b[^.]*\b(?:use|speak|answer in) (?:theirs|it|that)\b`,
      String.raw`\bmirror\b[^.]*\blanguage`,
      String.raw`\b(?:answer|speak|respond|reply|talk|switch|use)\b[^.]*\b(?:caller['’]s|their|same) (?:own )?language\b`,
      String.raw`\blanguage\b[^.]{0,12}\b(?:of the caller|(?:the caller|they) (?:use|speak)s?)\b`,
      String.raw`\b(?:whichever|whatever)\b[^.]{0,20}\b(?:caller|they)\b[^.]{0,10}\b(?:speak|use)s?\b`,
    ),
    unless: /\b(?:wish|ask|request)/i,
    other: /./,
    why: 'an accent or a noise is taken for another language: let the caller wish for it',
  },
  {
    one: /\bignore\b[^.]*\b(?:noises?|background|music|sounds?)\b/i,
    other: /./,
    why: 'a model is asked for a reply after every sound and can only stay silent by a tool: have it call keep_listening',
  },
  {
    one: /\bhang_up\b[^.]*\bonly\b|^Ends the call[^.]*\bonly (?:when|after)\b/i,
    other: /\b(?:recording|machine|wrong number|abuse)\b[^.]*\bhang_up\b/i,
    why: 'the call could not be ended there',
  },
]
