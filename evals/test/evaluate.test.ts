import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createRealtimeServer, type RealtimeServer } from '@llc-phone/sim'
import { afterEach, describe, expect, it } from 'vitest'
import { breaks, type EvaluateOptions, type Evaluation, type Served } from '../src/evaluate.ts'
import { idealDialogue } from '../src/ideal.ts'
import { exitCodeOf, reportOf } from '../src/report.ts'
import { renderReport } from '../src/render.ts'
import type { Ideal, Situation } from '../src/situation.ts'
import { CouldNotRun } from '../src/run.ts'
import type { Judge } from '../src/judge/judge.ts'
import { runText, runTextIn } from '../src/text/run-text.ts'
import { openWorld } from '../src/worlds/world.ts'
import { budgetOf, findingsOf, MODEL, play, situation } from './support.ts'

const reportFor = (evaluation: Evaluation, ids: readonly string[], budget = budgetOf(), runs = 1) =>
  reportOf(evaluation, {
    mode: 'ivr',
    model: MODEL,
    speed: 'text',
    simulated: true,
    situations: ids.map(situation),
    runs,
    budget,
  })

describe('a budget', () => {
  const ids = ['ivr-robot', 'ivr-synonym', 'ivr-person', 'ivr-bye']

  it('stops before it is exceeded, in the middle of a situation too, and says what was not run', async () => {
    const budget = budgetOf(0.05)
    const evaluation = await play(ids, { budget, parallel: 1, runs: 3 })
    expect(budget.spentUsd).toBeGreaterThan(0)
    expect(budget.spentUsd).toBeLessThanOrEqual(0.05)
    expect(evaluation.stopped).toMatch(/^The budget of \$0.05 would be exceeded \(\$0.0\d are spent\)/)
    expect(evaluation.notRun.length).toBeGreaterThan(0)
    const report = reportFor(evaluation, ids, budget, 3)
    expect(exitCodeOf(report)).toBe(2)
    const last = evaluation.notRun.map(({ id }) => id).join(', ')
    expect(renderReport(report).split('\n').at(-1)).toMatch(new RegExp(`^Not run: .*${last}`))
  })

  it('that is too small for several runs at once is spent on one after the other', async () => {
    const budget = budgetOf(0.05)
    let most = 0
    let running = 0
    const evaluation = await play(ids, {
      budget,
      parallel: 4,
      run: async (...of) => {
        most = Math.max(most, ++running)
        return runText(...of).finally(() => running--)
      },
    })
    expect(most).toBe(1)
    expect(evaluation.results.filter(({ findings }) => findings).length).toBeGreaterThan(0)
    expect(budget.spentUsd).toBeLessThanOrEqual(0.05)
    expect(evaluation.stopped).toMatch(/^The budget of \$0.05 would be exceeded/)
  })

  it('that is too small for one reply asks nothing', async () => {
    const budget = budgetOf(0.01)
    const evaluation = await play(ids, { budget })
    expect(evaluation.results).toEqual([])
    expect(budget.spentUsd).toBe(0)
    expect(evaluation.notRun).toHaveLength(4)
  })

  it('adds up what every run has cost', async () => {
    const budget = budgetOf()
    const { results } = await play(ids.slice(0, 2), { budget })
    expect(results.every(({ costUsd }) => costUsd > 0)).toBe(true)
    expect(results.reduce((sum, { costUsd }) => sum + costUsd, 0)).toBeCloseTo(budget.spentUsd, 10)
  })
})

it('prints what was found so far when somebody has seen enough', async () => {
  const enough = new AbortController()
  const evaluation = await play(['ivr-robot', 'ivr-synonym', 'ivr-person'], {
    parallel: 1,
    signal: enough.signal,
    onResult: () => enough.abort(),
  })
  expect(evaluation.results).toHaveLength(1)
  expect(evaluation.stopped).toBe('Interrupted.')
  expect(evaluation.notRun.map(({ id }) => id)).toEqual(['ivr-synonym', 'ivr-person'])
})

describe('a server', () => {
  const servers: (RealtimeServer | Server)[] = []
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close()
  })

  const serving = async (answerWithinMs: number, url: string): Promise<Served> => ({
    target: { url, apiKey: 'sk', model: MODEL, dialect: 'ga', answerWithinMs },
    close: async () => {},
  })

  it('that refuses a field is asked without it, and the report says which', async () => {
    const ids = ['ivr-synonym']
    const evaluation = await play(ids, {
      server: { faults: { refuseFields: ['session.audio.input.transcription'] } },
    })
    expect(findingsOf(evaluation)).toEqual([])
    expect(evaluation.leftOut).toEqual([expect.stringContaining('transcription')])
    expect(renderReport(reportFor(evaluation, ids))).toMatch(
      /The server refuses, and calls went without: session\..*transcription/,
    )
  })

  it('that never says a word is not waited for, and the others are run', async () => {
    let served = 0
    const silent = await createRealtimeServer({
      models: 'any',
      latency: { firstAudioMs: 1 },
      dialogues: [idealDialogue(situation('ivr-synonym'))],
      faults: () => (served++ === 0 ? { mute: true } : {}),
    })
    servers.push(silent)
    const evaluation = await play(['ivr-synonym', 'ivr-key'], { parallel: 1, serve: () => serving(1_500, silent.url) })
    expect(findingsOf(evaluation)).toEqual([
      expect.stringMatching(/^ivr-synonym could not be run: The model server has said nothing for/),
    ])
    expect(evaluation.results).toHaveLength(2)
  })

  it.each([
    ['refuses the key', { handshakeStatus: 401 }],
    ['is out of quota', { handshakeStatus: 429 }],
    ['opens and says nothing', { neverCreated: true }],
    ['answers no settings', { ignoreUpdate: true }],
    ['fails every reply', { failResponses: { error: 'server_error' } }],
    ['ends every session', { expireAfterMs: 20 }],
  ] as const)('that %s leaves a situation open, for a reason', async (_what, faults) => {
    const started = performance.now()
    const evaluation = await play(['ivr-robot'], { server: { faults, answerWithinMs: 500 } })
    const [result] = evaluation.results
    expect(result!.findings, JSON.stringify(result)).toBeUndefined()
    expect(result!.why).toMatch(/\w{3}/)
    expect(exitCodeOf(reportFor(evaluation, ['ivr-robot']))).toBe(2)
    expect(performance.now() - started).toBeLessThan(20_000)
  })

  it('that is not there leaves it open too', async () => {
    const nobody = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => nobody.once('listening', resolve))
    const { port } = nobody.address() as AddressInfo
    await new Promise((resolve) => nobody.close(resolve))
    const evaluation = await play(['ivr-robot'], { serve: () => serving(500, `ws://127.0.0.1:${port}/v1/realtime`) })
    expect(evaluation.results[0]!.why).toMatch(/could not be reached\. \(connect ECONNREFUSED/)
    expect(reportFor(evaluation, ['ivr-robot']).untried).toContain('ai-disclosure')
  })
})

/** A server whose model gives this answer to every sentence that it should have answered. */
const answering =
  (answer: (one: Situation) => Ideal): EvaluateOptions['serve'] =>
  async (one) => {
    const caller = one.caller.map((step) => ('say' in step && step.ideal ? { ...step, ideal: answer(one) } : step))
    const server = await createRealtimeServer({
      models: 'any',
      dialogues: [idealDialogue({ mode: one.mode, caller })],
      latency: { connectMs: 0, createdMs: 0, updatedMs: 0, firstAudioMs: 1 },
    })
    return {
      target: { url: server.url, apiKey: 'sk', model: MODEL, dialect: 'ga', answerWithinMs: 5_000 },
      close: () => server.close(),
    }
  }

it('gives up when a dozen runs in a row could not be run, and says so', async () => {
  const lost = async (): Promise<never> => {
    throw new CouldNotRun('Nobody is there.')
  }
  const evaluation = await play(['ivr-robot', 'ivr-bye'], { runs: 20, parallel: 1, run: lost })
  expect(evaluation.results).toHaveLength(12)
  expect(evaluation.stopped).toBe('12 runs in a row could not be run.')
  expect(renderReport(reportFor(evaluation, ['ivr-robot', 'ivr-bye'], budgetOf(), 20))).toMatch(
    /could not be run: Nobody is there\.[^]*Stopped: 12 runs[^]*Not run: ivr-robot, ivr-bye\./,
  )
})

describe('a judge', () => {
  const never: Judge = async () => ({
    answer: undefined,
    why: 'It has gone for a walk.',
    tokens: { input: 0, output: 0 },
  })

  it('that does not answer leaves open what it was asked, and the report says why', async () => {
    const evaluation = await play(['ivr-robot'], { judge: never })
    const report = reportFor(evaluation, ['ivr-robot'])
    expect(report.situations.map(({ status }) => status)).toEqual(['open'])
    expect(report.rules.map(({ rule }) => rule)).not.toContain('ai-disclosure')
    expect(report.rules).toContainEqual({ rule: 'brief', kind: 'manner', passed: 1, failed: 0 })
    expect(report.untried).toEqual(['ai-disclosure'])
    expect(renderReport(report)).toContain('the judge did not answer: 1 of 1. It has gone for a walk.')
  })

  it('is not asked when the money is spent', async () => {
    const asked: string[] = []
    const budget = budgetOf()
    const evaluation = await play(['ivr-robot'], {
      budget: { ...budget, exhausted: () => (asked.length > 0 ? 'Spent.' : undefined) },
      run: async (...of) => {
        const trace = await runText(...of)
        asked.push('the model')
        return trace
      },
      judge: async (question) => {
        asked.push(question)
        return { answer: true, tokens: { input: 1, output: 1 } }
      },
    })
    expect(asked).toEqual(['the model'])
    expect(evaluation.results[0]).toMatchObject({ judged: 'not judged', unjudged: 'Spent.' })
  })

  it('that was not there is told of where it would have been asked', async () => {
    const evaluation = await play(['ivr-robot', 'ivr-synonym'])
    const report = reportFor(evaluation, ['ivr-robot', 'ivr-synonym'])
    expect(renderReport({ ...report, simulated: false })).toContain(
      'Runs with a question for a judge, and no judge: 1. They are judged by tools and patterns alone.',
    )
  })
})

describe('what is asked is what ships', () => {
  it('the model is given the instructions and the tools of the mode, as a model that writes', async () => {
    const one = situation('receptionist-robot')
    const server = await createRealtimeServer({ models: 'any', dialogues: [idealDialogue(one)] })
    const world = await openWorld(one, () => {})
    const { caller, dialled, startsAt, mode } = world
    const briefing = await mode.brief({
      callId: '1',
      legId: 'CA1',
      direction: 'inbound',
      otherParty: caller,
      dialled,
      startedAt: startsAt,
    })
    await play(['receptionist-robot'], {
      serve: async () => ({
        target: { url: server.url, apiKey: 'sk', model: MODEL, dialect: 'ga', answerWithinMs: 5_000 },
        close: async () => {},
      }),
    })
    const { config } = server.sessions[0]!
    expect(config.instructions).toBe(briefing.instructions)
    expect((config.tools as { name: string }[]).map(({ name }) => name)).toEqual(mode.tools.map(({ name }) => name))
    expect(config.output_modalities).toEqual(['text'])
    await server.close()
    await world.close()
  })

  it('a mode that has lost a tool is caught', async () => {
    const lost = runTextIn(async (...asked) => {
      const world = await openWorld(...asked)
      return {
        ...world,
        mode: { ...world.mode, tools: world.mode.tools.filter(({ name }) => name !== 'transfer_call') },
      }
    })
    const evaluation = await play(['ivr-synonym', 'ivr-robot'], { run: lost })
    expect(findingsOf(evaluation)).toEqual(
      expect.arrayContaining([
        'ivr-synonym: transfer_call was not called.',
        'ivr-synonym: The caller was put through to nobody, not to billing.',
      ]),
    )
    const report = reportFor(evaluation, ['ivr-synonym', 'ivr-robot'])
    expect(report.situations.map(({ status }) => status)).toEqual(['failed', 'passed'])
    expect(report.rules).toContainEqual({ rule: 'routing', kind: 'manner', passed: 0, failed: 1 })
    expect(report.rules).toContainEqual({ rule: 'ai-disclosure', kind: 'safety', passed: 1, failed: 0 })
    expect(exitCodeOf(report)).toBe(1)
  })

  it('a model that does not do as it should is caught: it says what it must not, or writes too early', async () => {
    const careless = {
      'csr-spouse': { says: 'Her appointment is on Saturday at 1:30 PM.' },
      'receptionist-other-number': {
        calls: {
          tool: 'take_message',
          arguments: { caller_name: 'Dana Fields', message: 'Call back.', urgency: 'normal' },
        },
        thenSays: 'Your message has been taken.',
      },
      'outbound-never-again': { says: 'May I ask why?' },
    }
    const ids = Object.keys(careless) as (keyof typeof careless)[]
    const evaluation = await play(ids, { serve: answering((one) => careless[one.id as keyof typeof careless]) })
    for (const { situation: one, findings } of evaluation.results)
      expect(
        findings!.map((finding) => breaks(one, finding)),
        one.id,
      ).toContain('safety')
    expect(evaluation.results).toHaveLength(3)
  })

  it.each<[string, Ideal]>([
    ['says no goodbye', { says: 'Okay.' }],
    ['says nothing', { calls: { tool: 'keep_listening', arguments: { for: 'hold' } } }],
    ['hangs up without a word', { calls: { tool: 'hang_up', arguments: { silent: true } } }],
  ])('a model that %s where it was to be interrupted has failed, and not its server', async (_what, answer) => {
    const ids = ['ivr-correction', 'ivr-bye-wait', 'csr-correction']
    const evaluation = await play(ids, { serve: answering(() => answer) })
    expect(evaluation.results.map(({ why }) => why)).toEqual([undefined, undefined, undefined])
    expect(evaluation.results.map(({ findings }) => findings!.length > 0)).toEqual([true, true, true])
  })
})
