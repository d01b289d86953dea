import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { e164 } from '@llc-phone/core'
import { openCustomers } from '@llc-phone/mode-csr'
import { openStore } from '@llc-phone/database'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  afterwards,
  atMs,
  atOnce,
  callee,
  callUp,
  CALL_TIMEOUT_MS,
  heardAt,
  placements,
  partings,
  saidBy,
  sessionsFor,
  talker,
} from './support/outbound-calls.ts'
import { startOutboundRig, type OutboundRig } from './support/outbound-rig.ts'

const APPOINTMENT = { appointmentDate: '2099-03-10', appointmentTime: '14:30' }
const CONFIRMATION = { scenario: 'confirmation', context: APPOINTMENT }
const CONFIRMING =
  'Hello, this is the AI assistant of Harbor Dental, calling about an appointment. Is this a good moment?'
const CALLING_BACK =
  'Hello, this is the AI assistant of Harbor Dental, calling you back as you asked. Is this a good moment?'
const SURVEYING =
  'Hello, this is the AI assistant of Harbor Dental, calling with one short question about your visit. Is this a good moment?'

const ITS_ME = 'of course, you have reached me'

const SUPPORT = '+14155550112'
/** As the simulated assistant books. */
const JOHN = { ...callee(7), callerName: 'John Miller' }

/** gateway.config.ts leaves it at that. */
const SPEAKS_AFTER_MS = 3_000

describe.each(['ga', 'flat'] as const)('over the %s dialect', (dialect) => {
  let rig: OutboundRig
  let folder: string
  let url: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'llc-phone-'))
    url = `file:${join(folder, 'calls.db')}`
    rig = await startOutboundRig({ dialect, variables: { DATABASE_URL: url } })
  }, 30_000)
  afterAll(async () => {
    await rig.close()
    rmSync(folder, { recursive: true })
  })

  describe('somebody who is called', { timeout: CALL_TIMEOUT_MS }, () => {
    const confirming = atOnce(() =>
      callUp(
        rig,
        callee(1),
        {
          outcome: 'answers',
          afterMs: 300,
          script: [...talker('yes, this is a good moment', ITS_ME, 'yes, I will be there'), ...partings],
        },
        CONFIRMATION,
      ),
    )
    it('says hello first, hears at once who calls, and confirms', async () => {
      const { story, result, session } = await confirming()
      // The first sound is an answer to the hello, and says who calls.
      expect(atMs(result, 'first-audio')).toBeGreaterThan(atMs(result, 'caller-stop'))
      expect(await heardAt(result.tracks.heard, CONFIRMING)).toBe(0)
      // What only they may know is told once it is known who they are.
      expect(saidBy(story, 'assistant').slice(0, 3)).toEqual([
        CONFIRMING,
        'Thank you. Do I speak with Callee 1?',
        'We expect you on Tuesday, March 10, 2099 at 2:30 PM. Will you be there?',
      ])
      expect(story.turns[0]!.speaker).toBe('caller')
      expect(story).toMatchObject({
        direction: 'outbound',
        phase: 'ended',
        disposition: 'caller_hung_up',
        answeredBy: 'human',
        outbound: { state: 'ended', disposition: 'caller_hung_up', answeredBy: 'human', scenario: 'confirmation' },
        notes: [{ text: 'outcome: confirmed' }],
      })
      expect(story.tools).toMatchObject([{ name: 'report_outcome', outcome: 'done' }])
      expect(story.outbound.costUsd).toBeGreaterThan(0)

      // Warm before it rang: configured, primed with a text that nobody hears and that is gone, and only then dialled.
      const [placement, ...others] = placements(rig, callee(1))
      expect(others).toEqual([])
      const before = session.log.entries.filter(({ atMs: at }) => at < placement!.atMs).map(({ event }) => event)
      expect(before.map(({ type }) => type)).toEqual(expect.arrayContaining(['session.updated', 'response.done']))
      expect(before.filter(({ type }) => type === 'conversation.item.delete')).toHaveLength(1)
      expect(session.items.find(({ role }) => role === 'assistant')).toMatchObject({
        content: [{ transcript: CONFIRMING }],
      })
      expect(sessionsFor(rig, callee(1))).toHaveLength(1)
    })

    const slow = atOnce(() =>
      callUp(rig, callee(2), {
        outcome: 'answers',
        script: [{ wait: 1_400 }, ...talker('not now, try me again tomorrow evening')],
      }),
    )
    it('takes a while to say hello, and is waited for', async () => {
      const { story, result } = await slow()
      expect(atMs(result, 'first-audio')).toBeGreaterThan(atMs(result, 'caller-stop'))
      expect(await heardAt(result.tracks.heard, CALLING_BACK)).toBe(0)
      expect(story).toMatchObject({ disposition: 'assistant_hung_up', answeredBy: 'human' })
      expect(story.notes).toMatchObject([{ text: 'Asked to be called tomorrow evening.' }])
      // The goodbye was heard before the call was ended.
      expect(saidBy(story, 'assistant').at(-1)).toMatch(/Goodbye/)
      const lastHeardMs = result.timeline.findLast(({ type }) => type === 'assistant-stop')!.atMs
      expect(atMs(result, 'ended')).toBeGreaterThan(lastHeardMs)
    })

    const silent = atOnce(() => callUp(rig, callee(3), { outcome: 'answers', script: [...partings] }))
    it('says nothing, and is spoken to after a while', async () => {
      const { story, result } = await silent()
      const openedMs = atMs(result, 'first-audio') - atMs(result, 'media-start')
      expect(openedMs).toBeGreaterThan(SPEAKS_AFTER_MS)
      expect(openedMs).toBeLessThan(3 * SPEAKS_AFTER_MS)
      expect(await heardAt(result.tracks.heard, CALLING_BACK)).toBe(0)
      expect(story.turns).toMatchObject([{ speaker: 'assistant', text: CALLING_BACK }])
      expect(story.events!.filter(({ event }) => event.type === 'timerFired')).toMatchObject([
        { event: { timer: 'opener' } },
      ])
    })

    const greeted = atOnce(() =>
      callUp(rig, callee(4), { outcome: 'answers', afterMs: 2_500, script: [...partings] }, { greet: 'immediately' }),
    )
    it('is greeted the moment they pick up when the request says so: the words were made while it rang', async () => {
      const { result, session, story } = await greeted()
      const isAudio = /audio\.delta$/
      const made = session.log.entries.findIndex(({ event }) => isAudio.test(event.type))
      const listened = session.log.entries.findIndex(({ event }) => event.type === 'input_audio_buffer.append')
      expect(made).toBeGreaterThan(-1)
      expect(listened).toBeGreaterThan(made)
      const greetedMs = atMs(result, 'first-audio') - atMs(result, 'media-start')
      expect(greetedMs).toBeGreaterThanOrEqual(0)
      expect(greetedMs).toBeLessThan(SPEAKS_AFTER_MS)
      expect(await heardAt(result.tracks.heard, CALLING_BACK)).toBe(0)
      expect(story.turns[0]).toMatchObject({ speaker: 'assistant', text: CALLING_BACK })
    })

    const mistaken = atOnce(async () => {
      const consents = [{ purpose: 'informational', source: 'a form' }]
      await rig.admin('PUT', `/contacts/${callee(5).to}`, { consents })
      return callUp(
        rig,
        callee(5),
        {
          outcome: 'answers',
          answeredBy: 'machine_start',
          detectionMs: 3_500,
          script: [...talker('yes, this is a good moment', ITS_ME, 'well, I am quite happy with it'), ...partings],
        },
        { scenario: 'survey', context: { topic: 'your visit', questions: ['Were you happy with it?'] } },
      )
    })
    it('is taken for a machine by mistake, and talks on as if nothing had been', async () => {
      const { result, story } = await mistaken()
      // The plan for machines is to hang up; the verdict came while the assistant was speaking to a person.
      expect(story.answeredBy).toBe('machine')
      const verdictMs = result.timeline.find(({ type, name }) => type === 'callback' && name === 'amd')!.atMs
      expect(verdictMs).toBeGreaterThan(atMs(result, 'caller-stop'))
      expect(verdictMs).toBeLessThan(atMs(result, 'caller-start', 2))
      expect(await heardAt(result.tracks.heard, SURVEYING)).toBe(0)
      expect(story).toMatchObject({ disposition: 'caller_hung_up', outbound: { disposition: 'caller_hung_up' } })
      expect(saidBy(story, 'assistant')).toEqual([
        SURVEYING,
        'Thank you. Do I speak with Callee 5?',
        'Were you happy with it?',
        'Thank you, that was the last question.',
      ])
      expect(story.notes?.map(({ text }) => text)).toEqual([expect.stringContaining('Yes, quite happy.')])
    })

    const unwilling = atOnce(() =>
      callUp(rig, callee(6), { outcome: 'answers', script: [{ wait: 200 }, { say: 'please stop calling me' }] }),
    )
    it('asks not to be called again, and never is', async () => {
      const { story, result } = await unwilling()
      const { to } = callee(6)
      expect(story).toMatchObject({
        disposition: 'assistant_hung_up',
        tools: [{ name: 'stop_calling', outcome: 'done' }],
      })
      const promise = 'I am sorry for the trouble. You will not be called again. Goodbye.'
      expect(await heardAt(result.tracks.heard, promise)).toBe(0)
      expect(await rig.admin('GET', `/do-not-call/${to}`)).toMatchObject({
        status: 200,
        body: { source: 'call', callId: story.callId, reason: 'Asked us to stop calling.' },
      })
      const again = await rig.dial({ ...callee(6) })
      expect(again).toMatchObject({ status: 403, error: { code: 'call_refused', gate: 'do_not_call' } })
      expect([rig.legs(to).length, placements(rig, callee(6)).length]).toEqual([1, 1])
    })

    const booking = atOnce(() =>
      callUp(
        rig,
        JOHN,
        {
          outcome: 'answers',
          script: [
            ...talker(),
            { interrupt: 'what other times could you offer', afterMs: 2_000 },
            afterwards,
            { say: 'book the earlier one for us' },
            ...partings,
          ],
        },
        { scenario: 'confirmation', context: { ...APPOINTMENT, service: 'check-up' } },
      ),
    )
    it('interrupts the opening, and books another time', async () => {
      const { story, result } = await booking()
      expect(atMs(result, 'clear')).toBeLessThan(Infinity)
      const opening = saidBy(story, 'assistant')[0]!
      expect([opening.slice(-1), CONFIRMING.startsWith(opening.slice(0, -2))]).toEqual(['—', true])
      expect(story.tools.map(({ name, outcome }) => [name, outcome])).toEqual([
        ['find_open_slots', 'done'],
        ['book_appointment', 'done'],
      ])
      expect(saidBy(story, 'assistant').at(-1)).toMatch(/^It is booked: check-up/)
    })

    const elsewhere = atOnce(() =>
      callUp(
        rig,
        callee(9),
        {
          outcome: 'answers',
          script: talker('yes, this is a good moment', 'she is out, I only share the house'),
        },
        { ...CONFIRMATION, context: { ...APPOINTMENT, service: 'check-up' } },
      ),
    )
    it('is somebody else, and learns nothing of what the call is about', async () => {
      const { story } = await elsewhere()
      expect(story).toMatchObject({ disposition: 'assistant_hung_up' })
      expect(story.notes).toMatchObject([{ text: 'Somebody else answered.' }, { text: 'outcome: wrong_person' }])
      expect(saidBy(story, 'assistant').join(' ')).not.toMatch(/March|2:30|check-up/)
    })

    const transferring = atOnce(() => {
      rig.callee(SUPPORT, { outcome: 'answers', afterMs: 300, script: [{ wait: 800 }, { hangup: true }] })
      const script = [{ wait: 200 }, { say: 'put me through to a human colleague' }]
      return callUp(rig, callee(8), { outcome: 'answers', script })
    })
    it('is put through to a person', async () => {
      const { story, result } = await transferring()
      expect(story).toMatchObject({
        disposition: 'transferred',
        transfers: [{ kind: 'cold', route: 'support', outcome: 'bridged' }],
        outbound: { state: 'ended', disposition: 'transferred' },
      })
      expect(result.timeline.map(({ type }) => type)).toEqual(expect.arrayContaining(['dial', 'bridged']))
      // What was promised was heard before the stream ended.
      expect(saidBy(story, 'assistant').at(-1)).toMatch(/connect you/)
      expect(atMs(result, 'bridged')).toBeGreaterThan(atMs(result, 'assistant-stop'))
    })
  })

  it('leaves what they have said and wanted on disk, and the model with nothing open or to complain about', async () => {
    const store = await openStore({ url })
    const calls = await store.outbound.recent(20)
    expect(calls).toHaveLength(10)
    expect(calls.filter(({ state }) => state !== 'ended')).toMatchObject([{ state: 'refused', gate: 'do_not_call' }])
    const notes = await Promise.all(calls.map(({ callId }) => store.callNotes.of(callId)))
    expect(
      notes
        .flat()
        .map(({ text }) => text)
        .toSorted(),
    ).toEqual([
      'Asked to be called tomorrow evening.',
      'Somebody else answered.',
      expect.stringContaining('Yes, quite happy.'),
      'outcome: confirmed',
      'outcome: wrong_person',
    ])
    const customers = await openCustomers(store, { demoData: true })
    const [john] = await customers.findByNumber(e164(JOHN.to))
    expect(john).toMatchObject({ firstName: 'John', lastName: 'Miller' })
    await store.close()
    await expect.poll(() => rig.openSessions(), { timeout: 5_000 }).toBe(0)
    expect(rig.model.violations).toEqual([])
    expect(rig.logText()).not.toMatch(/4155552\d{3}|sk-for-tests|00112233445566778899aabbccddeeff/)
  })
})
