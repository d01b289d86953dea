import { defineMode, defineTool, fixed, pause, systemClock } from '@llc-phone/core'
import { parseDialogue, type CallerStep, type CallResult, type Faults, type RealtimeSession } from '@llc-phone/sim'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { readyModes } from './support/ready-modes.ts'
import { startWorld, type World } from './support/whole-call.ts'

const CALL_TIMEOUT_MS = 80_000
const NUMBER = '+14155550131'
/** Of the first session alone; it is to be replaced two seconds before. */
const EXPIRES_MS = 13_000

const dialogue = parseDialogue({
  mode: 'warehouse',
  tools: ['count_boxes'],
  greeting: 'This is the warehouse.',
  unheard: 'Pardon?',
  resumes: 'Anything else?',
  cannot: 'I cannot do that.',
  failed: 'That did not work.',
  exchanges: [
    { hears: ['what are your opening hours'], says: 'We are open from nine to five.' },
    {
      hears: ['when is my next appointment'],
      says: 'I am counting.',
      calls: { tool: 'count_boxes' },
      // oxlint-disable-next-line unicorn/no-thenable -- the word of the data files; it is never a function
      then: 'There are {output.count} boxes.',
    },
  ],
})

/** A gateway whose first model session is short; its tool ends when `isDone` of the world says so. */
const open = async (dialect: 'ga' | 'flat', first: Faults, isDone: (world: World) => boolean) => {
  let runs = 0
  const count = defineTool({
    name: 'count_boxes',
    description: 'Counts what is in the warehouse.',
    input: z.strictObject({}),
    timeoutMs: 40_000,
    async run() {
      runs++
      // oxlint-disable-next-line no-await-in-loop -- it waits
      while (!isDone(world)) await pause(systemClock, 50)
      return { count: 'eleven' }
    },
  })
  const mode = defineMode({
    name: 'warehouse',
    prompt: [fixed('Role', 'You tell callers what is in the warehouse.')],
    greeting: () => 'This is the warehouse.',
    routes: {},
    tools: [count],
  })
  const world: World = await startWorld({
    dialect,
    variables: { OPENAI_REALTIME_DIALECT: dialect },
    dialogues: [dialogue],
    faults: ({ index }) => (index === 0 ? first : {}),
    configure: async ({ store }) => ({
      messages: store.messages,
      ...readyModes({ modes: { mode }, numbers: [[NUMBER, 'mode']], unknown: 'mode' }),
    }),
  })
  return { world, runs: () => runs }
}

const ring = async (world: World, script: CallerStep[]) => {
  const call = world.twilio.placeCall({
    to: NUMBER,
    from: '+14155550198',
    script,
    maxSilenceMs: 5_000,
    maxCallMs: 60_000,
  })
  const result = await call.ended
  const story = await world.story(call)
  return { result, story, happened: (type: string) => story.events?.filter(({ event }) => event.type === type).length }
}

/** The longest silence between the end of the caller's words and the next sound (ms). */
const longestWait = ({ timeline }: CallResult): number => {
  const waits = timeline.flatMap(({ type, atMs }, index) => {
    const next = timeline.slice(index).find((later) => later.type === 'assistant-start')
    return type === 'caller-stop' && next ? [next.atMs - atMs] : []
  })
  return Math.max(...waits)
}

const callsIn = ({ items }: RealtimeSession) =>
  items.filter(({ type }) => type !== 'message').map(({ type, output }) => (type === 'function_call' ? type : output))

const said = (turns: readonly { speaker: string; text: string }[]) =>
  turns.filter(({ speaker }) => speaker === 'assistant').map(({ text }) => text)

describe.concurrent('a call that outlives its session', () => {
  it.each(['ga', 'flat'] as const)(
    'goes on over %s, and the caller hears nothing of it',
    { timeout: CALL_TIMEOUT_MS },
    async (dialect) => {
      const { world, runs } = await open(dialect, { expireAfterMs: EXPIRES_MS }, () => true)
      try {
        const { result, story, happened } = await ring(world, [
          { say: 'when is my next appointment' },
          { wait: 12_000 },
          { say: 'what are your opening hours' },
        ])
        expect([happened('modelReplaced'), happened('modelLost'), story.phase]).toEqual([1, 0, 'ended'])
        expect(said(story.turns)).toEqual([
          'This is the warehouse.',
          'I am counting.',
          'There are eleven boxes.',
          'We are open from nine to five.',
        ])
        expect(longestWait(result)).toBeLessThan(2_500)
        expect(callsIn(world.model.sessions[1]!)).toEqual(['function_call', '{"count":"eleven"}'])
        expect(runs()).toBe(1)
        const metrics = await fetch(`${world.publicUrl}/metrics`, {
          headers: { authorization: 'Bearer an-admin-token-for-tests' },
        })
        expect(await metrics.text()).toMatch(/^llc_session_refreshes_total\{result="replaced"\} 1$/m)
        expect(world.model.violations).toEqual([])
      } finally {
        await world.close()
      }
    },
  )

  it(
    'has the result of a tool that runs across it spoken by the new session',
    { timeout: CALL_TIMEOUT_MS },
    async () => {
      const isReplaced = ({ model }: World) => model.sessions.length > 1 && !model.sessions[0]!.isOpen
      const { world, runs } = await open('ga', { expireAfterMs: EXPIRES_MS }, isReplaced)
      try {
        const { story, happened } = await ring(world, [{ say: 'when is my next appointment' }, { wait: 16_000 }])
        expect([happened('modelReplaced'), happened('modelLost')]).toEqual([1, 0])
        expect(said(story.turns).at(-1)).toBe('There are eleven boxes.')
        expect(callsIn(world.model.sessions[1]!)).toEqual(['function_call', '{"count":"eleven"}'])
        expect(runs()).toBe(1)
        expect(world.model.violations).toEqual([])
      } finally {
        await world.close()
      }
    },
  )
})

it(
  'the output of a tool reaches the next session when the connection is lost meanwhile',
  { timeout: CALL_TIMEOUT_MS },
  async () => {
    let isBack = false
    const { world, runs } = await open('ga', {}, ({ model }) => {
      if (model.sessions.length === 1) model.sessions[0]!.drop(1006)
      isBack ||=
        model.sessions[1]?.items.some(
          ({ role, content }) => role === 'assistant' && content?.[0]?.type === 'output_audio',
        ) ?? false
      return isBack
    })
    try {
      const { story, happened } = await ring(world, [{ say: 'when is my next appointment' }, { wait: 8_000 }])
      expect(happened('modelLost')).toBe(1)
      expect(said(story.turns).at(-1)).toBe('There are eleven boxes.')
      expect(callsIn(world.model.sessions[1]!)).toEqual(['function_call', '{"count":"eleven"}'])
      expect(runs()).toBe(1)
      expect(world.model.violations).toEqual([])
    } finally {
      await world.close()
    }
  },
)
