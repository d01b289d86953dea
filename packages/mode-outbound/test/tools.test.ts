import { ToolError, type OutboundRequest } from '@llc-phone/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { defineScenario } from '../src/index.ts'
import { build, calendar, callTo, DANA, NOW, place, requests, stores } from './fixtures.ts'

afterEach(() => void vi.useRealTimers())

const failing = (times: number, then: () => Promise<void> = async () => {}) => {
  let left = times
  return vi.fn(async (_entry: object) => {
    if (left-- > 0) throw new Error('disk full at /var/lib/secret')
    return then()
  })
}

describe('stop_calling', () => {
  it('is on the list before anybody is told so, and ends the call', async () => {
    const { noted, refused, ports } = stores()
    let stored: (() => void) | undefined
    const add = vi.fn(
      (entry: Parameters<typeof ports.doNotCall.add>[0]) =>
        new Promise<void>((resolve) => {
          stored = () => {
            refused.push(entry)
            resolve()
          }
        }),
    )
    const call = await place(build({ ...ports, doNotCall: { add } }).plan({}))
    let answered = false
    const running = call.use('stop_calling', { reason: 'too many calls' }).finally(() => (answered = true))
    await new Promise((resolve) => setImmediate(resolve))
    expect(answered).toBe(false)
    expect(call.departures).toEqual([])
    stored!()
    expect(await running).toMatchObject({ status: 'stored', say: expect.stringContaining('will not be called again') })
    expect(refused).toEqual([{ number: DANA, source: 'call', callId: 'call-1', reason: 'too many calls' }])
    expect(call.departures).toEqual([{ kind: 'hangUp' }])
    // Whatever was said when it was called: the sentence about what is stored comes after it.
    expect(call.lastWords).toEqual(['afterwards'])
    expect(noted).toEqual([])
  })

  it('takes the number from the call and never from the model', async () => {
    const { refused, ports } = stores()
    const call = await place(build(ports).plan({}))
    await expect(call.use('stop_calling', { number: '+14155550199' })).rejects.toThrow(ToolError)
    expect(refused).toEqual([])
    await call.use('stop_calling')
    expect(refused).toEqual([{ number: DANA, source: 'call', callId: 'call-1' }])
  })

  it('can be used from the first word in every scenario, like all the others', () => {
    const calls = build()
    for (const request of Object.values(requests)) {
      const { tools } = calls.plan(request).mode
      expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['stop_calling', 'hang_up']))
      expect(tools.filter(({ opening }) => !opening)).toEqual([])
    }
  })

  it('stores once when it is called twice at once, and both are told', async () => {
    const { refused, ports } = stores()
    const call = await place(build(ports).plan({}))
    const answers = await Promise.all([call.use('stop_calling'), call.use('stop_calling', { reason: 'again' })])
    expect(answers.map(({ status }) => status)).toEqual(['stored', 'stored'])
    expect(refused).toHaveLength(1)
  })

  it('tries again when the store fails once', async () => {
    const { noted, ports } = stores()
    const add = failing(1)
    const call = await place(build({ ...ports, doNotCall: { add } }).plan({}))
    expect(await call.use('stop_calling')).toMatchObject({ status: 'stored' })
    expect(add).toHaveBeenCalledTimes(2)
    expect(noted).toEqual([])
  })

  it('leaves it to colleagues when the store goes on failing, and says so honestly', async () => {
    const { noted, ports } = stores()
    const add = failing(2)
    const call = await place(build({ ...ports, doNotCall: { add } }).plan({}))
    const answer = await call.use('stop_calling', { reason: 'angry' })
    expect(answer).toMatchObject({ status: 'passed_on', say: expect.stringContaining('colleagues have been told') })
    expect(answer.say).not.toContain('will not be called')
    expect(noted).toEqual([
      { callId: 'call-1', text: 'Must not be called again; put on the do-not-call list by hand: angry' },
    ])
    expect(call.departures).toEqual([{ kind: 'hangUp' }])
  })

  it('confirms nothing and stays on the line when nothing can be stored, and the next try counts', async () => {
    const add = failing(2)
    const note = failing(1)
    const call = await place(build({ doNotCall: { add }, notes: { add: note } }).plan({}))
    const answer = await call.use('stop_calling')
    expect(answer).toMatchObject({ status: 'not_stored', say: expect.stringContaining('could not be stored yet') })
    expect(JSON.stringify(answer)).not.toContain('secret')
    expect(call.departures).toEqual([])
    expect(await call.use('stop_calling')).toMatchObject({ status: 'stored' })
    expect(call.departures).toEqual([{ kind: 'hangUp' }])
  })

  it('does not wait for a store that never answers longer than its time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { noted, ports } = stores()
    const call = await place(build({ ...ports, doNotCall: { add: () => new Promise(() => {}) } }).plan({}))
    const running = call.use('stop_calling')
    await vi.advanceTimersByTimeAsync(4_000)
    expect(await running).toMatchObject({ status: 'passed_on' })
    expect(noted).toHaveLength(1)
  })

  it('is done also for somebody who hangs up at once', async () => {
    const { refused, ports } = stores()
    const add = failing(1, async () => void refused.push({ number: DANA, source: 'call', callId: 'call-1' }))
    const over = new AbortController()
    const call = await place(build({ ...ports, doNotCall: { add } }).plan({}), callTo(), over.signal)
    const running = call.use('stop_calling')
    over.abort()
    await expect(running).rejects.toThrow(ToolError)
    await vi.waitFor(() => expect(refused).toHaveLength(1))
  })

  it('is done also when the call was over before it began', async () => {
    const { refused, ports } = stores()
    const call = await place(build(ports).plan({}), callTo(), AbortSignal.abort())
    await expect(call.use('stop_calling')).rejects.toThrow(ToolError)
    expect(refused).toHaveLength(1)
  })

  it('is left to colleagues when there is no number', async () => {
    const { noted, refused, ports } = stores()
    const call = await place(build(ports).plan({}), callTo({}))
    expect(await call.use('stop_calling')).toMatchObject({ status: 'passed_on' })
    expect(refused).toEqual([])
    expect(noted).toHaveLength(1)
  })
})

describe('report_outcome', () => {
  it('stores the outcome once, and the newest when it changes', async () => {
    const { noted, ports } = stores()
    const call = await place(build(ports).plan(requests.confirmation))
    await Promise.all([
      call.use('report_outcome', { outcome: 'confirmed' }),
      call.use('report_outcome', { outcome: 'confirmed' }),
    ])
    await call.use('report_outcome', { outcome: 'wants_to_move', remark: 'Thursday\nafternoon' })
    await call.use('report_outcome', { outcome: 'confirmed' })
    expect(noted.map(({ text }) => text)).toEqual([
      'outcome: confirmed',
      'outcome: wants_to_move (Thursday afternoon)',
      'outcome: confirmed',
    ])
  })

  it('knows only the outcomes of its scenario, and those of any call', async () => {
    const calls = build()
    const survey = await place(calls.plan(requests.survey))
    await expect(survey.use('report_outcome', { outcome: 'confirmed' })).rejects.toThrow(/outcome/)
    const callback = await place(calls.plan(requests.callback))
    await expect(callback.use('report_outcome', { outcome: 'completed' })).rejects.toThrow(/outcome/)
  })

  it.each(Object.values(requests))('of $scenario is told of a wrong person and a wrong number', async (request) => {
    const { noted, ports } = stores()
    const call = await place(build(ports).plan(request))
    const remark = 'Is there in the evening.'
    const wrong = await call.use('report_outcome', { outcome: 'wrong_person', remark })
    expect(wrong.say).toBe('Tell no details. Apologise for the trouble, and call hang_up.')
    await call.use('report_outcome', { outcome: 'wrong_number' })
    expect(noted.map(({ text }) => text)).toEqual([
      'outcome: wrong_person (Is there in the evening.)',
      'outcome: wrong_number',
    ])
  })

  it('puts nothing on the recording of somebody who was not reached', async () => {
    const call = await place(build().plan(requests.confirmation))
    const { say } = await call.use('report_outcome', { outcome: 'not_reached' })
    expect(say).toMatch(/^To a recording, not a word of it\./)
    expect(say).not.toMatch(/noted/)
  })

  it('takes an outcome once that a scenario has of its own, too', () => {
    const own = defineScenario({
      name: 'parcel',
      purpose: 'because a parcel has come',
      context: z.object({}),
      steps: () => 'Say so.',
      opener: () => 'about a parcel',
      outcomes: ['wrong_number', 'told'],
    })
    const { tools } = build({ scenarios: [own] }).plan({ scenario: 'parcel' }).mode
    const { parameters } = tools.find(({ name }) => name === 'report_outcome')!
    expect(parameters).toMatchObject({ properties: { outcome: { enum: ['wrong_number', 'told', 'wrong_person'] } } })
  })

  it('confirms nothing that could not be stored, and stores it when asked again', async () => {
    const add = failing(1)
    const call = await place(build({ notes: { add } }).plan(requests.confirmation))
    await expect(call.use('report_outcome', { outcome: 'cancelled' })).rejects.toThrow(/could not be stored/)
    expect(await call.use('report_outcome', { outcome: 'cancelled' })).toMatchObject({ status: 'stored' })
    expect(add).toHaveBeenCalledTimes(2)
  })
})

describe('record_answer', () => {
  it('stores every answer and says what comes next', async () => {
    const { noted, ports } = stores()
    const call = await place(build(ports).plan(requests.survey))
    const answer = (question_number: number, text: string) =>
      call.use('record_answer', { question_number, answer: text }).then(({ say }) => say)
    expect(await answer(2, 'yes')).toContain('Ask question 1')
    expect(await answer(1, 'very')).toContain('Ask question 3')
    expect(await answer(1, 'rather')).toContain('Ask question 3')
    expect(await answer(3, 'skipped')).toContain('last question')
    expect(noted.map(({ text }) => text)).toEqual([
      'answer 2: yes',
      'answer 1: very',
      'answer 1: rather',
      'answer 3: skipped',
    ])
  })

  it.each([0, 4, 1.5, -1])('refuses the question %d, which does not exist', async (question_number) => {
    const call = await place(build().plan(requests.survey))
    await expect(call.use('record_answer', { question_number, answer: 'x' })).rejects.toThrow(ToolError)
  })

  it('asks again for an answer that could not be stored', async () => {
    const call = await place(build({ notes: { add: failing(1) } }).plan(requests.survey))
    await expect(call.use('record_answer', { question_number: 1, answer: 'x' })).rejects.toThrow(/could not be stored/)
    await new Promise((resolve) => setImmediate(resolve))
    expect((await call.use('record_answer', { question_number: 2, answer: 'y' })).say).toContain('Ask question 1')
  })
})

it('the same answer or outcome again is no new write of the call', async () => {
  const survey = build().plan(requests.survey)
  const call = await place(survey)
  const writes = (name: string, result: unknown) => {
    const tool = survey.mode.tools.find((one) => one.name === name)!
    return typeof tool.writes === 'function' ? tool.writes(result) : tool.writes
  }
  const answer = { question_number: 1, answer: 'Fine.' }
  const results = [await call.use('record_answer', answer), await call.use('record_answer', answer)]
  expect(results.map((result) => writes('record_answer', result))).toEqual([true, false])
})

describe('booking', () => {
  it('offers free times and books one of them for the number that was called', async () => {
    const book = vi.fn(calendar().book)
    const openSlots = vi.fn(calendar().openSlots)
    const call = await place(build({ appointments: { openSlots, book } }).plan(requests.callback))
    const found = await call.use('find_open_slots', { service: 'cleaning', from: '2026-03-12' })
    expect(found).toMatchObject({
      status: 'free',
      slots: [
        { slot_id: 'slot-1', service: 'cleaning', when: 'Thursday, March 12 at 10 AM' },
        { slot_id: 'slot-2', service: 'cleaning', when: 'Thursday, March 12 at 2:30 PM' },
      ],
    })
    expect(JSON.stringify(found)).not.toContain('cleaning@')
    expect(openSlots).toHaveBeenCalledWith({ service: 'cleaning', from: '2026-03-12' }, expect.any(AbortSignal))
    const answers = await Promise.all(
      [1, 2].map(() => call.use('book_appointment', { slot_id: 'slot-1', name: 'Eve' })),
    )
    expect(answers.map(({ status }) => status)).toEqual(['booked', 'already_booked'])
    expect(answers[0]!.when).toBe('Thursday, March 12 at 10 AM')
    expect(book.mock.calls).toEqual([
      [{ slotId: 'cleaning@1', callee: { number: DANA, name: 'Dana Fields' }, callId: 'call-1' }],
    ])
  })

  it('says so when a time was taken meanwhile, and does not offer it again by itself', async () => {
    const call = await place(build().plan(requests.callback))
    await call.use('find_open_slots')
    expect(await call.use('book_appointment', { slot_id: 'slot-2' })).toMatchObject({ status: 'taken' })
    await expect(call.use('book_appointment', { slot_id: 'slot-2' })).rejects.toThrow(/not offered/)
    const again = await call.use('find_open_slots')
    expect(again.slots.map(({ slot_id }) => slot_id)).toEqual(['slot-1', 'slot-3'])
  })

  it.each(['slot-1', 'cleaning@1', '__proto__', 'constructor'])(
    'refuses %s, which was not offered',
    async (slot_id) => {
      const book = vi.fn(calendar().book)
      const call = await place(build({ appointments: calendar({ book }) }).plan(requests.callback))
      await expect(call.use('book_appointment', { slot_id })).rejects.toThrow(/not offered/)
      expect(book).not.toHaveBeenCalled()
    },
  )

  it.each([
    ['Dana', 'Dana Fields', 'Dana Fields'],
    ['Dana', undefined, 'Dana'],
    ['Dana Fields', 'Eve Stone', 'Dana Fields'],
    [undefined, 'Eve Stone', 'Eve Stone'],
    [undefined, undefined, undefined],
  ])('is for %s, who says %s, under the name %s', async (given, said, name) => {
    const book = vi.fn(calendar().book)
    const facts = callTo({ number: DANA, ...(given ? { name: given } : {}) })
    const call = await place(build({ appointments: calendar({ book }) }).plan(requests.callback), facts)
    await call.use('find_open_slots')
    await call.use('book_appointment', { slot_id: 'slot-1', name: said })
    expect(book.mock.calls[0]![0].callee).toEqual({ number: DANA, ...(name ? { name } : {}) })
  })

  it('has an end', async () => {
    const slots = Array.from({ length: 4 }, (_, n) => ({ id: `s${n}`, service: 'x', startsAt: new Date(2e12 + n) }))
    const appointments = { openSlots: async () => slots, book: vi.fn(async () => 'booked' as const) }
    const call = await place(build({ appointments }).plan(requests.callback))
    await call.use('find_open_slots')
    for (const n of [1, 2, 3]) await call.use('book_appointment', { slot_id: `slot-${n}` })
    await expect(call.use('book_appointment', { slot_id: 'slot-4' })).rejects.toThrow(/No more/)
    expect(await call.use('book_appointment', { slot_id: 'slot-1' })).toMatchObject({ status: 'already_booked' })
    expect(appointments.book).toHaveBeenCalledTimes(3)
  })

  it('can be tried again after the calendar failed, and tells nothing of why', async () => {
    let fails = true
    const book = async () => {
      if (fails) throw new Error('SQLITE_BUSY')
      return 'booked' as const
    }
    const call = await place(build({ appointments: calendar({ book }) }).plan(requests.callback))
    await call.use('find_open_slots')
    await expect(call.use('book_appointment', { slot_id: 'slot-1' })).rejects.toThrow(/could not be booked/)
    fails = false
    expect(await call.use('book_appointment', { slot_id: 'slot-1' })).toMatchObject({ status: 'booked' })
  })

  it.each(['2026-02-30', '2026-03-09T25:00', 'tomorrow', '2026-3-9'])('refuses the day %s', async (from) => {
    const openSlots = vi.fn(calendar().openSlots)
    const call = await place(build({ appointments: calendar({ openSlots }) }).plan(requests.callback))
    await expect(call.use('find_open_slots', { from })).rejects.toThrow(/from|There is no such/)
    expect(openSlots).not.toHaveBeenCalled()
  })

  it('passes on what the calendar wants to be asked, and offers a note when nothing is free', async () => {
    const openSlots = vi
      .fn<ReturnType<typeof calendar>['openSlots']>()
      .mockRejectedValueOnce(new ToolError('Ask which service it is: cleaning, filling.'))
      .mockResolvedValueOnce([])
    const call = await place(build({ appointments: calendar({ openSlots }) }).plan(requests.callback))
    await expect(call.use('find_open_slots')).rejects.toThrow('Ask which service it is: cleaning, filling.')
    expect(await call.use('find_open_slots')).toMatchObject({ status: 'none' })
  })
})

describe('a wish for a time', () => {
  const { openSlots } = calendar()
  const spy = () => vi.fn(openSlots)
  const callWith = async (find: typeof openSlots, request = requests.callback as OutboundRequest) =>
    place(build({ appointments: calendar({ openSlots: find }) }).plan(request))

  it('that has passed is said to have, and the soonest times are offered instead', async () => {
    const find = spy()
    const call = await callWith(find)
    expect(await call.use('find_open_slots', { from: '2025-12-10' })).toMatchObject({
      status: 'past',
      why: 'Wednesday, December 10, 2025 has passed. It is Monday, March 9, 2026 at 11 AM now.',
      slots: [{ slot_id: 'slot-1' }, { slot_id: 'slot-2' }],
      time_zone: 'Eastern Time',
      say: expect.stringContaining('First say that this cannot be and why'),
    })
    expect(find).toHaveBeenCalledWith({}, expect.any(AbortSignal))
  })

  it('on a day on which nothing is free is said to be', async () => {
    const call = await callWith(spy())
    expect(await call.use('find_open_slots', { from: '2026-03-10' })).toMatchObject({
      status: 'full',
      why: 'Nothing is free on Tuesday, March 10, 2026.',
    })
    expect(await call.use('find_open_slots', { from: '2026-03-12' })).toMatchObject({ status: 'free' })
  })

  it('is answered as the calendar says when it cannot be met', async () => {
    const unmet = { status: 'closed_day', why: 'Sunday, March 15, 2026 is a day on which nothing is open.' }
    const call = await callWith(async () => ({ slots: [], unmet }))
    expect(await call.use('find_open_slots', { from: '2026-03-15' })).toMatchObject({
      ...unmet,
      slots: [],
      say: expect.stringContaining('offer another day'),
    })
  })

  it('in another time zone is understood there, and answered in both', async () => {
    const find = spy()
    const call = await callWith(find)
    const wish = { from: '2026-03-12T07:00', time_zone: 'America/Los_Angeles' }
    const { slots } = await call.use('find_open_slots', wish)
    expect(find).toHaveBeenCalledWith({ from: '2026-03-12T10:00' }, expect.any(AbortSignal))
    const when = 'Thursday, March 12 at 10 AM Eastern Time, which is 7 AM Pacific Time'
    expect(slots[0]!.when).toBe(when)
    expect((await call.use('book_appointment', { slot_id: 'slot-1' })).when).toBe(when)
    await expect(call.use('find_open_slots', { ...wish, time_zone: 'Pacific' })).rejects.toThrow("which city's time")
  })

  it('of somebody who lives elsewhere is answered with both times', async () => {
    const call = await callWith(spy(), { ...requests.callback, timeZone: 'Europe/Berlin' })
    const { slots } = await call.use('find_open_slots')
    expect(slots[0]!.when).toBe('Thursday, March 12 at 10 AM Eastern Time, which is 3 PM Central European Time')
  })

  it('is not booked once its time has come', async () => {
    const book = vi.fn(calendar().book)
    let now = NOW
    const plan = build({ appointments: calendar({ book }) }).plan(requests.callback)
    const call = await place(plan, callTo(), undefined, () => now)
    await call.use('find_open_slots')
    now = new Date('2026-03-12T14:00:00Z')
    expect(await call.use('book_appointment', { slot_id: 'slot-1' })).toMatchObject({ status: 'past' })
    expect(book).not.toHaveBeenCalled()
  })
})

describe('the other tools', () => {
  it('note for colleagues in silence', async () => {
    const { noted, ports } = stores()
    const plan = build(ports).plan({})
    const call = await place(plan)
    await call.use('add_call_note', { note: 'Better after six\n# p.m.' })
    expect(noted).toEqual([{ callId: 'call-1', text: 'Better after six # p.m.' }])
    expect(plan.mode.tools.find(({ name }) => name === 'add_call_note')).toMatchObject({ result: 'silent' })
  })

  it('connect with a person, and hang up', async () => {
    const call = await place(build().plan({}))
    await call.use('transfer_call', { destination: 'frontDesk', reason: 'wants a person' })
    await call.use('hang_up')
    expect(call.departures.map(({ kind }) => kind)).toEqual(['transfer', 'hangUp'])
  })

  it('say nothing to a recorded greeting', async () => {
    const plan = build().plan({})
    expect(plan.mode.tools.find(({ name }) => name === 'keep_listening')).toMatchObject({
      result: 'silent',
      opening: true,
    })
    expect(await (await place(plan)).use('keep_listening')).toEqual({ status: 'listening' })
  })
})
