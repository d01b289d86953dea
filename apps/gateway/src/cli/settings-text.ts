import type { Change, Finding } from '@llc-phone/settings'

/** What a route tells of a version. */
export interface ToldVersion {
  readonly version: number
  readonly publishedAt: string
  readonly publishedBy: string
  readonly note?: string
  readonly restoredFrom?: number
}

/** What a route tells of the calls made with a tuning profile. */
export interface ToldProfile {
  readonly profile?: string
  readonly calls: number
  readonly firstWordsMs?: { readonly p50: number; readonly p95: number }
  readonly usdPerCall?: number
}

/** Columns as wide as their widest cell; the last one as long as it is. */
const table = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]!.length))) ?? []
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

/** A moment to the minute, in UTC. */
const minute = (iso: string): string => iso.slice(0, 16).replace('T', ' ')

/** The versions as a table, the newest first. */
export const versionsTable = (versions: readonly ToldVersion[]): string =>
  table([
    ['VERSION', 'PUBLISHED (UTC)', 'BY', 'WHY'],
    ...versions.map(({ version, publishedAt, publishedBy, note, restoredFrom }) => [
      String(version),
      minute(publishedAt),
      publishedBy,
      [note ?? '', restoredFrom === undefined ? '' : `(version ${restoredFrom} restored)`].filter(Boolean).join(' '),
    ]),
  ])

type LineOf = (path: string) => number | undefined

/** One of them with its path, and the line of the file when there is one. */
export const findingLine = ({ path, message }: Finding, lineOf?: LineOf): string => {
  const line = lineOf?.(path)
  return `  ${line === undefined ? '' : `line ${line}, `}${path || 'the document'}: ${message}`
}

/** What is wrong, then what is worth a look. */
export const findingsText = (findings: readonly Finding[], lineOf?: LineOf): string => {
  const told = (finding: Finding): string => findingLine(finding, lineOf)
  const of = (severity: Finding['severity']) => findings.filter((finding) => finding.severity === severity)
  const part = (title: string, some: readonly Finding[]) => (some.length > 0 ? [title, ...some.map(told)] : [])
  const [errors, warnings] = [of('error'), of('warning')]
  return [
    ...part(`${plural(errors.length, 'mistake')}: it cannot be published like this.`, errors),
    ...part(`${plural(warnings.length, 'thing')} worth a look:`, warnings),
  ].join('\n')
}

/** Changes in words, one a line. */
export const changesText = (changes: readonly Change[]): string =>
  changes.length === 0
    ? 'There is no difference.'
    : changes.map(({ path, sentence }) => `${path}: ${sentence}`).join('\n')

const ms = (value: number | undefined): string => (value === undefined ? '–' : `${Math.round(value)} ms`)

/** What calls of each tuning profile were like. */
export const profilesTable = (profiles: readonly ToldProfile[]): string =>
  table([
    ['PROFILE', 'CALLS', 'FIRST WORDS p50', 'p95', 'USD PER CALL'],
    ...profiles.map(({ profile = '(none)', calls, firstWordsMs, usdPerCall }) => [
      profile,
      String(calls),
      ms(firstWordsMs?.p50),
      ms(firstWordsMs?.p95),
      usdPerCall === undefined ? '–' : usdPerCall.toFixed(3),
    ]),
  ])
