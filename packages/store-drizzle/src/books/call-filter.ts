import { wantedIn, type CallFilter } from '@llc-phone/store'
import { sql, type SQL } from 'drizzle-orm'
import type { Dialect } from '../dialect.ts'

/** The conditions of a filter on `calls`. All of them but the words are columns of the index `calls_filtered`. */
export const conditionsOf = (filter: CallFilter, dialect: Dialect): SQL[] => {
  const { words, number, instance, direction, outcome, problem, slowerThanMs, from, to, isTest } = filter
  const wanted = words === undefined ? [] : wantedIn(words)
  const digits = number?.replaceAll(/\D/g, '')
  return [
    ...(from ? [sql`started_at >= ${from.getTime()}`] : []),
    ...(to ? [sql`started_at < ${to.getTime()}`] : []),
    ...(number === undefined
      ? []
      : number.startsWith('+')
        ? [sql`(caller = ${number} OR dialled = ${number})`]
        : [sql`(caller LIKE ${`%${digits}`} OR dialled LIKE ${`%${digits}`})`]),
    ...(instance === undefined ? [] : [sql`instance = ${instance}`]),
    ...(direction === undefined ? [] : [sql`direction = ${direction}`]),
    ...(outcome === undefined ? [] : [sql`disposition = ${outcome}`]),
    ...(problem === undefined
      ? []
      : problem === 'any'
        ? [sql`problem_codes IS NOT NULL`]
        : [dialect.contains(sql`problem_codes`, `,${problem},`)]),
    ...(slowerThanMs === undefined ? [] : [sql`first_words_ms > ${slowerThanMs}`]),
    ...(isTest === undefined ? [] : [isTest ? sql`is_test` : sql`NOT is_test`]),
    ...(filter.settingsVersion === undefined ? [] : [sql`settings_version = ${filter.settingsVersion}`]),
    ...(filter.tuningProfile === undefined ? [] : [sql`tuning_profile = ${filter.tuningProfile}`]),
    ...(words === undefined ? [] : wanted.length === 0 ? [sql`false`] : [dialect.hasWords(wanted)]),
  ]
}
