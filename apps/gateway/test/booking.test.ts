import type { CallerStep } from '@llc-phone/sim'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from './support/whole-call.ts'

type Story = Awaited<ReturnType<World['story']>>

/** Customers in the demo data, each with a number of their own. */
const ANNA = '+14155550199'
const MARCUS = '+14155550198'
const CALL_TIMEOUT_MS = 120_000

const assistantSaid = ({ turns }: Story): string =>
  turns.flatMap(({ speaker, text }) => (speaker === 'assistant' ? [text] : [])).join('\n')

const doneTools = ({ tools }: Story): string[] => tools.map(({ name, outcome }) => `${name}:${outcome}`)

const ring = async (world: World, from: string, says: readonly string[]): Promise<Story> => {
  const script: CallerStep[] = says.map((say) => ({ say }))
  const call = world.twilio.placeCall({ to: world.numbers.csr, from, script })
  const result = await call.ended
  expect(result.errors).toEqual([])
  expect(result.warnings).toEqual([])
  return world.story(call)
}

describe.concurrent('customer service, on the telephone', () => {
  let ga: World
  let flat: World
  beforeAll(async () => {
    ga = await startWorld({ dialect: 'ga' })
    flat = await startWorld({ dialect: 'flat' })
  }, 30_000)
  afterAll(async () => {
    await ga.close()
    await flat.close()
  })

  it(
    'books for one of two callers who want the same time, and offers the other the next',
    { timeout: CALL_TIMEOUT_MS },
    async () => {
      const wishes = ['what free times do you have for a check-up', 'yes, book the first one', 'thank you, goodbye']
      const stories = await Promise.all([ring(ga, ANNA, wishes), ring(ga, MARCUS, wishes)])
      const words = stories.map(assistantSaid)
      const offers = words.map((said) => /I can offer ([^,]+, [^,.]+)/.exec(said)?.[1])
      expect(offers[0]).toBeDefined()
      expect(offers[1], 'both were offered the same time').toBe(offers[0])
      expect(words.filter((said) => said.includes('It is booked'))).toHaveLength(1)
      expect(words.filter((said) => said.includes('that time is taken now. The next one is'))).toHaveLength(1)
      for (const story of stories)
        expect(doneTools(story)).toEqual(['find_open_slots:done', 'book_appointment:done', 'hang_up:done'])
    },
  )

  it('changes contact data only for who has proved who they are', { timeout: CALL_TIMEOUT_MS }, async () => {
    const story = await ring(ga, ANNA, [
      'change my email address please',
      'my postcode is nine four one one zero',
      'change my email address please',
      'thank you, goodbye',
    ])
    expect(doneTools(story)).toEqual([
      'update_customer:failed',
      'verify_identity:done',
      'update_customer:done',
      'hang_up:done',
    ])
    expect(assistantSaid(story)).toMatch(/I have changed your email address/)
  })

  it('moves and cancels an appointment, and notes what was said', { timeout: CALL_TIMEOUT_MS }, async () => {
    const story = await ring(flat, ANNA, [
      'what free times do you have for a check-up',
      'yes, book the first one',
      'move my visit to the second time',
      'cancel the whole thing',
      'please note that I will be late',
      'thank you, goodbye',
    ])
    expect(doneTools(story)).toEqual([
      'find_open_slots:done',
      'book_appointment:done',
      'reschedule_appointment:done',
      'cancel_appointment:done',
      'add_call_note:done',
      'hang_up:done',
    ])
    expect(assistantSaid(story)).toMatch(/It is booked[^]*It is moved to[^]*It is cancelled/)
    expect(story.disposition).toBe('assistant_hung_up')
  })
})
