import type { CallerStep, CallResult, SimCall, TimelineType } from '@llc-phone/sim'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from './support/whole-call.ts'

/** Anna Keller in the demo data. */
const CALLER = '+14155550199'
const CALL_TIMEOUT_MS = 90_000

interface Conversation {
  readonly script: CallerStep[]
  /** Tools that ran, in order. */
  readonly tools: readonly string[]
  /** Said by the assistant, in order, other things between. */
  readonly says: readonly RegExp[]
}

const conversations: Record<'ivr' | 'receptionist' | 'csr', Conversation> = {
  ivr: {
    script: [
      { say: 'what can you do for me here' },
      { interrupt: 'what are your opening hours', afterMs: 4_000 },
      { say: 'goodbye' },
    ],
    tools: ['hang_up'],
    says: [/Thank you for calling Harbor Dental/, /open/, /bye/i],
  },
  receptionist: {
    script: [
      { say: 'how do I find your office' },
      { interrupt: 'can I leave a message for Anna', afterMs: 4_000 },
      { say: 'goodbye' },
    ],
    tools: ['take_message', 'hang_up'],
    says: [/Harbor Dental/, /message/, /bye/i],
  },
  csr: {
    script: [
      { say: 'how does your service work' },
      { interrupt: 'do you know who I am', afterMs: 4_000 },
      { say: 'when is my next appointment' },
      { say: 'thank you, goodbye' },
    ],
    tools: ['lookup_customer', 'get_appointments', 'hang_up'],
    says: [/Harbor Dental/, /your record here, Anna Keller/, /next appointment is dental cleaning/, /goodbye/i],
  },
}

const entries = (result: CallResult, type: TimelineType) => result.timeline.filter((entry) => entry.type === type)

const assistantText = (turns: readonly { speaker: string; text: string }[]) =>
  turns.filter(({ speaker }) => speaker === 'assistant').map(({ text }) => text)

describe.each(['ga', 'flat'] as const)('over the %s dialect', (dialect) => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({ dialect })
  }, 30_000)
  afterAll(() => world.close())

  describe.concurrent('a whole call', () => {
    it.each(['ivr', 'receptionist', 'csr'] as const)(
      '%s: greeting, a turn, barge-in, a tool, goodbye heard before the hang-up',
      { timeout: CALL_TIMEOUT_MS },
      async (mode) => {
        const { script, tools, says } = conversations[mode]
        const call: SimCall = world.twilio.placeCall({ to: world.numbers[mode], from: CALLER, script })
        const result = await call.ended
        const story = await world.story(call)

        expect(result.errors).toEqual([])
        expect(result.warnings).toEqual([])
        expect(story).toMatchObject({ mode, phase: 'ended', disposition: 'assistant_hung_up', caller: '+1415•••0199' })
        expect(story.promptVersion).toMatch(/^[0-9a-f]{12}$/)
        expect(world.logText()).toContain(`"promptVersion":"${story.promptVersion}"`)

        const spoken = assistantText(story.turns).join('\n')
        let from = 0
        for (const pattern of says) {
          const match = pattern.exec(spoken.slice(from))
          expect([pattern.source, spoken, match !== null]).toEqual([pattern.source, spoken, true])
          from += match!.index + match![0].length
        }
        expect(story.tools.map(({ name, outcome }) => [name, outcome])).toEqual(tools.map((name) => [name, 'done']))

        // The interruption: playback was cut in the middle of a sentence, and nothing of it was heard afterwards.
        const clears = entries(result, 'clear')
        expect(clears.length).toBeGreaterThanOrEqual(1)
        expect(Math.max(...clears.map(({ tookMs }) => tookMs ?? 0))).toBeGreaterThan(200)
        expect(story.turns.some(({ speaker, text }) => speaker === 'assistant' && text.endsWith('—'))).toBe(true)

        // The goodbye: the last words were played to their end before the leg was ended by REST.
        const lastStop = entries(result, 'assistant-stop').at(-1)!
        const lastClear = clears.at(-1)!
        expect(lastStop.atMs).toBeGreaterThan(lastClear.atMs)
        expect(entries(result, 'ended')[0]!.atMs).toBeGreaterThanOrEqual(lastStop.atMs)
        expect(world.twilio.requests).toContainEqual(
          expect.objectContaining({
            method: 'POST',
            path: expect.stringContaining(`/Calls/${call.sid}.json`),
            body: expect.objectContaining({ Status: 'completed' }),
            status: 200,
          }),
        )
        expect(story.latency.webhook_to_answer?.[0]).toBeLessThan(500)
        expect(story.latency.speech_end_to_frame?.length).toBeGreaterThanOrEqual(2)
      },
    )
  })

  it('left the model nothing to complain about, and no number or key in the log', () => {
    expect(world.model.violations).toEqual([])
    const wire = dialect === 'ga' ? 'response.output_audio.delta' : 'response.audio.delta'
    expect(world.model.sessions.some(({ log }) => log.entries.some(({ event }) => event.type === wire))).toBe(true)
    expect(world.logText()).not.toMatch(/4155550199|sk-for-tests|00112233445566778899aabbccddeeff/)
    expect(world.logText().match(/"msg":"call ended"/g)).toHaveLength(3)
  })
})
