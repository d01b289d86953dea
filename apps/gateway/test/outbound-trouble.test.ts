import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FarEnd, RestFault } from '@llc-phone/sim'
import { openStore } from '@llc-phone/database'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  atMs,
  atOnce,
  callee,
  CALL_TIMEOUT_MS,
  letGo,
  outcomeOf,
  partings,
  placements,
  saidBy,
  sessionsFor,
  talker,
  type Callee,
} from './support/outbound-calls.ts'
import { startOutboundRig, type OutboundRig } from './support/outbound-rig.ts'

const CALLING_BACK =
  'Hello, this is the AI assistant of Harbor Dental, calling you back as you asked. Is this a good moment?'

/** Long enough for a session to open on a machine that is busy with others. */
const PREWARM_TIMEOUT_MS = 2_000

const ringsOn: FarEnd = { outcome: 'answers', afterMs: 60_000 }

/** Somebody who says hello, hears who it is, and hangs up. */
const talks = (afterMs: number, waitMs = 0): FarEnd => ({
  outcome: 'answers',
  afterMs,
  script: [{ wait: waitMs }, ...talker(), ...partings],
})

/** What happens to the next request that places a call. */
const placing = (fault: RestFault): RestFault => ({ method: 'POST', path: '/Calls.json', times: 1, ...fault })

describe.each(['ga', 'flat'] as const)('over the %s dialect', { timeout: CALL_TIMEOUT_MS }, (dialect) => {
  let rig: OutboundRig
  beforeAll(async () => {
    rig = await startOutboundRig({ dialect, variables: { PREWARM_TIMEOUT_MS: String(PREWARM_TIMEOUT_MS) } })
  }, 30_000)
  afterAll(() => rig.close())

  const listings = () =>
    rig.twilio.requests.filter(({ method, path }) => method === 'GET' && path.includes('/Calls.json'))

  /** The ledger's record of a request that was answered with an error. */
  const latest = async () => {
    const { body } = await rig.admin('GET', '/calls')
    const [first] = (body as { calls: { callId: string }[] }).calls
    return rig.told(first!.callId)
  }

  /** Calls somebody with a fault in the way; the talk that follows goes on beside the next ones. */
  const begin = async (whom: Callee, farEnd: FarEnd) => {
    rig.callee(whom.to, farEnd)
    const answer = await rig.dial({ ...whom })
    const outcome = outcomeOf(rig, whom, answer)
    // Told to the case that asks for it.
    outcome.catch(() => undefined)
    return { answer, outcome, beforeAnswer: rig.leg(whom.to).timeline.map(({ type }) => type) }
  }

  describe('a call that begins with trouble is a talk like any other', () => {
    const begun = atOnce(async () => {
      rig.twilio.setFaults({
        rest: placing({ lost: true, accepted: true }),
        dropStatus: ['initiated', 'ringing', 'in-progress'],
      })
      const lost = await begin(callee(60), talks(2_500))
      const listed = listings().length
      await rig.leg(callee(60).to).seen('answered')
      rig.twilio.setFaults({ rest: placing({ heldUntil: 'first-audio' }) })
      const early = await begin(callee(63), talks(300))
      rig.twilio.setFaults({})
      rig.model.setFaults({ neverCreated: true })
      const late = await begin(callee(66), talks(1_500, 1_500))
      rig.model.setFaults({})
      return { lost, listed, early, late }
    })

    it('when Twilio’s answer was lost, and it was found in the list', async () => {
      const { lost, listed } = await begun()
      expect(lost.answer).toMatchObject({ status: 201, state: 'ringing' })
      expect(listed).toBeGreaterThan(0)
      const { story, result } = await lost.outcome
      expect(placements(rig, callee(60))).toMatchObject([{ status: 0 }])
      expect(story.outbound).toMatchObject({ state: 'ended', disposition: 'caller_hung_up' })
      expect(saidBy(story, 'assistant')).toEqual([CALLING_BACK])
      expect(atMs(result, 'first-audio')).toBeGreaterThan(atMs(result, 'caller-stop'))
    })

    it('when they had heard us before Twilio answered that it calls them', async () => {
      const { early } = await begun()
      expect(early.answer).toMatchObject({ status: 201, state: 'answered' })
      expect(early.beforeAnswer).toContain('first-audio')
      const { story } = await early.outcome
      expect(placements(rig, callee(63))).toMatchObject([{ status: 201 }])
      expect(saidBy(story, 'assistant')).toEqual([CALLING_BACK])
      expect(story.outbound).toMatchObject({ state: 'ended', disposition: 'caller_hung_up' })
    })

    it('when the model was late, and was connected once somebody was there', async () => {
      const { late } = await begun()
      expect(late.answer).toMatchObject({ status: 201, state: 'ringing' })
      const { result, story, session } = await late.outcome
      // Only one session came to be configured, after Twilio had been asked; there was no time left to prime it.
      expect(sessionsFor(rig, callee(66))).toHaveLength(1)
      const [placement, ...others] = placements(rig, callee(66))
      expect(others).toEqual([])
      expect(session.log.entries[0]!.atMs).toBeGreaterThan(placement!.atMs)
      expect(session.log.types('client')).not.toContain('conversation.item.delete')
      expect(atMs(result, 'first-audio')).toBeGreaterThan(atMs(result, 'caller-stop'))
      expect(saidBy(story, 'assistant')).toEqual([CALLING_BACK])
      expect(story.outbound).toMatchObject({ state: 'ended', disposition: 'caller_hung_up' })
    })
  })

  it.each([
    ['was lost', { lost: true, accepted: true }],
    ['was an error of Twilio’s', { status: 500, accepted: true }],
  ] as const)('knows a call whose answer %s by its first callback', async (_how, fault) => {
    const whom = callee('lost' in fault ? 61 : 62)
    rig.callee(whom.to, { outcome: 'busy', afterMs: 1_000 })
    rig.twilio.setFaults({ rest: placing(fault) })
    const answer = await rig.dial({ ...whom })
    expect(answer).toMatchObject({ status: 201, callSid: rig.leg(whom.to).sid })
    const { story } = await outcomeOf(rig, whom, answer)
    rig.twilio.setFaults({})
    expect(placements(rig, whom)).toHaveLength(1)
    expect(story.outbound).toMatchObject({ state: 'ended', disposition: 'busy' })
  })

  it('asks again when Twilio takes no more at the moment, and calls once', async () => {
    const whom = callee(64)
    rig.callee(whom.to, { outcome: 'busy', afterMs: 100 })
    rig.twilio.setFaults({ rest: placing({ status: 429, code: 20_429 }) })
    const answer = await rig.dial({ ...whom })
    const { story } = await outcomeOf(rig, whom, answer)
    rig.twilio.setFaults({})
    expect(placements(rig, whom).map(({ status }) => status)).toEqual([429, 201])
    // With the session that was warm already.
    expect(sessionsFor(rig, whom)).toHaveLength(1)
    expect(story.outbound.disposition).toBe('busy')
  })

  it('calls nobody whom Twilio refuses to call, and says why', async () => {
    const whom = callee(65)
    rig.twilio.setFaults({ rest: placing({ status: 400, code: 21_215, message: `${whom.to} is not permitted` }) })
    const answer = await rig.dial({ ...whom })
    rig.twilio.setFaults({})
    expect(answer).toMatchObject({ status: 502, error: { code: 'call_not_placed' } })
    expect(answer.error!.message).toMatch(/geographic permissions/)
    await letGo(rig, whom)
    expect([rig.legs(whom.to), placements(rig, whom).length]).toEqual([[], 1])
    const { outbound } = await latest()
    expect(outbound).toMatchObject({ state: 'failed', problem: answer.error!.message })
  })

  it.each([
    ['the session', 68, { refuseUpdate: { code: 'invalid_value', message: 'Not this voice.' } }, 'model_refused'],
    // The last call of this gateway: afterwards the server counts as out.
    ['the key', 67, { handshakeStatus: 401 }, 'model_unauthorized'],
  ] as const)('calls nobody when the model refuses %s', async (_what, n, faults, code) => {
    rig.model.setFaults(faults)
    const answer = await rig.dial({ ...callee(n) })
    rig.model.setFaults({})
    expect(answer).toMatchObject({ status: 503, error: { code } })
    expect([rig.legs(callee(n).to), placements(rig, callee(n))]).toEqual([[], []])
    expect((await latest()).outbound).toMatchObject({ state: 'failed', problem: answer.error!.message })
    await vi.waitFor(() => expect(rig.openSessions()).toBe(0), { timeout: 5_000 })
  })

  it('rings nobody any more when the gateway stops, and knows it afterwards', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'llc-phone-'))
    const url = `file:${join(folder, 'calls.db')}`
    const stopping = await startOutboundRig({ dialect, drainDeadlineMs: 60_000, variables: { DATABASE_URL: url } })
    try {
      const ringing = [callee(70), callee(71)]
      for (const { to } of ringing) stopping.callee(to, ringsOn)
      const answers = await Promise.all(ringing.map((whom) => stopping.dial({ ...whom })))
      expect(answers).toMatchObject([{ status: 201 }, { status: 201 }])
      await stopping.gateway.stop()
      const results = await Promise.all(ringing.map(({ to }) => stopping.leg(to).ended))
      for (const result of results) {
        expect([atMs(result, 'answered'), atMs(result, 'media-start')]).toEqual([Infinity, Infinity])
        expect(result.timeline.find(({ type }) => type === 'ended')).toMatchObject({ text: 'ended by REST' })
      }
      for (const whom of ringing) await letGo(stopping, whom)
      expect(stopping.openSessions()).toBe(0)
      const store = await openStore({ url })
      const calls = await Promise.all(answers.map(({ callId }) => store.outbound.find(callId)))
      await store.close()
      expect(calls).toMatchObject([
        { state: 'ended', disposition: 'drained' },
        { state: 'ended', disposition: 'drained' },
      ])
    } finally {
      await stopping.close()
      await rm(folder, { recursive: true })
    }
  })

  it('leaves the model with nothing open or to complain about', async () => {
    // After an outage a probe may be on its way.
    await expect.poll(() => rig.openSessions(), { timeout: 5_000 }).toBe(0)
    expect(rig.model.violations).toEqual([])
  })
})
