import type { CallerStep, FarEnd } from '@llc-phone/sim'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  afterwards,
  atMs,
  callee,
  callUp,
  CALL_TIMEOUT_MS,
  heardAt,
  partings,
  saidBy,
  type PlacedCall,
} from './support/outbound-calls.ts'
import { startOutboundRig, type OutboundRig } from './support/outbound-rig.ts'

const WHO = 'Hello, this is the AI assistant of Harbor Dental, calling about an appointment.'

/** In three weeks, whenever this runs: an appointment that has passed is not confirmed. */
const appointmentDate = new Date(Date.now() + 21 * 86_400_000).toISOString().slice(0, 10)
const confirmation = { scenario: 'confirmation', context: { appointmentDate, appointmentTime: '14:30' } }
const survey = { scenario: 'survey', context: { topic: 'your visit', questions: ['Were you happy with it?'] } }

/** The telephone asks, thanks, and rings its owner. */
const asks: readonly CallerStep[] = [
  { wait: 300 },
  { say: 'please say your name and why you are calling' },
  afterwards,
  { say: 'thank you, one moment, I am asking them' },
]
const answers = (...script: readonly CallerStep[]): FarEnd => ({ outcome: 'answers', script: [...asks, ...script] })

/** Words of our own, which bridge the wait for a model that is slow on a busy machine. */
const isOurs = (text: string): boolean => /^(One moment, please|I am still here)/.test(text)
const saidIn = (story: PlacedCall['story']) => saidBy(story, 'assistant').filter((text) => !isOurs(text))

/** How often something was heard between the end of the recorded voice's words and the person. */
const heardBetween = ({ timeline }: PlacedCall['result'], from: string, to: string): number => {
  const atOf = (type: string, begins: string) =>
    timeline.find((entry) => entry.type === type && entry.text?.startsWith(begins))!.atMs
  const [askedMs, cameMs] = [atOf('caller-stop', from), atOf('caller-start', to)]
  return timeline.filter(({ type, atMs: at }) => type === 'assistant-start' && at > askedMs && at < cameMs).length
}

describe.each(['ga', 'flat'] as const)('over the %s dialect', (dialect) => {
  let rig: OutboundRig
  beforeAll(async () => {
    rig = await startOutboundRig({ dialect })
    // On a busy machine the database may still be opening, and nobody is called without it.
    const storage = async () =>
      ((await (await fetch(`${rig.publicUrl}/readyz`)).json()) as { storage?: string }).storage
    await vi.waitFor(async () => expect(await storage()).not.toBe('unavailable'), { timeout: 20_000, interval: 100 })
  }, 60_000)
  afterAll(() => rig.close())

  /** Nobody comes to this one, which is waited for in silence beside the others. */
  let alone: Promise<PlacedCall>
  beforeAll(async () => {
    alone = callUp(rig, callee(42), answers({ wait: 100_000 }), confirmation)
    // Told to the case that asks for it.
    alone.catch(() => undefined)
    await vi.waitFor(() => rig.leg(callee(42).to), { timeout: 20_000, interval: 100 })
    await rig.leg(callee(42).to).seen('assistant-stop')
  }, 60_000)

  // One after the other: several at once on a busy machine are answered too late for what is asked.
  describe('a telephone that asks who is calling', { timeout: CALL_TIMEOUT_MS * 2 }, () => {
    it('is told in one sentence, and its owner is talked with when they come', async () => {
      const { result, story } = await callUp(
        rig,
        callee(40),
        answers(
          // Longer than the assistant is patient with people.
          { wait: 14_000 },
          { say: 'good morning, here I am myself' },
          afterwards,
          { say: 'yes, this is a good moment' },
          afterwards,
          { say: 'of course, you have reached me' },
          afterwards,
          { say: 'no thank you, that is all, goodbye' },
          ...partings,
        ),
        confirmation,
      )
      const said = saidIn(story)
      expect(said.slice(0, 3)).toEqual([
        WHO,
        'Thank you for picking up. Is this a good moment?',
        'Thank you. Do I speak with Callee 40?',
      ])
      // What only the callee may know was said to them alone, and nobody was asked whether they are still there.
      expect(said.slice(3).join(' ')).toMatch(/We expect you on .+ at 2:30 PM\. Will you be there\?/)
      expect(said.join(' ')).not.toContain('still there')
      // Nothing of the model's while they were awaited.
      const bridges = saidBy(story, 'assistant').filter(isOurs).length
      expect(heardBetween(result, 'thank you, one moment', 'good morning')).toBeLessThanOrEqual(bridges)
      expect(await heardAt(result.tracks.heard, WHO)).toBe(0)
      expect(story.disposition).toBe('assistant_hung_up')
      expect(story.answeredBy, 'detection took it for a machine').toMatch(/^machine/)
    })

    it('is not hung up on by a verdict, and hears goodbye when nobody is available', async () => {
      const consents = [{ purpose: 'informational', source: 'a form' }]
      await rig.admin('PUT', `/contacts/${callee(41).to}`, { consents })
      const farEnd = answers({ wait: 9_000 }, { say: 'they do not want to talk with you at present' }, { wait: 20_000 })
      const { result, story } = await callUp(
        rig,
        callee(41),
        { ...farEnd, answeredBy: 'machine_start', detectionMs: 7_000 },
        survey,
      )
      const verdictMs = result.timeline.find(({ type, name }) => type === 'callback' && name === 'amd')!.atMs
      expect(atMs(result, 'ended') - verdictMs).toBeGreaterThan(5_000)
      expect(saidIn(story).at(-1)).toContain('Goodbye')
      expect(story.tools.map(({ name }) => name)).toContain('hang_up')
    })

    it('has the message on its recording when nobody ever comes', async () => {
      const { story } = await alone
      const said = saidIn(story)
      expect(said[0]).toBe(WHO)
      expect(said.at(-1)).toContain('Please call us back on this number.')
      expect(story.disposition).toBe('answering_machine')
      // A minute is what people get to come.
      expect(JSON.stringify(story.events!.filter(({ event }) => event.type === 'timerFired'))).toContain('screening')
    })

    it('leaves the model with nothing open or to complain about', async () => {
      await expect.poll(() => rig.openSessions(), { timeout: 5_000 }).toBe(0)
      expect(rig.model.violations).toEqual([])
    })
  })
})
