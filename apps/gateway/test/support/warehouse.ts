import { defineMode, defineTool, e164, fixed, hangUpTool, transferTool, type CallOptions } from '@llc-phone/core'
import { shippedIn } from '@llc-phone/phrases'
import {
  parseDialogue,
  type CallerStep,
  type CallResult,
  type PlaceCallOptions,
  type RealtimeServerOptions,
} from '@llc-phone/sim'
import { expect, vi, type TestContext } from 'vitest'
import * as z from 'zod'
import { readyModes } from './ready-modes.ts'
import type { PricedCall } from '../../src/watching/call-log.ts'
import { hardships } from './caller-heard.ts'
import { startWorld, type World } from './whole-call.ts'

export const WAREHOUSE = '+14155550131'
export const PERSON = '+14155550181'
const FALLBACK = '+14155550112'

/** What callers say here, and what they hear. */
export const asks = { say: 'what are your opening hours' }
export const asksForCount = { say: 'when is my next appointment' }
export const asksForPerson = { say: 'I have a question about my bill' }
export const leaves = { say: 'goodbye' }
export const says = {
  greeting: 'This is the warehouse.',
  hours: 'We are open from nine to five, but not on Sunday.',
  count: 'There are eleven boxes.',
  failed: 'That did not work.',
  goodbye: 'Thank you for calling. Goodbye.',
} as const

const dialogue = parseDialogue({
  mode: 'warehouse',
  tools: ['count_boxes'],
  greeting: says.greeting,
  unheard: 'Pardon?',
  resumes: 'What else?',
  cannot: 'I cannot do that.',
  failed: says.failed,
  exchanges: [
    { hears: [asks.say], says: says.hours },
    // oxlint-disable-next-line unicorn/no-thenable -- the word of the data files; it is never a function
    { hears: [asksForCount.say], calls: { tool: 'count_boxes' }, then: 'There are {output.count} boxes.' },
    {
      hears: [asksForPerson.say],
      says: 'I will connect you.',
      calls: { tool: 'transfer_call', arguments: { destination: 'sales', reason: 'A bill' } },
      // oxlint-disable-next-line unicorn/no-thenable
      then: 'Nobody is there.',
    },
    // oxlint-disable-next-line unicorn/no-thenable
    { hears: [leaves.say], calls: { tool: 'hang_up' }, then: says.goodbye },
  ],
})

const routes = { sales: { number: e164(PERSON), label: 'the sales team', when: 'orders' } } as const

/** The number of a warehouse: what its tool does is the test's. */
const warehouse = (count: () => unknown, timeoutMs: number | undefined) =>
  defineMode({
    name: 'warehouse',
    prompt: [fixed('Role', 'You tell callers what is in the warehouse.')],
    greeting: () => says.greeting,
    routes,
    tools: [
      defineTool({
        name: 'count_boxes',
        description: 'Counts what is in the warehouse.',
        input: z.strictObject({}),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        run: async () => (await count()) as object,
      }),
      transferTool(routes),
      hangUpTool(),
    ],
  })

/** A gateway with one number, whose talks are short; it ends with the test. */
export const openWarehouse = async (
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  {
    count = () => ({ count: 'eleven' }),
    timeoutMs,
    options = {},
    ...rest
  }: {
    readonly count?: () => unknown
    readonly timeoutMs?: number
    readonly options?: CallOptions
    readonly faults?: RealtimeServerOptions['faults']
    readonly variables?: Record<string, string>
  } = {},
): Promise<World> => {
  const world = await startWorld({
    dialect: 'ga',
    dialogues: [dialogue],
    ...rest,
    variables: { OPENAI_REALTIME_DIALECT: 'ga', ...rest.variables },
    configure: async ({ store }) => ({
      messages: store.messages,
      ...readyModes({
        modes: { warehouse: warehouse(count, timeoutMs) },
        numbers: [[WAREHOUSE, 'warehouse', options]],
        unknown: 'warehouse',
        fallback: { number: e164(FALLBACK), label: 'the support desk' },
      }),
    }),
  })
  onTestFinished(() => world.close())
  world.twilio.setFarEnd(() => ({ outcome: 'answers', hangsUpAfterMs: 500 }))
  return world
}

/** A call that is over. */
interface Talk {
  readonly result: CallResult
  readonly story: PricedCall
  /** What the model has said. */
  readonly said: readonly string[]
  /** Words of ours that bridged a silence: on a busy machine also where nothing is wrong. */
  readonly bridged: readonly string[]
  /** What the caller had to bear. */
  readonly bore: readonly string[]
}

const phrases = new Set(Object.values(shippedIn('en')!.phrases).map(({ text }) => text))

/** Rings, and waits for the end of the call; `greeted` is done once the first words were heard. */
export const ring = async (
  world: World,
  script: CallerStep[],
  { greeted, ...more }: Partial<PlaceCallOptions> & { readonly greeted?: () => void } = {},
): Promise<Talk> => {
  const call = world.twilio.placeCall({
    to: WAREHOUSE,
    from: '+14155550198',
    script,
    maxSilenceMs: 6_000,
    maxCallMs: 60_000,
    ...more,
  })
  if (greeted) void call.seen('assistant-stop').then(greeted)
  return over(world, call, await call.ended)
}

/** The same of a call that the test has led. */
export const over = async (world: World, call: Parameters<World['story']>[0], result: CallResult): Promise<Talk> => {
  const story = await world.story(call)
  const words = story.turns.flatMap(({ speaker, text }) => (speaker === 'assistant' ? [text] : []))
  return {
    result,
    story,
    said: words.filter((text) => !phrases.has(text)),
    bridged: words.filter((text) => phrases.has(text)),
    bore: hardships(result, story),
  }
}

/** Nothing of a call is left at the model, which was told nothing that it could not follow. */
export const expectNothingLeft = async ({ model }: World): Promise<void> => {
  await vi.waitFor(() => expect(model.sessions.filter(({ isOpen }) => isOpen)).toEqual([]), { timeout: 5_000 })
  expect(model.violations).toEqual([])
}

/** The caller was told that it does not work, and put through to the fallback route. */
export const expectHandedOn = ({ result, story }: Talk): void => {
  expect(story).toMatchObject({ phase: 'ended', disposition: 'fallback' })
  expect(result.timeline.find(({ type }) => type === 'say')?.text).toMatch(/^We are sorry/)
  expect(result.timeline.some(({ type }) => type === 'bridged')).toBe(true)
}
