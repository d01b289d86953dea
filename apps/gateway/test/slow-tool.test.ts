import { setTimeout as sleep } from 'node:timers/promises'
import { defineMode, defineTool, fixed } from '@llc-phone/core'
import { parseDialogue } from '@llc-phone/sim'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { readyModes } from './support/ready-modes.ts'
import { startWorld, type World } from './support/whole-call.ts'

const CALL_TIMEOUT_MS = 60_000
const TOOL_MS = 2_500
const ANNOUNCES = '+14155550131'
const SILENT = '+14155550132'

const warehouse = (name: string, tool: string) =>
  defineMode({
    name,
    prompt: [fixed('Role', 'You tell callers what is in the warehouse.')],
    greeting: () => 'This is the warehouse.',
    routes: {},
    tools: [
      defineTool({
        name: tool,
        description: 'Counts what is in the warehouse.',
        slow: true,
        input: z.strictObject({}),
        run: async () => sleep(TOOL_MS, { count: 'eleven' }),
      }),
    ],
  })

const dialogue = (tool: string, says?: string) =>
  parseDialogue({
    mode: tool,
    tools: [tool],
    greeting: 'This is the warehouse.',
    unheard: 'Pardon?',
    resumes: 'Anything else?',
    cannot: 'I cannot do that.',
    failed: 'That did not work.',
    exchanges: [
      // oxlint-disable-next-line unicorn/no-thenable -- the word of the data files; it is never a function
      { hearsAnything: true, ...(says ? { says } : {}), calls: { tool }, then: 'There are {output.count} boxes.' },
    ],
  })

/** Silences between the end of the caller's question and the answer that has come, as heard by the caller (ms). */
const silences = ({ timeline }: { timeline: readonly { type: string; atMs: number }[] }): number[] => {
  const asked = timeline.findLast(({ type }) => type === 'caller-stop')!.atMs
  const heard = timeline.filter(({ type, atMs }) => atMs >= asked && type.startsWith('assistant-st'))
  return heard.flatMap(({ type, atMs }, index) =>
    type === 'assistant-start' ? [atMs - (heard[index - 1]?.atMs ?? asked)] : [],
  )
}

describe.concurrent('a tool of two and a half seconds', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({
      dialect: 'ga',
      dialogues: [dialogue('count_aloud', 'I am counting the boxes for you.'), dialogue('count_boxes')],
      configure: async ({ store }) => ({
        messages: store.messages,
        ...readyModes({
          modes: { aloud: warehouse('aloud', 'count_aloud'), silent: warehouse('silent', 'count_boxes') },
          numbers: [
            [ANNOUNCES, 'aloud'],
            [SILENT, 'silent'],
          ],
          unknown: 'aloud',
        }),
      }),
    })
  }, 30_000)
  afterAll(() => world.close())

  const ring = async (to: string) => {
    const script = [{ say: 'what are your opening hours' }]
    const call = world.twilio.placeCall({ to, from: '+14155550198', script, maxSilenceMs: 4_000, maxCallMs: 40_000 })
    const result = await call.ended
    const { turns } = await world.story(call)
    const question = turns.findLastIndex(({ speaker }) => speaker === 'caller')
    return { silences: silences(result), answers: turns.slice(question + 1).map(({ text }) => text) }
  }

  it(
    'is announced by a model that says what it is doing, and its silence is short',
    { timeout: CALL_TIMEOUT_MS },
    async () => {
      const { answers, silences: heard } = await ring(ANNOUNCES)
      expect([answers[0], answers.at(-1)]).toEqual(['I am counting the boxes for you.', 'There are eleven boxes.'])
      expect(Math.max(...heard)).toBeLessThan(2_000)
    },
  )

  it('is covered by words of ours where the model says nothing', { timeout: CALL_TIMEOUT_MS }, async () => {
    const { answers, silences: heard } = await ring(SILENT)
    expect(answers).toEqual(['One moment, please.', 'There are eleven boxes.'])
    expect(Math.max(...heard)).toBeLessThan(2_300)
  })
})
