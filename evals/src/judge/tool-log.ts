import { isDeepStrictEqual } from 'node:util'
import type { AfterStep, Situation } from '../situation.ts'
import { afterStep, type Entry, type Trace } from '../trace.ts'
import type { Finding } from './finding.ts'
import { asTyped } from './typed.ts'

/** Says nothing and changes nothing: it may always be called. */
const LISTENS = 'keep_listening'

type Called = Extract<Entry, { kind: 'tool' }>

const toolsIn = (entries: readonly Entry[]): readonly Called[] =>
  entries.filter((entry): entry is Called => entry.kind === 'tool')

const fits = (wanted: unknown, given: unknown): boolean => {
  if (wanted instanceof RegExp) return typeof given === 'string' && wanted.test(asTyped(given))
  return isDeepStrictEqual(wanted, given)
}

const fieldsOf = (input: unknown): Readonly<Record<string, unknown>> =>
  typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {}

const shown = (wanted: unknown): string => (wanted instanceof RegExp ? String(wanted) : JSON.stringify(wanted))

const checkArgs = (called: readonly Called[], args: NonNullable<Situation['expect']['args']>): string[] =>
  Object.entries(args).flatMap(([name, fields]) => {
    const runs = called.filter((one) => one.name === name)
    const isMet = runs.some(({ input }) =>
      Object.entries(fields).every(([field, wanted]) => fits(wanted, fieldsOf(input)[field])),
    )
    if (isMet || runs.length === 0) return []
    const wanted = Object.entries(fields).map(([field, value]) => `${field} ${shown(value)}`)
    return [
      `${name} was called with ${runs.map(({ input }) => JSON.stringify(input)).join(', ')}, not with ${wanted.join(', ')}.`,
    ]
  })

/** Whether it was called, or one of `a|b`. */
const isCalled = (wanted: string, names: readonly string[]): boolean =>
  wanted.split('|').some((name) => names.includes(name))

/** What has become of those that had to be called and have done nothing: never called, or refused every time. */
const missing = (wanted: string, called: readonly Called[], where = ''): string => {
  const refused = called.findLast(({ name }) => wanted.split('|').includes(name))
  const name = wanted.replaceAll('|', ' or ')
  return refused ? `${name} was refused each time${where}: ${refused.output}` : `${name} was not called${where}.`
}

/** Those that have done what they are for. Where nothing is kept, trying is all that can be asked. */
const doneOf = ({ world }: Situation, called: readonly Called[]): readonly Called[] =>
  world?.storeFails ? called : called.filter(({ failed }) => !failed)

const namesOf = (called: readonly Called[]): readonly string[] => called.map(({ name }) => name)

const checkStep = (situation: Situation, tools: readonly Called[], expect: AfterStep, where: string): string[] => {
  const called = namesOf(tools)
  const done = namesOf(doneOf(situation, tools))
  return [
    ...(expect.calls ?? []).filter((name) => !isCalled(name, done)).map((name) => missing(name, tools, ` ${where}`)),
    ...(expect.never ?? []).filter((name) => called.includes(name)).map((name) => `${name} was called ${where}.`),
    ...(expect.silent ? called.filter((name) => name !== LISTENS).map((name) => `${name} was called ${where}.`) : []),
  ]
}

/** How a step is named to whoever reads a finding. */
export const placeOf = ({ caller }: Pick<Situation, 'caller'>, index: number): string => {
  const step = caller[index]!
  if ('say' in step) return `after "${step.say.length > 40 ? `${step.say.slice(0, 39)}…` : step.say}"`
  if ('keys' in step) return `after the keys ${step.keys}`
  if ('noise' in step) return `after the noise (${step.noise})`
  if ('silenceMs' in step) return `in ${step.silenceMs / 1_000} s of silence`
  if ('person' in step) return `after who was rung (${step.person})`
  return `after step ${index + 1}`
}

/** What the tool log says against a run, and how it ended. */
export const judgeToolLog = (situation: Situation, trace: Trace): Finding[] => {
  const { expect, caller } = situation
  const called = toolsIn(trace.entries)
  const names = namesOf(called)
  const done = doneOf(situation, called)
  const doneNames = namesOf(done)
  const required = expect.calls.filter((name) => !name.endsWith('?'))
  const allowed = new Set([...expect.calls.flatMap((name) => name.replace(/\?$/, '').split('|')), LISTENS])
  const order = expect.order ?? []
  const places = order.map((name) => names.indexOf(name))
  const says = [
    ...required.filter((name) => !isCalled(name, doneNames)).map((name) => missing(name, called)),
    ...[...new Set(names)].filter((name) => !allowed.has(name)).map((name) => `${name} was called.`),
    ...(expect.once ?? [])
      .filter((name) => doneNames.indexOf(name) !== doneNames.lastIndexOf(name))
      .map((name) => `${name} was called ${doneNames.filter((each) => each === name).length} times.`),
    ...(places.every((place) => place >= 0) && places.some((place, index) => place < (places[index - 1] ?? -1))
      ? [`The tools came in the order ${names.join(', ')}, not ${order.join(', ')}.`]
      : []),
    ...checkArgs(done, expect.args ?? {}),
    ...caller.flatMap((step, index) =>
      step.expect ? checkStep(situation, toolsIn(afterStep(trace, index)), step.expect, placeOf(situation, index)) : [],
    ),
    ...(expect.end !== undefined && trace.end !== expect.end
      ? [`The call ended by: ${trace.end}, not: ${expect.end}.`]
      : []),
    ...(expect.to !== undefined && (trace.to ?? null) !== expect.to
      ? [`The caller was put through to ${trace.to ?? 'nobody'}, not to ${expect.to ?? 'nobody'}.`]
      : []),
  ]
  return says.map((one) => ({ by: 'tool log', says: one }))
}
