import type { CallerStep, FarEnd } from '@llc-phone/sim'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  afterwards,
  atMs,
  atOnce,
  callee,
  callUp,
  CALL_TIMEOUT_MS,
  heardAt,
  partings,
  saidBy,
} from './support/outbound-calls.ts'
import { startOutboundRig, type OutboundRig } from './support/outbound-rig.ts'

const WHO = 'Hello, this is the AI assistant of Harbor Dental, calling about an appointment.'

const confirmation = { scenario: 'confirmation', context: { appointmentDate: '2027-03-09', appointmentTime: '14:30' } }
const survey = { scenario: 'survey', context: { topic: 'your visit', questions: ['Were you happy with it?'] } }

/** The telephone asks, thanks, and rings its owner. */
const asks: readonly CallerStep[] = [
  { wait: 300 },
  { say: 'please say your name and why you are calling' },
  afterwards,
  { say: 'thank you, one moment, I am asking them' },
]
const answers = (...script: readonly CallerStep[]): FarEnd => ({ outcome: 'answers', script: [...asks, ...script] })

describe.each(['ga', 'flat'] as const)('over the %s dialect', (dialect) => {
  let rig: OutboundRig
  beforeAll(async () => {
    rig = await startOutboundRig({ dialect })
  }, 30_000)
  afterAll(() => rig.close())

  describe('a telephone that asks who is calling', { timeout: CALL_TIMEOUT_MS * 2 }, () => {
    const came = atOnce(() =>
      callUp(
        rig,
        callee(40),
        // Longer than the assistant is patient with people.
        answers(
          { wait: 14_000 },
          { say: 'good morning, here I am myself' },
          afterwards,
          {
            say: 'yes, this is a good moment',
          },
          afterwards,
          { say: 'no thank you, that is all, goodbye' },
          ...partings,
        ),
        confirmation,
      ),
    )
    it('is told in one sentence, and its owner is talked with when they come', async () => {
      const { result, story } = await came()
      const said = saidBy(story, 'assistant')
      expect(said.slice(0, 2)).toEqual([WHO, 'Thank you for picking up. Is this a good moment?'])
      // Nothing that only the callee may know was said before they came, and nothing at all while they were awaited.
      expect(said.indexOf('We expect you on Tuesday, March 9 at 2:30 PM. Will you be there?')).toBe(2)
      expect(await heardAt(result.tracks.heard, WHO)).toBe(0)
      const cameMs = result.timeline.find(
        ({ type, text }) => type === 'caller-start' && text?.startsWith('good morning'),
      )!.atMs
      const askedMs = result.timeline.find(
        ({ type, text }) => type === 'caller-stop' && text?.startsWith('thank you'),
      )!.atMs
      const between = result.timeline.filter(
        ({ type, atMs: at }) => type === 'assistant-start' && at > askedMs && at < cameMs,
      )
      expect(between).toEqual([])
      expect(story.disposition).toBe('assistant_hung_up')
      expect(story.answeredBy, 'detection took it for a machine').toMatch(/^machine/)
    })

    const wanted = atOnce(async () => {
      const consents = [{ purpose: 'informational', source: 'a form' }]
      await rig.admin('PUT', `/contacts/${callee(41).to}`, { consents })
      return callUp(
        rig,
        callee(41),
        {
          ...answers({ wait: 9_000 }, { say: 'they do not want to talk with you at present' }, { wait: 20_000 }),
          answeredBy: 'machine_start',
          detectionMs: 7_000,
        },
        survey,
      )
    })
    it('is not hung up on by a verdict, and hears goodbye when nobody is available', async () => {
      const { result, story } = await wanted()
      const verdictMs = result.timeline.find(({ type, name }) => type === 'callback' && name === 'amd')!.atMs
      expect(atMs(result, 'ended') - verdictMs).toBeGreaterThan(5_000)
      expect(saidBy(story, 'assistant').at(-1)).toContain('Goodbye')
      expect(story.tools.map(({ name }) => name)).toContain('hang_up')
    })

    const alone = atOnce(() => callUp(rig, callee(42), answers({ wait: 100_000 }), confirmation))
    it('has the message on its recording when nobody ever comes', async () => {
      const { result, story } = await alone()
      const said = saidBy(story, 'assistant')
      expect(said[0]).toBe(WHO)
      expect(said.join(' ')).toContain('Please call us back on this number.')
      expect(story.disposition).toBe('answering_machine')
      // A minute is what people get to come.
      expect(atMs(result, 'assistant-start', 2) - atMs(result, 'assistant-stop', 1)).toBeGreaterThan(50_000)
    })
  })

  it('leaves the model with nothing open or to complain about', () => {
    expect(rig.openSessions()).toBe(0)
    expect(rig.model.violations).toEqual([])
  })
})
