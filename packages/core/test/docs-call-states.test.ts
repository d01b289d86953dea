import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

const state = ['call/state', 'departure', 'call/events'].map((file) => read(`../src/${file}.ts`)).join('\n\n')
const timers = read('../src/call/timers.ts')
const observer = read('../src/call/observer.ts')
const callStates = read('../../../docs/explanation/call-states.md')
const events = read('../../../docs/reference/events.md')

/** The declaration of an exported type, up to the next one. */
const declaration = (source: string, name: string): string =>
  source
    .split(`export type ${name} =`)[1]!
    .split(/\n\n|\nexport /)[0]!
    .replaceAll(/\/\/.*$/gm, '')

const union = (source: string, name: string): string[] =>
  [...declaration(source, name).matchAll(/'(\w+)'/g)].map((match) => match[1]!)

const tagged = (source: string, name: string): string[] =>
  [...declaration(source, name).matchAll(/readonly type: '([\w.]+)'/g)].map((match) => match[1]!)

/** The table rows under a heading, cell by cell, without its head. */
const rows = (page: string, heading: string): string[][] =>
  page
    .split(`\n## ${heading}\n`)[1]!
    .split('\n## ')[0]!
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()))

const names = (page: string, heading: string): string[] =>
  rows(page, heading).map(([first = '']) => first.replaceAll('`', ''))

const milliseconds = (text: string): number => {
  const [amount = '', unit] = text.split(' ')
  return Number(amount) * (unit === 's' ? 1_000 : 1)
}

describe('docs/explanation/call-states.md', () => {
  it('has every phase, in the order of state.ts', () => {
    const phases = union(state, 'CallPhase')
    expect(phases).toContain('warming')
    expect(names(callStates, 'Phases')).toEqual(phases)
  })

  it('draws no phase that does not exist', () => {
    const diagram = callStates.split('stateDiagram-v2\n')[1]!.split('```')[0]!
    const drawn = [...diagram.matchAll(/^ {2}(\S+) --> ([^:\s]+)/gm)].flatMap(([, from, to]) => [from!, to!])
    expect(new Set(drawn.filter((name) => name !== '[*]'))).toEqual(new Set(union(state, 'CallPhase')))
  })

  it('has every timer with how long it runs', () => {
    expect(names(callStates, 'Timers')).toEqual(union(state, 'TimerName'))
    const run = [...timers.matchAll(/^ {2}(\w+): ([\d_]+),$/gm)]
    expect(run).toHaveLength(union(state, 'TimerName').length - 1)
    for (const [, name, ms] of run) {
      const row = rows(callStates, 'Timers').find(([first]) => first === `\`${name}\``)
      expect([name, milliseconds(row![1]!)]).toEqual([name, Number(ms!.replaceAll('_', ''))])
    }
  })

  it('has every disposition', () => {
    expect(names(callStates, 'Dispositions')).toEqual(union(state, 'Disposition'))
  })
})

describe('docs/reference/events.md', () => {
  it('has every event and effect of a call', () => {
    expect(names(events, 'Events')).toEqual(tagged(state, 'CallEvent'))
    expect(names(events, 'Effects')).toEqual(tagged(state, 'CallEffect'))
  })

  it('has every notice and every latency', () => {
    expect(names(events, 'Notices')).toEqual(tagged(observer, 'CallNotice'))
    const measures = observer.split('latencyMeasures = [')[1]!.split(']')[0]!
    expect(names(events, 'Latencies')).toEqual([...measures.matchAll(/'(\w+)'/g)].map((match) => match[1]))
  })
})
