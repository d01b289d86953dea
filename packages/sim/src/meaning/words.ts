/** A line as words that can be compared: lower case, no marks, contractions written out, endings cut, one word for one thing. */

const CONTRACTIONS: readonly (readonly [RegExp, string])[] = [
  [/\bcan't\b|\bcannot\b/g, 'can not'],
  [/\bwon't\b/g, 'will not'],
  [/n't\b/g, ' not'],
  [/'m\b/g, ' am'],
  [/'re\b/g, ' are'],
  [/'ve\b/g, ' have'],
  [/'ll\b/g, ' will'],
  [/'d\b/g, ' would'],
  [/'s\b/g, ' is'],
]

/** Several words that are one. */
const JOINED: readonly (readonly [RegExp, string])[] = [
  [/\be mail/g, 'email'],
  [/\bgood bye\b/g, 'goodbye'],
  [/\bbye bye\b/g, 'goodbye'],
  [/\bcheckup/g, 'check up'],
  [/\bvoice mail\b/g, 'voicemail'],
  [/\b(?:zip|post|postal) code\b/g, 'postcode'],
  [/\bno one\b/g, 'nobody'],
  [/\bsail boat/g, 'sailboat'],
]

/** The first word of each row stands for all of it. */
const SYNONYMS: readonly (readonly string[])[] = [
  ['call', 'ring', 'phone', 'telephone', 'dial'],
  ['somebody', 'someone', 'anybody', 'anyone'],
  ['want', 'wish', 'need', 'like', 'love', 'prefer', 'rather'],
  ['bill', 'invoice'],
  ['goodbye', 'bye'],
  ['hello', 'hi', 'hey'],
  ['person', 'human', 'agent', 'operator', 'representative'],
  ['talk', 'speak'],
  ['connect', 'transfer', 'put'],
  ['appointment', 'visit', 'booking'],
  ['reschedule', 'postpone', 'move', 'switch'],
  ['supervisor', 'manager', 'boss'],
  ['postcode', 'zip'],
  ['flatmate', 'roommate', 'housemate'],
  ['introduce', 'announce'],
  ['tone', 'beep'],
  ['buy', 'purchase', 'order'],
  ['technical', 'tech'],
  ['device', 'machine', 'computer'],
  ['record', 'file'],
  ['address', 'location'],
  ['slot', 'opening'],
  ['urgent', 'urgently', 'emergency', 'immediately'],
  ['nobody', 'none'],
  ['satisfied', 'happy', 'glad'],
  ['boat', 'sailboat'],
]

const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']

/** Words that say little: they are left out where lines are compared as a whole. */
const LITTLE = new Set(
  'a an the to of for in on at by it is am are was be been do does did have has had i you me my your we us our this that there here and or so please can could would will may might should shall with from some any now well yes no okay ok sure sorry just let get want thank thanks what who where how if'.split(
    ' ',
  ),
)

/** Words that may stand around anything without a change of what is meant. */
export const FILLERS: ReadonlySet<string> = new Set(
  'please yes no okay ok sure sorry well oh and so then alright hey thank thanks you very much a the now is it i am'.split(
    ' ',
  ),
)

/** `stopped`, `stopping` and `stops` as `stop`; short words stay as they are. */
function stem(plural: string): string {
  const word = singular(plural)
  if (word.length < 4) return word
  for (const ending of ['ing', 'ed']) {
    const rest = word.slice(0, -ending.length)
    if (!word.endsWith(ending) || rest.length < 3 || !/[aeiouy]/.test(rest)) continue
    if (/([bdgmnprt])\1$/.test(rest)) return rest.slice(0, -1)
    return rest.replace(/e$/, '')
  }
  return word.replace(/e$/, '')
}

function singular(word: string): string {
  if (word.length < 4 || word.endsWith('ss')) return word
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`
  return word.replace(/(?<=ch|sh|x|s)es$|s$/, '')
}

const meant = new Map(
  SYNONYMS.flatMap(([first, ...others]) => [first!, ...others].map((word) => [stem(word), stem(first!)] as const)),
)

/** One word as it is compared. */
export const wordOf = (word: string): string => {
  const root = stem(word)
  return meant.get(root) ?? root
}

/** The words of a line, in order, each as it is compared. */
export function wordsOf(line: string): string[] {
  let text = line.toLowerCase().replaceAll(/[‘’]/g, "'").normalize('NFKD').replaceAll(/\p{M}/gu, '')
  for (const [short, long] of CONTRACTIONS) text = text.replaceAll(short, long)
  text = text
    .replaceAll(/\d/g, (digit) => ` ${DIGITS[Number(digit)]} `)
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
  for (const [apart, together] of JOINED) text = text.replaceAll(apart, together)
  return text === '' ? [] : text.split(' ').map(wordOf)
}

const little = new Set([...LITTLE].map(wordOf))

/** The words that carry the meaning; all of them when none does. */
export function tellingWords(words: readonly string[]): string[] {
  const telling = words.filter((word) => !little.has(word))
  return telling.length > 0 ? telling : [...words]
}
