import type { DialingPolicy } from '@llc-phone/dialer'
import {
  speak,
  type CallerStep,
  type CallResult,
  type FarEnd,
  type RealtimeSession,
  type TimelineType,
} from '@llc-phone/sim'
import { beforeAll, expect, vi } from 'vitest'
import { configureGateway } from '../../gateway.config.ts'
import type { DialAnswer, OutboundRig, OutboundStory } from './outbound-rig.ts'

/** Somebody to call. Every case has a callee of its own, so that calls can go on beside each other. */
export interface Callee {
  readonly to: string
  readonly callerName: string
}

/** Callee `n` of a test file. */
export const callee = (n: number): Callee => ({ to: `+1415555${2_000 + n}`, callerName: `Callee ${n}` })

/** What is left of a call that was placed. */
export interface PlacedCall {
  readonly answer: DialAnswer
  readonly result: CallResult
  readonly story: OutboundStory
  /** The session that was prepared for it. */
  readonly session: RealtimeSession
}

/** A whole call with a person takes this long at most, on a machine that is busy with others. */
export const CALL_TIMEOUT_MS = 90_000

/** No model session may outlive its call by more. */
const OUTLIVES_MS = 5_000

/** The model sessions that were configured for somebody. */
export const sessionsFor = ({ model }: OutboundRig, { callerName }: Callee): readonly RealtimeSession[] =>
  model.sessions.filter(({ config }) => config.instructions.includes(`It is for "${callerName}" `))

/** Requests to place a call to somebody that reached Twilio. */
export const placements = ({ twilio }: OutboundRig, { to }: Callee) =>
  twilio.requests.filter(
    ({ method, path, body }) => method === 'POST' && path.endsWith('/Calls.json') && body.To === to,
  )

/** Waits for the model to be let go, which must not take longer than five seconds. */
export const letGo = (rig: OutboundRig, whom: Callee): Promise<void> =>
  vi.waitFor(() => expect(sessionsFor(rig, whom).filter(({ isOpen }) => isOpen).length).toBe(0), {
    timeout: OUTLIVES_MS,
    interval: 50,
  })

/** Waits for the end of a call that was placed, and for what must come with it. */
export const outcomeOf = async (rig: OutboundRig, whom: Callee, answer: DialAnswer): Promise<PlacedCall> => {
  const leg = rig.leg(whom.to)
  await leg.seen('ended')
  await letGo(rig, whom)
  const [result, story] = await Promise.all([leg.ended, rig.until(answer.callId, 'ended')])
  expect([result.sid, result.errors, result.warnings]).toEqual([answer.callSid, [], []])
  return { answer, result, story, session: sessionsFor(rig, whom)[0]! }
}

/** Calls somebody and waits for the end. */
export const callUp = async (
  rig: OutboundRig,
  whom: Callee,
  farEnd: FarEnd,
  request: Readonly<Record<string, unknown>> = {},
): Promise<PlacedCall> => {
  rig.callee(whom.to, farEnd)
  const answer = await rig.dial({ ...whom, ...request })
  expect(answer).toMatchObject({ status: 201, callId: expect.any(String), callSid: rig.leg(whom.to).sid })
  expect(placements(rig, whom)).toHaveLength(1)
  return outcomeOf(rig, whom, answer)
}

/** Begins what a case is about before the first case is judged: the calls of a group go on beside each other. */
export const atOnce = <Result>(work: () => Promise<Result>): (() => Promise<Result>) => {
  let result: Promise<Result> | undefined
  beforeAll(() => {
    result = work()
    // Told to the case that asks for it.
    result.catch(() => undefined)
  })
  return () => result!
}

/** When the `nth` entry of that type was, in ms since the call was placed; Infinity when it never was. */
export const atMs = ({ timeline }: CallResult, type: TimelineType, nth = 1): number =>
  timeline.filter((entry) => entry.type === type)[nth - 1]?.atMs ?? Infinity

/** What the assistant said, as the gateway tells it. */
export const saidBy = ({ turns }: OutboundStory, who: 'assistant' | 'caller'): string[] =>
  turns.filter(({ speaker }) => speaker === who).map(({ text }) => text)

/** μ-law without its zeros, which is what a pause is made of. */
const squeezed = (audio: Buffer): Buffer => audio.filter((byte) => byte !== 0xff && byte !== 0x7f) as Buffer

/**
 * Where in this audio the assistant says these words, sample for sample from the first to the last: 0 when nothing was said
 * before them, -1 when they never came whole. On a machine that is busy with others pauses may have become longer.
 */
export const heardAt = async (audio: Buffer, words: string): Promise<number> =>
  squeezed(audio).indexOf(squeezed(await speak(words, 'slt')))

/** Answers when the other side has finished, and not in a pause for breath. */
export const afterwards = { listen: true, quietMs: 1_200 } as const

/** Hears to its end what is being said, and hangs up. */
export const partings: readonly CallerStep[] = [afterwards, { hangup: true }]

/** The script of somebody who says hello, and then these things in turn. */
export const talker = (...words: readonly string[]): CallerStep[] => [
  { wait: 200 },
  { say: 'hello' },
  ...words.flatMap((say): CallerStep[] => [afterwards, { say }]),
]

/** gateway.config.ts with another policy. */
export const withPolicy =
  (change: Partial<DialingPolicy>): typeof configureGateway =>
  async (options) => {
    const config = await configureGateway(options)
    const { outbound } = config.seed
    const policy = { ...outbound!.policy, ...change } as NonNullable<typeof outbound>['policy']
    return { ...config, seed: { ...config.seed, outbound: { ...outbound!, policy } } }
  }
