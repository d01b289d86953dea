import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunResult } from '../src/evaluate.ts'
import { judgeToolLog } from '../src/judge/tool-log.ts'
import { judgeWords } from '../src/judge/words.ts'
import { always, rules } from '../src/rules.ts'
import { modeNames, type Situation, type Step } from '../src/situation.ts'
import { situations } from '../src/situations/index.ts'
import type { Trace } from '../src/trace.ts'
import { openWorld, type World } from '../src/worlds/world.ts'
import { findingsOf, play } from './support.ts'

const judged = (situation: Situation, trace: Trace): number =>
  judgeToolLog(situation, trace).length + judgeWords(situation, trace).length

const callsOf = (step: Step): readonly string[] => [step.ideal?.calls ?? []].flat().map(({ tool }) => tool)

/** Every tool that a situation names. */
const named = ({ expect: wanted, caller }: Situation): readonly string[] =>
  [
    ...wanted.calls,
    ...(wanted.once ?? []),
    ...(wanted.order ?? []),
    ...Object.keys(wanted.args ?? {}),
    ...caller.flatMap((step) => [...(step.expect?.calls ?? []), ...callsOf(step)]),
  ].flatMap((name) => name.replace(/\?$/, '').split('|'))

describe('the situations', () => {
  it('have names of their own, which begin with their mode', () => {
    const ids = situations.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(situations.filter(({ id, mode }) => !id.startsWith(`${mode}-`))).toEqual([])
  })

  it.each(modeNames)('are 25 or more for %s', (mode) => {
    expect(situations.filter((situation) => situation.mode === mode).length).toBeGreaterThanOrEqual(25)
  })

  it('try every rule', () => {
    const tried = new Set<string>([...always, ...situations.flatMap((situation) => situation.rules)])
    expect(Object.keys(rules).filter((rule) => !tried.has(rule))).toEqual([])
    expect(situations.filter((situation) => situation.rules.length === 0)).toEqual([])
  })

  it.each(situations.map((situation) => [situation.id, situation] as const))(
    '%s names tools that its mode has',
    async (_id, situation) => {
      const world: World = await openWorld(situation, () => {})
      const tools = world.mode.tools.map(({ name }) => name)
      await world.close()
      // A wish that has no tool of its own here may be named beside others.
      const unknown = named(situation).filter((name) => !tools.includes(name))
      const optional = situation.expect.calls.filter((name) => name.endsWith('?')).map((name) => name.slice(0, -1))
      expect(
        unknown.filter(
          (name) =>
            !optional.includes(name) &&
            !situation.expect.calls.some((wanted) => wanted.includes('|') && wanted.includes(name)),
        ),
      ).toEqual([])
    },
  )
})

describe.each(['ga', 'flat'] as const)('every situation, in writing over %s', (dialect) => {
  let results: readonly RunResult[]
  let found: readonly string[]
  beforeAll(async () => {
    const evaluation = await play(
      situations.map(({ id }) => id),
      { server: { dialect } },
    )
    ;({ results } = evaluation)
    found = findingsOf(evaluation)
  }, 170_000)
  afterAll(() => void (results = []))

  it('can be played: an assistant that answers well has nothing against it', () => {
    expect(found).toEqual([])
    expect(results.map(({ situation }) => situation.id)).toEqual(situations.map(({ id }) => id))
  })

  it('plays all its steps', () => {
    const cutShort = results.filter(
      ({ situation, trace }) => trace!.entries.filter(({ kind }) => kind === 'step').length < situation.caller.length,
    )
    expect(cutShort.map(({ situation }) => situation.id)).toEqual([])
  })

  it('can fail: without the words, without the tools or with one too many there is something to say', () => {
    const blind = results.filter(({ situation, trace }) => {
      const { entries } = trace!
      const worse: Trace[] = [
        { ...trace!, entries: entries.filter(({ kind }) => kind !== 'assistant') },
        { ...trace!, entries: entries.filter(({ kind }) => kind !== 'tool') },
      ]
      const tooMuch: Trace = {
        ...trace!,
        entries: [
          ...entries,
          { kind: 'tool', name: 'delete_everything', input: {}, output: '{}', failed: false },
          { kind: 'assistant', text: 'I am sorry, I have called delete_everything.' },
        ],
      }
      // Where saying nothing is right, only what is said or done can be wrong.
      const isQuiet = situation.caller.every((step) => 'noise' in step || step.expect?.silent || !step.ideal)
      return judged(situation, tooMuch) < 2 || (!isQuiet && worse.every((one) => judged(situation, one) === 0))
    })
    expect(blind.map(({ situation }) => situation.id)).toEqual([])
  })
})
