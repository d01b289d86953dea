import {
  type DirectoryEntry,
  e164,
  isPerson,
  ToolError,
  type CallFacts,
  type Consultation,
  type Departure,
  type LastWords,
} from '@llc-phone/core'
import { memoryMessages, testMode } from '@llc-phone/core/testing'
import * as fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { availabilityOf } from '../src/directory.ts'
import { receptionist } from '../src/index.ts'

const business = {
  name: 'Harbor Dental',
  timeZone: 'America/New_York',
  hours: { mon: '09:00-17:00', tue: '09:00-17:00', wed: '09:00-17:00' },
}
const routes = {
  lopez: { number: e164('+14155550111'), label: 'Dr. Lopez' },
  desk: { number: e164('+14155550112'), label: 'the front desk' },
  lab: { number: e164('+14155550113'), label: 'the lab', hours: { mon: '13:00-14:00' } },
  box: { voicemail: true, label: 'the voicemail' },
} as const
const lopez: DirectoryEntry = { name: 'Ana Lopez', route: 'lopez', transfer: 'warm' }
const front: DirectoryEntry = { name: 'Front desk', route: 'desk' }

const MONDAY_NOON = '2026-03-02T17:00:00Z'

const factsAt = (startedAt: string): CallFacts => ({
  callId: 'call-1',
  legId: 'CA1',
  direction: 'inbound',
  otherParty: { number: e164('+14155550199') },
  dialled: e164('+14155550102'),
  startedAt: new Date(startedAt),
})

/** A call at a front desk with this directory: what its tools say, and what they do. */
const openDesk = (directory: readonly DirectoryEntry[], at = MONDAY_NOON) => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(at) })
  onTestFinished(() => void vi.useRealTimers())
  const departures: Departure[] = []
  const lastWords: (LastWords | undefined)[] = []
  const consultations: Consultation[] = []
  const messages = memoryMessages()
  const { taken } = messages
  const mode = receptionist({ business, routes, messages, directory, offers: ['callback', 'visit'] })
  const call = {
    leave(departure: Departure, words?: LastWords) {
      departures.push(departure)
      lastWords.push(words)
    },
    consult: (consultation: Consultation) => void consultations.push(consultation),

    keepListening: () => {},
  }
  const facts = factsAt(at)
  const context = { facts, known: undefined, call, signal: new AbortController().signal }
  return {
    mode,
    departures,
    lastWords,
    consultations,
    taken,
    use: (name: string, input: object) =>
      mode.tools.find((tool) => tool.name === name)!.invoke(JSON.stringify(input), context),
    ask: (person_or_department: string) =>
      mode.tools
        .find((tool) => tool.name === 'check_availability')!
        .invoke(JSON.stringify({ person_or_department }), context),
  }
}

testMode(openDeskMode(), { maxToolTokens: 1_260 })
function openDeskMode() {
  return receptionist({
    business,
    routes,
    messages: { take: async () => ({ id: '1' }) },
    directory: [lopez, front],
    offers: ['callback', 'visit'],
  })
}

describe('somebody on leave', () => {
  const away = (from: string, to: string, more: Partial<DirectoryEntry> = {}) => [
    { ...lopez, ...more, absences: [{ from, to }] },
  ]

  it.each([
    ['is back the next working day', '2026-03-02', '2026-03-02', MONDAY_NOON, 'tomorrow at 9 AM'],
    ['is back after the weekend', '2026-03-02', '2026-03-04', MONDAY_NOON, 'on Monday at 9 AM'],
    ['is back on a date', '2026-02-20', '2026-03-17', MONDAY_NOON, 'on Wednesday, March 18 at 9 AM'],
    // In the office it is still the day before.
    ['is away until midnight there', '2026-03-02', '2026-03-03', '2026-03-04T04:59:00Z', 'tomorrow at 9 AM'],
    [
      'is expected the same day after midnight there',
      '2026-03-02',
      '2026-03-03',
      '2026-03-04T05:00:00Z',
      'today at 9 AM',
    ],
    ['is not promised in the leave to come', '2026-03-03', '2026-03-08', '2026-03-02T23:00:00Z', 'on Monday at 9 AM'],
    [
      'is not skipped by the clocks going forward',
      '2026-03-04',
      '2026-03-08',
      '2026-03-04T15:00:00Z',
      'on Monday at 9 AM',
    ],
    ['is not promised at all', '2026-01-01', '2028-01-01', MONDAY_NOON, 'not known'],
  ])('%s', async (_, from, to, at, next) => {
    expect(await openDesk(away(from, to), at).ask('Lopez')).toEqual({
      name: 'Ana Lopez',
      available: 'later',
      next,
      ...(next === 'not known' ? {} : { time_zone: 'Eastern Time' }),
      reach_by: 'message',
    })
  })

  it('is there the day before and the day after', async () => {
    for (const at of ['2026-03-02T17:00:00Z', '2026-03-04T17:00:00Z'])
      expect(await openDesk(away('2026-03-03', '2026-03-03'), at).ask('Lopez')).toMatchObject({ available: 'now' })
  })

  it('is expected back even when nobody has hours', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date(MONDAY_NOON) })
    onTestFinished(() => void vi.useRealTimers())
    const mode = receptionist({
      business: { name: 'Solo', timeZone: 'UTC' },
      routes: {},
      messages: { take: async () => ({ id: '1' }) },
      directory: [{ name: 'Kim', absences: [{ from: '2026-03-01', to: '2026-03-02' }] }],
    })
    const call = { leave: () => {}, consult: () => {}, keepListening: () => {} }
    const context = { facts: factsAt(MONDAY_NOON), known: undefined, call, signal: new AbortController().signal }
    expect(await mode.tools[0]!.invoke('{"person_or_department":"Kim"}', context)).toMatchObject({ next: 'tomorrow' })
  })

  it('is not rung, however the model asks', async () => {
    const desk = openDesk(away('2026-03-02', '2026-03-03'))
    const next = 'on Wednesday at 9 AM'
    const expected = {
      status: 'unavailable',
      next,
      time_zone: 'Eastern Time',
      say: expect.stringContaining('take a message'),
    }
    expect(await desk.use('transfer_call', { destination: 'lopez', reason: 'now!' })).toEqual(expected)
    expect(await desk.use('warm_transfer', { destination: 'lopez', introduction: 'The boss.' })).toEqual(expected)
    expect([desk.departures, desk.consultations]).toEqual([[], []])
  })
})

describe('do not disturb', () => {
  it('holds while it is set and is asked anew each time', async () => {
    let busy = true
    const desk = openDesk([{ ...front, doNotDisturb: () => busy }])
    expect(await desk.ask('front desk')).toEqual({ name: 'Front desk', available: 'not_now', reach_by: 'message' })
    expect(await desk.use('transfer_call', { destination: 'desk', reason: '' })).toMatchObject({
      status: 'unavailable',
    })
    busy = false
    expect(await desk.ask('front desk')).toMatchObject({
      available: 'now',
      reach_by: 'transfer_call',
      destination: 'desk',
    })
    expect(await desk.use('transfer_call', { destination: 'desk', reason: '' })).toMatchObject({ status: 'connecting' })
    expect(desk.departures).toMatchObject([{ route: 'desk' }])
  })

  it('holds when nobody can tell', async () => {
    const failing = () => {
      throw new Error('calendar down')
    }
    expect(await openDesk([{ ...front, doNotDisturb: failing }]).ask('front')).toMatchObject({ available: 'not_now' })
  })

  it('of one leaves the other on the same line', async () => {
    const desk = openDesk([
      { ...front, doNotDisturb: true },
      { name: 'Sam', route: 'desk' },
    ])
    expect(await desk.use('transfer_call', { destination: 'desk', reason: '' })).toMatchObject({ status: 'connecting' })
  })
})

describe('a transfer', () => {
  it('to somebody who wants to be asked is announced first', async () => {
    const desk = openDesk([lopez, front])
    expect(await desk.ask('Lopez')).toMatchObject({ reach_by: 'warm_transfer', destination: 'lopez' })
    expect(await desk.use('transfer_call', { destination: 'lopez', reason: '' })).toMatchObject({
      status: 'announce_first',
    })
    expect(desk.departures).toEqual([])
    const introduction = 'Dana Fields, about the bridge.'
    expect(await desk.use('warm_transfer', { destination: 'lopez', introduction })).toMatchObject({ status: 'ringing' })
    expect(desk.consultations).toEqual([{ route: 'lopez', number: '+14155550111', label: 'Dr. Lopez', introduction }])
  })

  it('follows the hours of the route too, and leaves unlisted routes alone', async () => {
    const desk = openDesk([lopez])
    expect(await desk.use('transfer_call', { destination: 'lab', reason: '' })).toMatchObject({ status: 'closed' })
    expect(await desk.use('transfer_call', { destination: 'box', reason: '' })).toMatchObject({ status: 'recording' })
    expect(await desk.use('transfer_call', { destination: 'desk', reason: '' })).toMatchObject({ status: 'connecting' })
    expect(desk.departures).toMatchObject([{ kind: 'voicemail' }, { kind: 'transfer', route: 'desk' }])
  })

  it('in which nobody is introduced has no tool for it', () => {
    expect(openDesk([front]).mode.tools.map(({ name }) => name)).not.toContain('warm_transfer')
  })
})

describe('a wish for a time that cannot be met', () => {
  const wish = { caller_name: 'Dana', reason: 'a crown' }

  it.each([
    [
      'a day that has passed',
      { when: 'the tenth', at: '2025-12-10' },
      'past',
      'Wednesday, December 10, 2025 has passed',
    ],
    ['this morning', { when: 'at nine', at: '2026-03-02T09:00' }, 'past', 'It is Monday, March 2, 2026 at 12 PM now'],
    ['a closed day', { when: 'on Sunday', at: '2026-03-08' }, 'closed_day', 'Sunday, March 8, 2026 is a day'],
    ['the evening', { when: 'at eight', at: '2026-03-03T20:00' }, 'outside_hours', 'which are 9 AM to 5 PM that day'],
    ['the far future', { when: 'some day', at: '2030-03-04' }, 'too_far_ahead', 'nothing is planned after'],
    ['a past date in words', { when: 'December 10, 2025 at ten' }, 'past', 'Wednesday, December 10, 2025 has passed'],
    ['a past date in figures', { when: '2025-12-10' }, 'past', 'Wednesday, December 10, 2025 has passed'],
    ['a closed day in words', { when: 'the 8th of March' }, 'closed_day', 'Sunday, March 8, 2026 is a day'],
    [
      'lunch over there',
      { when: 'at noon', at: '2026-03-03T12:00', time_zone: 'Asia/Tokyo' },
      'outside_hours',
      'Japan Standard Time is outside',
    ],
  ])('such as %s is said not to be, and nothing is stored', async (_, said, status, why) => {
    for (const tool of ['request_callback', 'request_visit']) {
      const desk = openDesk([])
      expect(await desk.use(tool, { ...wish, ...said })).toMatchObject({
        status,
        why: expect.stringContaining(why),
        say: expect.stringContaining('Nothing was stored'),
      })
      expect(desk.taken).toEqual([])
    }
  })

  it('comes with the time somebody is there again', async () => {
    const answer = await openDesk([]).use('request_visit', { ...wish, when: 'Sunday', at: '2026-03-08' })
    expect(answer).toMatchObject({ opens: 'Monday, March 9 at 9 AM', time_zone: 'Eastern Time' })
  })

  it.each([
    [{ when: 'February 31' }, 'There is no such date: February 31, 2027'],
    [{ when: 'the 31st of April at two' }, 'There is no such date: April 31, 2026'],
    [{ when: 'then', at: '2026-02-29' }, 'There is no such date: February 29, 2026'],
  ])('as %j is asked about again', async (said, message) => {
    const desk = openDesk([])
    await expect(desk.use('request_callback', { ...wish, ...said })).rejects.toThrow(message)
    expect(desk.taken).toEqual([])
  })

  it.each([
    [{ when: 'any day but December 10, 2025' }, 'any day but December 10, 2025'],
    [{ when: 'after March 8' }, 'after March 8'],
    [{ when: 'tomorrow, maybe 10 AM' }, 'tomorrow, maybe 10 AM'],
    [{ when: 'at 8 maybe' }, 'at 8 maybe'],
    [{ when: 'whenever we may 2 of us' }, 'whenever we may 2 of us'],
    [{ when: 'in March, 8 AM' }, 'in March, 8 AM'],
    [{ when: 'on a March 8:30 slot' }, 'on a March 8:30 slot'],
    [{ when: 'March 8, March 15' }, 'March 8, March 15'],
    [{ when: 'Tuesday 3rd of March, 10 AM' }, 'Tuesday 3rd of March, 10 AM (Tuesday, March 3, 2026)'],
    [{ when: 'tomorrow at two', at: '2026-03-03T14:00' }, 'tomorrow at two (Tuesday, March 3, 2026 at 2 PM)'],
    [{ when: 'March 3' }, 'March 3 (Tuesday, March 3, 2026)'],
    [{ when: 'January 4' }, 'January 4 (Monday, January 4, 2027)'],
    [
      { when: 'at nine my time', at: '2026-03-03T09:00', time_zone: 'America/Los_Angeles' },
      'at nine my time (Tuesday, March 3, 2026 at 9 AM Pacific Time, Tuesday, March 3, 2026 at 12 PM Eastern Time)',
    ],
  ])('is none in %j, which reaches the business with its date', async (said, text) => {
    const desk = openDesk([])
    expect(await desk.use('request_callback', { ...wish, ...said })).toMatchObject({ status: 'requested' })
    expect(desk.taken).toMatchObject([{ text: `Asks to be called back ${text}: a crown` }])
  })
})

describe('a colleague of the night', () => {
  const night: DirectoryEntry = { name: 'Night desk', route: 'desk', hours: { 'mon-tue': '18:00-02:00' } }

  it('takes calls until after midnight, and the day of leave is the one the night began on', async () => {
    expect(await openDesk([night], '2026-03-03T06:30:00Z').ask('night')).toMatchObject({
      available: 'now',
      until: '2 AM',
    })
    expect(await openDesk([night], '2026-03-03T08:00:00Z').ask('night')).toMatchObject({ next: 'today at 6 PM' })
    const away = { ...night, absences: [{ from: '2026-03-02', to: '2026-03-02' }] }
    expect(await openDesk([away], '2026-03-03T06:30:00Z').ask('night')).toMatchObject({ next: 'today at 6 PM' })
  })

  it('is back after lunch', async () => {
    const lunch = { ...night, hours: { mon: '09:00-12:00, 13:00-17:00' } }
    expect(await openDesk([lunch]).ask('night')).toMatchObject({ available: 'later', next: 'today at 1 PM' })
  })

  it('is expected in the next year with the year', async () => {
    const away = { ...night, absences: [{ from: '2026-12-21', to: '2027-01-10' }] }
    expect(await openDesk([away], '2026-12-21T17:00:00Z').ask('night')).toMatchObject({
      next: 'on Monday, January 11, 2027 at 6 PM',
    })
  })
})

it('the clock of the call decides who takes calls, not when it began', async () => {
  const desk = openDesk([front])
  expect(await desk.use('transfer_call', { destination: 'desk', reason: '' })).toMatchObject({ status: 'connecting' })
  vi.setSystemTime(new Date('2026-03-02T22:00:00Z'))
  expect(await desk.ask('front desk')).toMatchObject({ available: 'later', next: 'tomorrow at 9 AM' })
  expect(await desk.use('transfer_call', { destination: 'desk', reason: '' })).toMatchObject({ status: 'unavailable' })
})

it('the prompt names the year and the time zone, and until when somebody is there', async () => {
  const { instructions } = await openDesk([]).mode.brief(factsAt(MONDAY_NOON))
  expect(instructions).toContain('It is Monday, March 2, 2026 at 12 PM Eastern Time. The office is open until 5 PM.')
})

describe('a wish for a time', () => {
  const wish = { when: 'tomorrow after two', caller_name: 'Dana', reason: 'a crown' }

  it.each([
    ['request_callback', 'callback', 'Asks to be called back tomorrow after two: a crown', 'call back'],
    ['request_visit', 'visit', 'Asks for a visit tomorrow after two: a crown', 'confirm the visit'],
  ])('by %s is a message that says it is a %s, and nothing is promised', async (tool, kind, text, who) => {
    const desk = openDesk([])
    expect(await desk.use(tool, wish)).toEqual({
      status: 'requested',
      say: `Tell the caller that the wish is noted and somebody will ${who}; the time is not fixed yet.`,
    })
    expect(desk.taken).toEqual([
      { callId: 'call-1', callerName: 'Dana', callerNumber: '+14155550199', text, urgency: 'normal', kind },
    ])
  })

  it('asks again for a number that is none', async () => {
    const desk = openDesk([])
    await expect(desk.use('request_callback', { ...wish, caller_number: '12' })).rejects.toThrow(/digit by digit/)
    expect(desk.taken).toEqual([])
  })

  it('is only taken where it is offered', () => {
    const mode = receptionist({ business, routes, messages: { take: async () => ({ id: '1' }) } })
    expect(mode.tools.map(({ name }) => name)).toEqual(['take_message', 'transfer_call', 'keep_listening', 'hang_up'])
  })
})

it('a hostile model reaches only who takes calls, and writes only messages of this call', async () => {
  const desk = openDesk([lopez, { ...front, doNotDisturb: true }])
  const words = fc.oneof(
    {
      weight: 9,
      arbitrary: fc.constantFrom('lopez', 'desk', 'lab', 'box', 'Ana', '+19005550199', '__proto__', 'normal'),
    },
    { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 1_200 }) },
    fc.jsonValue(),
  )
  const hostileCall = fc.constantFrom(...desk.mode.tools).chain(({ name, parameters }) => {
    const fields = Object.keys((parameters as { properties: object }).properties)
    const input = fc.record(Object.fromEntries(fields.map((field) => [field, words])))
    return fc.tuple(fc.constant(name), input, fc.dictionary(fc.string(), words, { maxKeys: 1 }))
  })
  let refused = 0
  await fc.assert(
    fc.asyncProperty(hostileCall, async ([name, input, extra]) => {
      await desk.use(name, { ...input, ...extra }).catch((error: unknown) => {
        refused += 1
        if (!(error instanceof ToolError) || error.message.length > 300) throw error
      })
    }),
    { numRuns: 4_000 },
  )
  expect(refused).toBeGreaterThan(1_000)
  const gone = desk.departures.filter(({ kind }) => kind !== 'hangUp')
  expect(gone.length + desk.consultations.length).toBeGreaterThan(10)
  for (const departure of gone) expect(departure).toMatchObject({ kind: 'voicemail', route: 'box' })
  for (const { route, number } of desk.consultations) {
    const to = routes[route as keyof typeof routes]
    expect(route).toBe('lopez')
    expect(isPerson(to) && to.number).toBe(number)
  }
  for (const message of desk.taken) {
    expect(message.callId).toBe('call-1')
    expect(message.text.length).toBeLessThanOrEqual(1_000)
  }
})

it('takes a question about do-not-disturb that is only a promise for a yes, and lets it fail in peace', async () => {
  const letDown: unknown[] = []
  const onRejection = (reason: unknown) => void letDown.push(reason)
  process.on('unhandledRejection', onRejection)
  const doNotDisturb = (async () => {
    throw new Error('the calendar is away')
  }) as unknown as () => boolean
  const always = { name: 'Harbor Dental', timeZone: 'America/New_York' }
  expect(availabilityOf({ name: 'Kim', doNotDisturb }, always, new Date())).toEqual({ available: 'not_now' })
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', onRejection)
  expect(letDown).toEqual([])
})

it('a caller who is to leave a recorded message is told so, whatever was said before', async () => {
  const { use, departures, lastWords } = openDesk([lopez, front])
  await use('transfer_call', { destination: 'box', reason: 'a message' })
  await use('transfer_call', { destination: 'desk', reason: 'a question' })
  expect(departures).toMatchObject([{ kind: 'voicemail' }, { kind: 'transfer' }])
  expect(lastWords).toEqual(['afterwards', 'once'])
})

it('a destination that is nobody in the directory is not taken for one that does not exist', async () => {
  const { ask, use, departures } = openDesk([lopez, front])
  await expect(ask('the lab')).rejects.toThrow(/destination of transfer_call, call that/)
  await use('transfer_call', { destination: 'desk', reason: 'a question' })
  expect(departures).toHaveLength(1)
  const alone = receptionist({
    business,
    routes: {},
    messages: { take: async () => ({ id: '1' }) },
    directory: [{ name: 'Kim' }],
  })
  const check = alone.tools.find(({ name }) => name === 'check_availability')!
  const context = { facts: factsAt(MONDAY_NOON), known: undefined, signal: new AbortController().signal } as never
  await expect(check.invoke('{"person_or_department":"the lab"}', context)).rejects.toThrow(
    /directory\. Ask whom they mean/,
  )
})

it('somebody of whom no hours are known is not kept from callers by the prompt', async () => {
  const mode = receptionist({
    business: { name: 'Solo', timeZone: 'UTC' },
    routes,
    messages: { take: async () => ({ id: '1' }) },
    directory: [{ name: 'Kim', route: 'desk' }],
  })
  const { instructions } = await mode.brief(factsAt(MONDAY_NOON))
  expect(instructions).toContain('take calls now, or nobody knows, call transfer_call')
})
