import { CallRefused, GatewayError, type LegStatus } from '@llc-phone/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { begun, type OutgoingEffect, type OutgoingEvent, type OutgoingState } from '../src/outgoing-state.ts'
import { step } from '../src/outgoing-step.ts'

const AT = new Date('2026-03-02T09:00:00Z')
const LATER = new Date('2026-03-02T09:05:00Z')
const LEG = 'leg-1'

type Phase = OutgoingState['phase']
type EventOf<Type extends OutgoingEvent['type']> = Extract<OutgoingEvent, { readonly type: Type }>

const no = new GatewayError('call_not_placed', 'No.')
const closed = new CallRefused('do_not_call', 'They are on the list.', LATER)
const draining = new GatewayError('draining', 'The gateway stops.')

const refused: OutgoingEvent = { type: 'refused', error: closed, at: AT }
const cancelled: OutgoingEvent = { type: 'cancelled', error: no, at: AT }
const drained = (mediaSince?: Date): OutgoingEvent => ({ type: 'drained', error: draining, at: AT, mediaSince })
const failed = (kind: EventOf<'placingFailed'>['kind'], changes: Partial<EventOf<'placingFailed'>> = {}) =>
  ({ type: 'placingFailed', kind, error: no, remainingMs: 60_000, jitter: 1, at: AT, ...changes }) as const
const bound = (changes: Partial<EventOf<'bound'>> = {}) =>
  ({ type: 'bound', legId: LEG, overdueAtMs: 40_000, at: AT, ...changes }) as const
const reported = (status: LegStatus, changes: Partial<EventOf<'reported'>['report']> = {}): OutgoingEvent => ({
  type: 'reported',
  report: { legId: LEG, status, ...changes },
  at: AT,
})
const ended = (end: EventOf<'sessionEnded'>['end'] = {}): OutgoingEvent => ({ type: 'sessionEnded', end, at: AT })
const timer = (nowMs: number, mediaSince?: Date): OutgoingEvent => ({
  type: 'timerFired',
  nowMs,
  at: AT,
  ...(mediaSince ? { mediaSince } : {}),
})

/** One way of a call to each phase. */
const ways: Record<Exclude<Phase, 'over' | 'failing'>, readonly OutgoingEvent[]> = (() => {
  const waiting: OutgoingEvent[] = [{ type: 'gatesOpen' }]
  const reserving: OutgoingEvent[] = [...waiting, { type: 'turnGranted', waited: false }]
  const warming: OutgoingEvent[] = [...reserving, { type: 'reserved' }]
  const approaching: OutgoingEvent[] = [...warming, { type: 'warmed' }]
  const placing: OutgoingEvent[] = [...approaching, timer(0), { type: 'noted' }, { type: 'gatesOpen' }]
  return {
    checking: [],
    waiting,
    reserving,
    warming,
    approaching,
    placing,
    backingOff: [...placing, failed('busy')],
    lookingUp: [...placing, failed('unknown')],
    placed: [...placing, bound()],
  }
})()

const run = (events: readonly OutgoingEvent[], from: OutgoingState = begun[0]) => {
  let state = from
  let last: readonly OutgoingEffect[] = []
  for (const event of events) [state, last] = step(state, event)
  return { state, last, types: last.map(({ type }) => type) }
}

const at = (phase: keyof typeof ways): OutgoingState => {
  const { state } = run(ways[phase])
  expect(state.phase).toBe(phase)
  return state
}

const after = (phase: keyof typeof ways, ...events: OutgoingEvent[]) => run(events, at(phase))

const endOf = (effects: readonly OutgoingEffect[]) => effects.find((effect) => effect.type === 'noteEnd')

describe('the way of a call', () => {
  it.each([
    ['checking', { type: 'gatesOpen' }, 'waiting', ['enterQueue']],
    ['waiting', { type: 'turnGranted', waited: false }, 'reserving', ['reserve']],
    ['waiting', { type: 'turnGranted', waited: true }, 'checking', ['passGates']],
    ['reserving', { type: 'reserved' }, 'warming', ['warm']],
    ['warming', { type: 'warmed' }, 'approaching', ['awaitPace']],
    ['approaching', timer(0), 'approaching', ['noteDialling']],
    ['approaching', { type: 'noted' }, 'approaching', ['passGates']],
    ['approaching', { type: 'gatesOpen' }, 'placing', ['place']],
    ['placing', { type: 'placed', legId: LEG }, 'placing', ['bind']],
    ['placing', bound(), 'placed', ['note', 'timer']],
    ['placing', failed('busy'), 'backingOff', ['timer']],
    ['placing', failed('unknown'), 'lookingUp', ['lookUp']],
    ['backingOff', timer(0), 'approaching', ['awaitPace']],
    ['lookingUp', bound(), 'placed', ['note', 'timer']],
    [
      'lookingUp',
      { type: 'notFound', sentence: 'Nobody knows.' },
      'over',
      ['leaveQueue', 'noteEnd', 'endSession', 'logProblem'],
    ],
    ['placed', ended({ disposition: 'caller_hung_up', mediaSince: AT }), 'over', ['leaveQueue', 'noteEnd']],
  ] as const)('%s, %o: %s', (from, event, to, effects) => {
    const { state, types } = after(from, event)
    expect([state.phase, types]).toEqual([to, effects])
  })

  it('that has waited passes the gates again before it takes a place', () => {
    const { state, types } = after('waiting', { type: 'turnGranted', waited: true }, { type: 'gatesOpen' })
    expect([state.phase, types]).toEqual(['reserving', ['reserve']])
  })

  it('asks a busy carrier later and later, and no later than it may wait', () => {
    const delays: number[] = []
    let state = at('placing')
    for (let attempt = 0; attempt < 6; attempt++) {
      const busy = run([failed('busy')], state)
      delays.push(...busy.last.flatMap((effect) => (effect.type === 'timer' ? [effect.delayMs] : [])))
      state = run([timer(0), timer(0), { type: 'noted' }, { type: 'gatesOpen' }], busy.state).state
    }
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000])
    const late = after('placing', failed('busy', { remainingMs: 999 }))
    expect([late.state.phase, late.types]).toEqual(['failing', ['endSession']])
    expect(after('placing', failed('busy', { jitter: 0 })).last).toEqual([{ type: 'timer', delayMs: 500 }])
  })
})

describe('a call that must not be placed', () => {
  it.each(['checking', 'waiting', 'reserving'] as const)('%s: is over at once, whoever says so', (phase) => {
    for (const event of [refused, cancelled, drained()]) {
      const { state, last } = after(phase, event)
      const { error } = event as EventOf<'refused'>
      expect(state).toEqual({ phase: 'over', error })
      expect(last[0]).toEqual({ type: 'leaveQueue', unused: true, error })
    }
  })

  it.each([
    ['warming', true],
    ['approaching', true],
    ['backingOff', false],
  ] as const)('%s: ends its session first, whose cost is noted with its end (unused %s)', (phase, unused) => {
    const failing = after(phase, refused)
    expect([failing.state.phase, failing.last]).toEqual(['failing', [{ type: 'endSession', disposition: 'failed' }]])
    const { state, last } = run([ended({ disposition: 'failed', modelUsd: 0.1 })], failing.state)
    expect(state).toEqual({ phase: 'over', error: closed })
    expect(last[0]).toMatchObject({ type: 'leaveQueue', unused })
    expect(last[1]).toEqual({
      type: 'noteEnd',
      change: { state: 'refused', gate: 'do_not_call', until: LATER, problem: closed.message, endedAt: AT },
      modelUsd: 0.1,
    })
  })

  it.each(['warming', 'approaching', 'backingOff'] as const)('%s: because its session is over', (phase) => {
    const { state, last } = after(phase, ended({ disposition: 'operator_hung_up', modelUsd: 0.1 }))
    expect(state).toMatchObject({ phase: 'over', error: { code: 'call_not_placed' } })
    expect(endOf(last)).toMatchObject({ change: { state: 'failed', disposition: 'operator_hung_up' }, modelUsd: 0.1 })
  })

  it.each(['refused', 'unsent'] as const)('because the carrier says so (%s)', (kind) => {
    const { state, last } = run([failed(kind), ended({ disposition: 'failed' })], at('placing'))
    expect(state).toEqual({ phase: 'over', error: no })
    expect(last[0]).toMatchObject({ type: 'leaveQueue', unused: false })
  })

  it('is not taken back once its session is open', () => {
    for (const phase of ['warming', 'approaching', 'placing', 'backingOff', 'lookingUp', 'placed'] as const) {
      const { state, types } = after(phase, cancelled)
      expect([state.phase, types]).toEqual([phase, []])
    }
  })
})

describe('a call that may have a leg', () => {
  it.each(['placing', 'lookingUp'] as const)('%s: waits for it although its session is over, and ends it', (phase) => {
    const waits = after(phase, ended({ disposition: 'operator_hung_up', modelUsd: 0.1 }))
    expect([waits.state.phase, waits.types]).toEqual([phase, []])
    const { state, last } = run([bound()], waits.state)
    expect(state).toEqual({ phase: 'over', legId: LEG })
    expect(last.map(({ type }) => type)).toEqual(['note', 'leaveQueue', 'endLeg', 'noteEnd'])
    expect(endOf(last)).toMatchObject({ change: { disposition: 'operator_hung_up' }, modelUsd: 0.1 })
  })

  it.each(['placing', 'lookingUp'] as const)('%s: takes the leg that its audio came from', (phase) => {
    const end = ended({ disposition: 'caller_hung_up', mediaSince: AT, legId: LEG })
    const heard = after(phase, end)
    expect(heard.last).toEqual([{ type: 'bind', legId: LEG, exists: false }])
    expect(run([bound({ mediaSince: AT })], heard.state).types).toEqual(['note', 'leaveQueue', 'noteEnd'])
  })

  it.each(['placing', 'lookingUp'] as const)('%s: takes the leg that a status names, and what it says', (phase) => {
    const report = { legId: LEG, status: 'busy' } as const
    expect(after(phase, reported('busy')).last).toEqual([{ type: 'bind', legId: LEG, exists: false, report }])
    const { state, last } = after(phase, bound({ report }), ended({ disposition: 'busy' }))
    expect(state.phase).toBe('over')
    // The carrier knows that it is over.
    expect(last.map(({ type }) => type)).toEqual(['leaveQueue', 'noteEnd'])
  })

  it('is lost when nothing is found: its reserve counts, and a person is told', () => {
    const { last } = after('lookingUp', { type: 'notFound', sentence: 'Nobody knows.' })
    expect(endOf(last)).toEqual({ type: 'noteEnd', change: { state: 'unknown', problem: 'Nobody knows.' } })
    expect(last.at(-1)).toEqual({ type: 'logProblem', problem: 'Nobody knows.' })
  })

  it('has the other leg ended when its audio has shown which one is its own', () => {
    const event = { type: 'mismatched', legId: 'leg-2', sessionLegId: LEG, exists: true } as const
    expect(after('placing', event).last).toMatchObject([
      { type: 'logProblem' },
      { type: 'endLeg', legId: 'leg-2' },
      { type: 'bind', legId: LEG },
    ])
  })

  it('touches no leg that is known to be of another call', () => {
    const { state, types } = after('placing', { type: 'mismatched', legId: 'leg-2', exists: true })
    expect(state.phase).toBe('over')
    expect(types).not.toContain('endLeg')
  })
})

describe('a call with a leg', () => {
  it('asks for its status until there is audio', () => {
    const asking = after('placed', timer(3_000))
    expect(asking.last).toEqual([
      { type: 'timer', delayMs: 3_000 },
      { type: 'askStatus', legId: LEG },
    ])
    expect(run([timer(6_000)], asking.state).types, 'the carrier has not answered').toEqual(['timer'])
    const told = run([{ type: 'statusSeen', status: 'ringing', at: AT }, timer(6_000)], asking.state)
    expect(told.types).toEqual(['timer', 'askStatus'])
    expect(run([{ type: 'statusUnknown' }, timer(6_000)], asking.state).types).toEqual(['timer', 'askStatus'])
    expect(run([timer(6_000, AT)], asking.state).last).toEqual([
      { type: 'note', change: { state: 'answered', answeredAt: AT } },
    ])
  })

  it.each([
    [[], 'no_answer'],
    [[reported('answered')], 'never_connected'],
  ] as const)('is overdue after %o as %s', (events, disposition) => {
    expect(after('placed', ...events, timer(40_000)).last).toEqual([{ type: 'endSession', disposition }])
  })

  it('that the carrier does not know has failed', () => {
    const { last } = after('placed', { type: 'statusSeen', status: undefined, at: AT })
    expect(last).toEqual([{ type: 'endSession', disposition: 'failed' }])
  })

  it('says why it could not be put through', () => {
    const { last } = after('placed', reported('failed', { reason: 'SIP 404' }), ended({ disposition: 'failed' }))
    expect(endOf(last)).toMatchObject({ change: { problem: 'The call could not be put through (SIP 404).' } })
  })

  it('does not end before it began when the wall clock is set back', () => {
    const { last } = after('placed', ended({ disposition: 'caller_hung_up', mediaSince: LATER }))
    expect(endOf(last)).toMatchObject({ change: { answeredAt: LATER, endedAt: LATER } })
  })

  it('is ended when the process stops, unless they talk', () => {
    expect(after('placed', drained()).last).toEqual([{ type: 'endSession', disposition: 'drained' }])
    expect(after('placed', drained(AT)).last).toEqual([])
  })

  it('hears nothing of other legs, and has a second one of its own request ended', () => {
    expect(after('placed', reported('busy', { legId: 'leg-2' })).types).toEqual(['logProblem'])
    expect(after('placed', { type: 'placed', legId: 'leg-2' }).types).toEqual(['logProblem', 'endLeg'])
    expect(after('placed', { type: 'placed', legId: LEG }).types).toEqual([])
  })
})

/** A world around one call, which answers in any order whatever the call asks for, and counts. */
const play = (choices: () => number) => {
  const pick = <Value>(values: readonly Value[]): Value => values[choices() % values.length]!
  const log: string[] = []
  const pending: (() => OutgoingEvent)[] = []
  const queue: OutgoingEvent[] = []
  const counts = { legs: 0, requests: 0, left: 0, ends: 0, endedLegs: 0 }
  let [state]: readonly [OutgoingState, unknown] = begun
  let sessionIsOpen = false
  let sessionIsOver = false
  let mediaSince: Date | undefined
  let gateIsClosed = false
  let isNoted = false
  let isLookedAt = false

  const refuse = (): OutgoingEvent => {
    gateIsClosed = true
    return refused
  }
  const endSession = (): void => {
    if (sessionIsOver) return
    sessionIsOver = true
    queue.push(ended({ disposition: 'failed', mediaSince, ...(mediaSince ? { legId: LEG } : {}) }))
  }
  const answer = (): OutgoingEvent => {
    const kind = pick(['placed', 'placed', 'refused', 'busy', 'unsent', 'unknown', 'lost'] as const)
    if (kind === 'placed' || kind === 'lost') counts.legs++
    return kind === 'placed' ? { type: 'placed', legId: LEG } : failed(kind === 'lost' ? 'unknown' : kind)
  }

  const perform = (effect: OutgoingEffect): void => {
    switch (effect.type) {
      case 'passGates':
        return void pending.push(() => {
          isLookedAt = true
          return choices() % 8 === 0 ? refuse() : { type: 'gatesOpen' }
        })
      case 'enterQueue':
        return void pending.push(() => ({ type: 'turnGranted', waited: choices() % 2 === 0 }))
      case 'reserve':
        return void pending.push(() => (choices() % 8 === 0 ? refuse() : { type: 'reserved' }))
      case 'warm':
        sessionIsOpen = true
        return void pending.push(() => (choices() % 8 === 0 ? refuse() : { type: 'warmed' }))
      case 'noteDialling':
        return void pending.push(() => {
          isNoted = true
          isLookedAt = false
          return { type: 'noted' }
        })
      case 'place':
        expect(gateIsClosed, 'past a closed gate').toBe(false)
        expect(isNoted, 'before it is written down').toBe(true)
        expect(isLookedAt, 'without a last look at the gates').toBe(true)
        expect(sessionIsOver, 'without a session').toBe(false)
        expect(counts.legs, 'twice').toBe(0)
        isNoted = false
        counts.requests++
        return void pending.push(answer)
      case 'lookUp':
        return void pending.push(() =>
          counts.legs > 0 && choices() % 4 > 0
            ? bound({ mediaSince })
            : { type: 'notFound', sentence: 'Nobody knows.' },
        )
      case 'bind':
        return void queue.push(bound({ mediaSince, ...(effect.report ? { report: effect.report } : {}) }))
      case 'askStatus':
        return void pending.push(() =>
          choices() % 2 === 0
            ? { type: 'statusUnknown' }
            : { type: 'statusSeen', status: pick(['ringing', 'answered', 'completed', undefined] as const), at: AT },
        )
      case 'awaitPace':
      case 'timer':
        return void pending.push(() => timer((choices() % 50) * 1_000, mediaSince))
      case 'endSession':
        return endSession()
      case 'leaveQueue':
        return void counts.left++
      case 'noteEnd':
        return void counts.ends++
      case 'endLeg':
        return void counts.endedLegs++
      default:
    }
  }

  const feed = (event: OutgoingEvent): void => {
    queue.push(event)
    for (let next = queue.shift(); next; next = queue.shift()) {
      const wasOver = state.phase === 'over'
      const [after_, effects] = step(state, next)
      log.push(`${state.phase} ${next.type}`)
      if (wasOver) expect(after_, 'what is over stays over').toBe(state)
      state = after_
      for (const effect of effects) perform(effect)
    }
  }

  /** What happens without having been asked for. */
  const happen = (): void => {
    const what = choices() % 5
    if (what === 0 && counts.legs > 0)
      feed(reported(pick(['queued', 'ringing', 'answered', 'busy', 'completed', 'no_answer'] as const)))
    if (what === 1 && counts.legs > 0 && sessionIsOpen && !sessionIsOver) mediaSince ??= AT
    if (what === 2 && sessionIsOpen) {
      endSession()
      const end = queue.shift()
      if (end) feed(end)
    }
    if (what === 3) feed(cancelled)
    if (what === 4 && choices() % 4 === 0) feed(drained(mediaSince))
  }

  for (const effect of begun[1]) perform(effect)
  for (let turn = 0; turn < 60; turn++) {
    if (choices() % 4 === 0) happen()
    const [next] = pending.splice(choices() % Math.max(1, pending.length), 1)
    if (next) feed(next())
  }
  // Then everybody hangs up, and what is on its way arrives.
  if (sessionIsOpen) {
    endSession()
    const end = queue.shift()
    if (end) feed(end)
  }
  for (let turn = 0; turn < 60 && pending.length > 0; turn++) feed(pending.shift()!())
  return { state, counts, log }
}

it('whatever happens in whatever order: asked once for a leg at most, over in the end, and its slot is given back once', () => {
  const seen = new Set<string>()
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat({ max: 10_000 })), (numbers) => {
      const { state, counts, log } = play(() => numbers.next().value as number)
      for (const line of log) seen.add(line)
      expect(state.phase).toBe('over')
      expect(counts.legs).toBeLessThanOrEqual(1)
      expect([counts.left, counts.ends]).toEqual([1, 1])
    }),
    { numRuns: 3_000 },
  )
  // The world above would prove nothing if it never came so far.
  for (const phase of [...Object.keys(ways), 'failing', 'over'])
    expect(
      [...seen].some((line) => line.startsWith(phase)),
      phase,
    ).toBe(true)
})
