import type { CallStory, Disposition } from '@llc-phone/core'

/** Which calls a list is to have; every part that is given must be true of a call. */
export interface CallFilter {
  /** Words that were said, in any order; a `*` behind one makes it the beginning of a word. */
  readonly words?: string | undefined
  /** The other party's number or ours: whole, with its `+`, or its last digits. */
  readonly number?: string | undefined
  readonly instance?: string | undefined
  readonly direction?: 'inbound' | 'outbound' | undefined
  readonly outcome?: Disposition | undefined
  /** The code of a problem, or `any`. */
  readonly problem?: string | undefined
  /** The caller waited longer than this for the first words (ms). */
  readonly slowerThanMs?: number | undefined
  /** The call began then or later, and before then. */
  readonly from?: Date | undefined
  readonly to?: Date | undefined
  readonly isTest?: boolean | undefined
  readonly settingsVersion?: number | undefined
  readonly tuningProfile?: string | undefined
}

/** The words of a text as the index has them, without case and accents, each with the `*` behind it. */
export const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+\*?/gu) ?? []

/** More say no more; the database looks each up while live calls wait to write to it. */
const MOST_WORDS = 10

/** The words to look for. The beginning of a word has two letters at least: half of all words begin with one of the usual ones. */
export const wantedIn = (text: string): string[] =>
  wordsOf(text)
    .slice(0, MOST_WORDS)
    .map((word) => (/^.\*$/u.test(word) ? word.slice(0, -1) : word))

/** Codes of problems as they are kept with a call: each once, between commas. */
export const problemCodesOf = (problems: CallStory['problems'] = []): string | null =>
  problems.length === 0 ? null : `,${[...new Set(problems.map(({ code }) => code))].join(',')},`

/** The codes that {@link problemCodesOf} has put together. */
export const codesIn = (codes: string): string[] => codes.split(',').filter((code) => code !== '')

/** What the filter reads of a call. */
export type Filtered = Pick<
  CallStory,
  | 'caller'
  | 'dialled'
  | 'instance'
  | 'direction'
  | 'disposition'
  | 'firstWordsMs'
  | 'isTest'
  | 'settingsVersion'
  | 'tuningProfile'
  | 'startedAt'
> & { readonly turns?: CallStory['turns']; readonly problemCodes?: readonly string[] }

const hasWords = (turns: CallStory['turns'], wanted: readonly string[]): boolean => {
  if (wanted.length === 0) return false
  const said = turns.flatMap(({ text }) => wordsOf(text.replaceAll('*', ' ')))
  return wanted.every((word) =>
    word.endsWith('*') ? said.some((each) => each.startsWith(word.slice(0, -1))) : said.includes(word),
  )
}

const isNumber = (have: string | undefined, wanted: string): boolean =>
  wanted.startsWith('+') ? have === wanted : (have ?? '').endsWith(wanted.replaceAll(/\D/g, ''))

/** Whether the filter lets a call through that is not in the database; the same answer as there. */
export const matchesFilter = (call: Filtered, filter: CallFilter): boolean => {
  const { words, number, problem, slowerThanMs, from, to } = filter
  const codes = call.problemCodes ?? []
  const startedAt = Date.parse(call.startedAt)
  const same = <Value>(wanted: Value | undefined, have: Value | undefined) => wanted === undefined || wanted === have
  return (
    same(filter.instance, call.instance) &&
    same(filter.direction, call.direction) &&
    same(filter.outcome, call.disposition) &&
    same(filter.settingsVersion, call.settingsVersion) &&
    same(filter.tuningProfile, call.tuningProfile) &&
    same(filter.isTest, call.isTest ?? false) &&
    (from === undefined || startedAt >= from.getTime()) &&
    (to === undefined || startedAt < to.getTime()) &&
    (number === undefined || isNumber(call.caller, number) || isNumber(call.dialled, number)) &&
    (problem === undefined || (problem === 'any' ? codes.length > 0 : codes.includes(problem))) &&
    (slowerThanMs === undefined || (call.firstWordsMs ?? 0) > slowerThanMs) &&
    (words === undefined || hasWords(call.turns ?? [], wantedIn(words)))
  )
}
