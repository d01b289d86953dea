import {
  parseDialogue,
  type CallerStep,
  type CallResult,
  type RealtimeSession,
  type SimCall,
  type TimelineType,
} from '@llc-phone/sim'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from './support/whole-call.ts'

const CALL_TIMEOUT_MS = 60_000
const PARTING = 'Thank you very much for calling us, and have a good day.'
const CONNECTING = 'I will connect you with our billing department, please hold the line.'

/** A model that does what it does while it is still saying so, as the current ones do. */
const dialogue = parseDialogue({
  mode: 'busy',
  tools: ['transfer_call'],
  greeting: 'Good morning.',
  unheard: 'Pardon?',
  resumes: 'What else can I do?',
  cannot: 'I cannot do that.',
  failed: 'That did not work.',
  exchanges: [
    {
      hears: ['goodbye'],
      says: PARTING,
      calls: { tool: 'hang_up' },
      // oxlint-disable-next-line unicorn/no-thenable -- the word of the data files; it is never a function
      then: 'Goodbye.',
    },
    {
      hears: ['I have a question about my bill'],
      says: CONNECTING,
      calls: { tool: 'transfer_call', arguments: { destination: 'billing', reason: 'A bill' } },
      // oxlint-disable-next-line unicorn/no-thenable -- the word of the data files; it is never a function
      then: 'One moment please.',
    },
  ],
})

let world: World
beforeAll(async () => {
  world = await startWorld({ dialect: 'ga', dialogues: [dialogue], variables: { OPENAI_MODEL: 'gpt-realtime-2.1' } })
}, 30_000)
afterAll(() => world.close())

const at = (result: CallResult, type: TimelineType) =>
  result.timeline.filter((entry) => entry.type === type).map(({ atMs }) => atMs)

/** Whether the call was begun between two pieces of the voice. */
const wasCalledWhileSpeaking = ({ log }: RealtimeSession): boolean => {
  const events = log.entries.filter(({ from }) => from === 'server').map(({ event }) => event)
  const begun = events.findIndex(
    ({ type, item }) => type === 'response.output_item.added' && (item as { type: string }).type === 'function_call',
  )
  const isVoice = ({ type }: { type: string }) => type === 'response.output_audio.delta'
  const ended = events.findIndex(({ type }, index) => index > begun && type === 'response.output_audio.done')
  return begun > 0 && events.slice(0, begun).some(isVoice) && events.slice(begun, ended).some(isVoice)
}

const ring = async (script: CallerStep[]) => {
  const call: SimCall = world.twilio.placeCall({ to: world.numbers.ivr, from: '+14155550198', script })
  const result = await call.ended
  const story = await world.story(call)
  const said = story.turns.filter(({ speaker }) => speaker === 'assistant').map(({ text }) => text)
  return { call, result, story, said }
}

describe('a model that calls a tool while it is still speaking', () => {
  it('is heard to the end of its goodbye before the call is ended', { timeout: CALL_TIMEOUT_MS }, async () => {
    const { result, story, said } = await ring([{ say: 'goodbye' }])
    expect(wasCalledWhileSpeaking(world.model.sessions[0]!)).toBe(true)
    expect(said.at(-1), 'and hears no second one').toBe(PARTING)
    expect(story.tools.map(({ name, outcome }) => [name, outcome])).toEqual([['hang_up', 'done']])
    expect(story).toMatchObject({ disposition: 'assistant_hung_up' })
    expect(at(result, 'ended')[0]).toBeGreaterThanOrEqual(at(result, 'assistant-stop').at(-1)!)
    expect([result.errors, result.warnings]).toEqual([[], []])
  })

  it('is heard to the end of its sentence before the caller is connected', { timeout: CALL_TIMEOUT_MS }, async () => {
    world.twilio.setFarEnd(() => ({ outcome: 'answers', hangsUpAfterMs: 1_000 }))
    const { result, story, said } = await ring([
      { say: 'I have a question about my bill' },
      { listen: true as const, maxMs: 20_000 },
    ])
    expect(wasCalledWhileSpeaking(world.model.sessions[1]!)).toBe(true)
    expect(said).toContain(CONNECTING)
    expect(story).toMatchObject({ disposition: 'transferred' })
    expect(at(result, 'dial')[0]).toBeGreaterThan(at(result, 'assistant-stop').at(-1)!)
    expect([result.errors, result.warnings]).toEqual([[], []])
    expect(world.model.violations).toEqual([])
  })
})
