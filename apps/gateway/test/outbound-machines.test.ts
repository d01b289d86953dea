import { answeringMachine, recordedAfterBeep, type FarEnd } from '@llc-phone/sim'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { atMs, atOnce, callee, callUp, CALL_TIMEOUT_MS, placements, heardAt, saidBy } from './support/outbound-calls.ts'
import { startOutboundRig, type OutboundRig } from './support/outbound-rig.ts'

const MESSAGE =
  'Hello, this is the AI assistant of Harbor Dental, calling about an appointment. Please call us back on this number.'

/** Words that the simulated model knows for a machine's, as a model would. */
const RECORDED = 'nobody can come to the telephone, please leave us a message after the tone'

const confirmation = { scenario: 'confirmation', context: { appointmentDate: '2099-03-10', appointmentTime: '14:30' } }
/** Its plan for machines is to hang up. */
const survey = { scenario: 'survey', context: { topic: 'your visit', questions: ['Were you happy with it?'] } }

describe.each(['ga', 'flat'] as const)('over the %s dialect', (dialect) => {
  let rig: OutboundRig
  beforeAll(async () => {
    rig = await startOutboundRig({ dialect })
  }, 30_000)
  afterAll(() => rig.close())

  const surveyed = async (n: number, farEnd: FarEnd) => {
    const consents = [{ purpose: 'informational', source: 'a form' }]
    await rig.admin('PUT', `/contacts/${callee(n).to}`, { consents })
    return callUp(rig, callee(n), farEnd, survey)
  }

  describe('a machine that answers', { timeout: CALL_TIMEOUT_MS }, () => {
    const patient = atOnce(() =>
      callUp(rig, callee(20), answeringMachine({ greeting: RECORDED, voice: 'rms', pauseMs: 300 }), confirmation),
    )
    it('is heard out, and has the whole message on its tape after the tone', async () => {
      const { result, story } = await patient()
      expect(result.timeline.some(({ type, text }) => type === 'ended' && text === 'ended by REST')).toBe(true)
      // Not a word went into the greeting.
      const toneMs = result.timeline.find(({ type, text }) => type === 'caller-stop' && text === '(beep)')!.atMs
      expect(atMs(result, 'assistant-start')).toBeGreaterThan(toneMs)
      expect(await heardAt(recordedAfterBeep(result)!, MESSAGE)).toBe(0)
      // The message, and not a word more.
      expect(saidBy(story, 'assistant').join(' ')).toBe(MESSAGE)
      expect(story).toMatchObject({
        answeredBy: 'machine_ended',
        disposition: 'answering_machine',
        outbound: { state: 'ended', answeredBy: 'machine_ended', disposition: 'answering_machine' },
      })
      expect(story.tools.map(({ name }) => name)).toContain('keep_listening')
      expect(placements(rig, callee(20))[0]!.body).toMatchObject({
        MachineDetection: 'DetectMessageEnd',
        AsyncAmd: 'true',
      })
    })

    const wordless = atOnce(() =>
      callUp(
        rig,
        callee(21),
        { outcome: 'answers', answeredBy: 'machine_end_silence', detectionMs: 1_000, script: [{ wait: 60_000 }] },
        confirmation,
      ),
    )
    it('is spoken to on the verdict alone when it has not said a word', async () => {
      const { result, story } = await wordless()
      expect(await heardAt(result.tracks.heard, MESSAGE)).toBe(0)
      expect(story).toMatchObject({ answeredBy: 'machine_ended', disposition: 'answering_machine' })
      // The verdict, and not the patience for somebody silent, had it speak.
      expect(JSON.stringify(story.events!.filter(({ event }) => event.type === 'timerFired'))).not.toContain('opener')
      const lastHeardMs = result.timeline.findLast(({ type }) => type === 'assistant-stop')!.atMs
      expect(atMs(result, 'ended')).toBeGreaterThan(lastHeardMs)
    })

    const unwelcome = atOnce(() =>
      surveyed(22, { outcome: 'answers', answeredBy: 'machine_start', detectionMs: 600, script: [{ wait: 60_000 }] }),
    )
    it('is hung up on at the verdict where the plan says so, without a word', async () => {
      const { result, story } = await unwelcome()
      expect(atMs(result, 'first-audio')).toBe(Infinity)
      const verdictMs = result.timeline.find(({ type, name }) => type === 'callback' && name === 'amd')!.atMs
      expect(atMs(result, 'ended') - verdictMs).toBeLessThan(5_000)
      expect(story).toMatchObject({
        answeredBy: 'machine',
        disposition: 'answering_machine',
        turns: [],
        outbound: { disposition: 'answering_machine', answeredBy: 'machine' },
      })
      expect(placements(rig, callee(22))[0]!.body).toMatchObject({ MachineDetection: 'Enable' })
    })

    const recognised = atOnce(() => surveyed(23, answeringMachine({ greeting: RECORDED, voice: 'rms' })))
    it('is hung up on by the assistant when it was speaking, and nothing is left on the tape', async () => {
      const { result, story } = await recognised()
      expect(story).toMatchObject({
        answeredBy: 'machine',
        // The carrier's verdict may come when the assistant has hung up already.
        disposition: expect.stringMatching(/^(?:answering_machine|assistant_hung_up)$/) as string,
        tools: [{ name: 'hang_up', outcome: 'done' }],
      })
      expect(saidBy(story, 'assistant').join(' ')).not.toMatch(/Harbor Dental/)
      expect(recordedAfterBeep(result)?.some((byte) => byte !== 0xff) ?? false).toBe(false)
    })
  })

  it('leaves the model with nothing open or to complain about', async () => {
    await expect.poll(() => rig.openSessions(), { timeout: 5_000 }).toBe(0)
    expect(rig.model.violations).toEqual([])
  })
})
