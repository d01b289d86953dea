import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import {
  defineMode,
  defineTool,
  fixed,
  hangUpTool,
  live,
  nowOf,
  plainText,
  warmTransferTool,
  type Mode,
  type Tool,
} from '../src/index.ts'
import { modeChecks } from '../src/testing/mode-checks.ts'
import { callOf, defaultFixtures as fixtures } from '../src/testing/mode-fixtures.ts'
import { testMode } from '../src/testing/index.ts'
import { good, goodBut, role, routes } from './good-mode.ts'

const withTools = (...tools: Tool[]): Mode =>
  defineMode({ name: 'bad', prompt: [fixed('Role', 'Help.')], routes: {}, tools })
const tool = (changes: Partial<Tool>): Tool => ({ ...hangUpTool(), ...changes })

testMode(good)

const refusals: Record<string, { readonly check: string; readonly mode: Mode }> = {
  'a tool in camelCase': { check: 'names its tools', mode: withTools(tool({ name: 'hangUp' })) },
  'a tool nobody explains': { check: 'names its tools', mode: withTools(tool({ description: '' })) },
  'a schema that lets anything in': {
    check: 'shows the model',
    mode: withTools(defineTool({ name: 'loose', description: 'Takes what comes.', input: z.object({}), run: () => 1 })),
  },
  'a nested schema that lets anything in': {
    check: 'shows the model',
    mode: withTools(
      defineTool({
        name: 'loose',
        description: 'Takes what comes.',
        input: z.strictObject({ inner: z.looseObject({}) }),
        run: () => 1,
      }),
    ),
  },
  'a hole in the prompt': {
    check: 'writes a prompt',
    mode: defineMode({
      ...good,
      prompt: [role, live('Caller', ({ otherParty: caller }) => `Calls from ${caller.number}.`)],
    }),
  },
  'a prompt that says a name as if it were its own': {
    check: 'keeps the prompt free',
    mode: defineMode({
      ...good,
      prompt: [role, live('Caller', ({ otherParty: caller }) => caller.name && `It is ${plainText(caller.name, 60)}.`)],
    }),
  },
  'a prompt that begins with the caller': {
    check: 'begins the prompt',
    mode: defineMode({ ...good, prompt: [live('Call', ({ callId }) => `This is ${callId}. Connect it.`)] }),
  },
  'a name taken for an instruction': {
    check: 'keeps the prompt free',
    mode: defineMode({ ...good, prompt: [role, live('Caller', ({ otherParty: caller }) => caller.name)] }),
  },
  'a prompt that changes from one moment to the next': {
    check: 'keeps the prompt free',
    mode: defineMode({ ...good, prompt: [role, live('Luck', () => String(Math.random()))] }),
  },
  'data of the call before': {
    check: 'keeps the prompt free',
    mode: (() => {
      const calls: string[] = []
      return defineMode({
        ...good,
        prompt: [role, live('Calls', ({ callId }) => `${calls.push(callId)} ${calls.join()}`)],
      })
    })(),
  },
  'a tool that does not exist': {
    check: 'mentions only tools',
    mode: defineMode({ ...good, prompt: [fixed('Role', 'Use book_slot.')] }),
  },
  'an empty greeting': { check: 'greets in words', mode: defineMode({ ...good, prompt: [role], greeting: () => ' ' }) },
  'a mode that must answer every noise': {
    check: 'can stay silent',
    mode: goodBut({ tools: good.tools.filter(({ effect }) => effect !== 'listen') }),
  },
  'a mode that cannot end the call': {
    check: 'can stay silent',
    mode: goodBut({ tools: good.tools.filter(({ name }) => name !== 'hang_up') }),
  },
  'a route without a way to it': { check: 'can reach', mode: defineMode({ ...good, prompt: [role], tools: [] }) },
  'a route that is no number': {
    check: 'can reach',
    mode: { ...good, routes: { sales: { ...routes.sales, number: '555' as typeof routes.sales.number } } },
  },
  'a tool that takes garbage': {
    check: 'refuses garbage',
    mode: withTools(tool({ invoke: async () => 'fine' })),
  },
  'a tool that shows its insides': {
    check: 'refuses garbage',
    mode: withTools(tool({ invoke: async () => Promise.reject(new TypeError('x.y is not a function')) })),
  },
  'a tool that never ends': {
    check: 'settles every tool',
    mode: withTools(tool({ invoke: () => new Promise(() => {}) })),
  },
}

describe('testMode refuses', () => {
  it.each(Object.entries(refusals))('%s', async (_, { check, mode }) => {
    const name = Object.keys(modeChecks).find((promise) => promise.startsWith(check))!
    await expect((async () => modeChecks[name]!(mode, fixtures))()).rejects.toThrow()
    await expect((async () => modeChecks[name]!(good, fixtures))()).resolves.toBeUndefined()
  })

  it('with every one of its checks', () => {
    const used = Object.values(refusals).map(({ check }) => check)
    expect(Object.keys(modeChecks).filter((promise) => !used.some((check) => promise.startsWith(check)))).toEqual([])
  })
})

describe('testMode takes', () => {
  const kept = async (check: string, mode: Parameters<(typeof modeChecks)[string]>[0]): Promise<void> => {
    const name = Object.keys(modeChecks).find((promise) => promise.startsWith(check))!
    await modeChecks[name]!(mode, fixtures)
  }

  it.each(['¡Hola! Soy el asistente de IA.', '24 Hour Pizza, an AI speaks.', '“Luigi”, an AI speaks.'])(
    'the greeting %s',
    async (words) => kept('greets in words', goodBut({ greeting: () => words })),
  )

  it('a mode that rings people before it connects, and connects nobody unasked', async () =>
    kept('can reach', goodBut({ tools: [warmTransferTool(routes)] })))

  it('an address with an underscore', async () =>
    kept(
      'mentions only tools',
      defineMode({ ...good, prompt: [fixed('Know', 'front_desk@x.example, x.example/a_b')] }),
    ))

  it('what is open at the time of its calls, whenever it is run', () => {
    const { context } = callOf(fixtures.callers[0]!, undefined)
    expect(nowOf(context)).toEqual(fixtures.callers[0]!.startedAt)
  })
})
