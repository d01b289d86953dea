import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { defineTool, fixed, live, whatYouKnow, type Mode, type Tool } from '../src/index.ts'
import { tokensOf } from '../src/testing/count-tokens.ts'
import { renderGolden } from '../src/testing/golden.ts'
import { defaultFixtures, type ModeFixtures } from '../src/testing/mode-fixtures.ts'
import { promptChecks } from '../src/testing/prompt-checks.ts'
import { toolChecks } from '../src/testing/tool-checks.ts'
import { cancelOrder, findOrder, good, goodBut, now, role, steps, style } from './good-mode.ts'

const checks = { ...promptChecks, ...toolChecks }

const tools: readonly Tool[] = good.tools
const changed = (name: string, changes: Partial<Tool>): Tool[] =>
  tools.map((tool) => (tool.name === name ? { ...tool, ...changes } : tool))
const answering = (name: string, say: string): Mode =>
  goodBut({ tools: changed(name, { invoke: async () => ({ status: 'done', say }) }) })
const withLine = (line: string): Mode => goodBut({ prompt: [role, style, steps, fixed('More', line), now] })
const withLive = (line: string): Mode =>
  goodBut({ prompt: [role, style, steps, live('Now', ({ startedAt }) => `It is ${startedAt.toISOString()}. ${line}`)] })

/** Bad modes by what is wrong with them: the check that has to fail, the mode, and words of the failure. */
const bad: Record<string, readonly [check: string, mode: Mode, says: RegExp, fixtures?: Partial<ModeFixtures>]> = {
  'a tool that no rule calls': [
    'names each',
    goodBut({ prompt: [role, style, fixed('What you do', 'Help with find_order, transfer_call and hang_up.'), now] }),
    /cancel_order/,
  ],
  'a tool that comes after the first reply': [
    'has the tools',
    { ...good, greetingShield: 'off' },
    /find_order[^]*cancel_order/,
  ],
  'a long prompt': ['keeps its prompt', withLine('Be brief. '.repeat(300)), /\d+ tokens of prompt, 700 allowed/],
  'tools that take long to read': [
    'keeps its tools',
    goodBut({ tools: changed('find_order', { description: 'Tells where an order is. '.repeat(200) }) }),
    /\d+ tokens of tools, 1000 allowed/,
  ],
  'a greeting that might be a person': [
    'says that it is an AI',
    goodBut({ greeting: () => 'Hello, this is the automated assistant.' }),
    /the greeting does not say/,
  ],
  'a prompt that lets it deny': [
    'says that it is an AI',
    goodBut({ prompt: [role, fixed('How you speak', 'Be brief; call keep_listening on noise.'), steps, now] }),
    /the prompt does not say/,
  ],
  'one absolute after the other': [
    'uses words',
    withLine('Never ask. Never tell. Always wait. You must wait. Only wait. Never, only, always, must.'),
    /9 absolutes, 8 allowed/,
  ],
  'a goodbye beside a tool that says it': [
    'gives no two orders',
    withLine('When the caller is done, say goodbye and call hang_up.'),
    /callers would hear two/,
  ],
  'an announcement beside a tool that makes it': [
    'gives no two orders',
    withLine('For prices, say that you are connecting them and call transfer_call.'),
    /callers would hear two/,
  ],
  'a list that is forbidden and asked for': [
    'gives no two orders',
    goodBut({
      prompt: [role, style, steps, fixed('More', 'Never read out lists.'), now],
      tools: changed('find_order', {
        invoke: async () => ({ say: 'Say in one sentence which keys to press: 1, 2, 3.' }),
      }),
    }),
    /what is to be listed/,
  ],
  'a language that follows every accent': [
    'gives no two orders',
    withLine('If the caller speaks another language, use theirs.'),
    /accent/,
  ],
  'a call that may not be ended where it is to be': [
    'gives no two orders',
    goodBut({
      prompt: [role, style, steps, fixed('More', 'A recording: call hang_up.'), now],
      tools: changed('hang_up', { description: 'Ends the call, only when the caller has said goodbye.' }),
    }),
    /could not be ended/,
  ],
  'an order for one call': ['keeps orders out', withLive('Ask them for their birth date.'), /gives an order/],
  'an order behind a fact': ['keeps orders out', withLive('The office is closed; say so.'), /gives an order/],
  'a phrase that is shown twice': [
    'quotes a sample',
    goodBut({
      prompt: [role, style, steps, fixed('More', 'Say "let me look into that for you".'), now],
      tools: changed('find_order', { description: 'Finds an order. Say "Let me look into that for you" first.' }),
    }),
    /stands twice/,
  ],
  'a rule that nothing tries': [
    'has an evaluation',
    good,
    /emergency/,
    { evaluatedBy: (rule) => (rule.includes('emergency') ? [] : ['all-01']) },
  ],
  'a tool that says it only looks, and stores': [
    'declares what',
    goodBut({ tools: changed('cancel_order', { effect: 'read' }) }),
    /cancel_order stores/,
  ],
  'a tool that forgets to say that it changes something': [
    'declares what',
    goodBut({ tools: changed('cancel_order', { effect: 'read', writes: false }) }),
    /cancel_order stores or changes/,
  ],
  'a change that the prompt has no patience for': [
    'asks for a yes',
    withLine('Whoever wants an order cancelled: call cancel_order at once.'),
    /leaves no room/,
  ],
  'a tool that says it only looks, and leaves': [
    'declares what',
    goodBut({ tools: changed('hang_up', { effect: 'read' }) }),
    /hang_up takes the caller away/,
  ],
  'a change that nobody has agreed to': [
    'asks for a yes',
    goodBut({ tools: changed('cancel_order', { description: 'Cancels an order. Read it back.' }) }),
    /cancel_order writes/,
  ],
  'a transfer that is announced twice': [
    'leaves in one',
    goodBut({ tools: changed('transfer_call', { description: 'Connects the caller.' }) }),
    /transfer_call leaves/,
  ],
  'a departure with two sentences': [
    'leaves in one',
    goodBut({
      tools: changed('hang_up', {
        async invoke(_, { call }) {
          call.leave({ kind: 'hangUp' })
          return { say: 'Ask whether that is all. Say goodbye.' }
        },
      }),
    }),
    /not one sentence/,
  ],
  'a look-up that is announced twice': [
    'announces a look-up',
    withLine('Say "one moment" before you look something up.'),
    /find_order is announced by the prompt and its description/,
  ],
  'a look-up whose answer announces it': [
    'announces a look-up',
    answering('find_order', 'Tell the caller that you are looking.'),
    /its description and its answer/,
  ],
  'a long answer': ['answers in short', answering('find_order', 'Tell them. '.repeat(19)), /209 characters/],
  'a number that is spoken as machines write it': [
    'answers in short',
    answering('find_order', 'Tell the caller to ring +14155550112.'),
    /nobody says aloud/,
  ],
  'an id that is spoken': [
    'answers in short',
    answering('cancel_order', 'Tell them that 6f1e0a52-9d1c-4a57-8d2f-0a1b2c3d4e5f is cancelled.'),
    /nobody says aloud/,
  ],
}

describe('testMode finds', () => {
  it.each(Object.entries(bad))('%s', async (_, [check, mode, says, changes = {}]) => {
    const fixtures = { ...defaultFixtures, ...changes }
    const name = Object.keys(checks).find((promise) => promise.startsWith(check))!
    await expect((async () => checks[name]!(mode, fixtures))()).rejects.toThrow(says)
    await expect((async () => checks[name]!(good, defaultFixtures))()).resolves.toBeUndefined()
  })

  it('something wrong with every one of its checks', () => {
    const used = Object.values(bad).map(([check]) => check)
    expect(Object.keys(checks).filter((promise) => !used.some((check) => promise.startsWith(check)))).toEqual([])
  })
})

describe('testMode allows', () => {
  const passes = async (check: keyof typeof checks, mode: Mode, changes: Partial<ModeFixtures> = {}): Promise<void> =>
    checks[check]!(mode, { ...defaultFixtures, ...changes })

  it('a tool whose description says all of it', () =>
    passes('names each of its tools in the prompt', bad['a tool that no rule calls']![1], {
      optionalTools: ['cancel_order'],
    }))

  it('an order that belongs to the call', () =>
    passes('keeps orders out of what belongs to one call', withLive('The office is closed; say so.'), {
      liveOrders: ['; say so'],
    }))

  it('words of others that look like an order, as long as they are quoted', () =>
    passes('keeps orders out of what belongs to one call', withLive('The line is registered to "Call Me Ltd".')))

  it('other words for a yes', () =>
    passes(
      'asks for a yes before it changes anything',
      goodBut({ tools: changed('cancel_order', { description: 'Storniert, nach einem Ja.' }) }),
      { asksForYes: /nach einem Ja/ },
    ))
})

describe('a mode without a shielded greeting', () => {
  it.each([
    ['that can be interrupted', goodBut({ greetingShield: 'off' })],
    ['in which the other side speaks first', goodBut({ speaksAfterMs: 4_000 })],
  ])('has all of its tools from the first word: one %s', (_, mode) =>
    expect(mode.tools.filter(({ opening }) => !opening)).toEqual([]),
  )

  it('and one with it gives those that can wait later', () =>
    expect(good.tools.filter(({ opening }) => !opening).map(({ name }) => name)).toEqual([
      findOrder.name,
      cancelOrder.name,
    ]))
})

describe('the version of a prompt', () => {
  const other = defineTool({ ...findOrder, input: z.strictObject({}), run: () => 1, description: 'Finds an order.' })

  it('is twelve hex digits, the same for the same words', () => {
    expect(good.promptVersion).toMatch(/^[0-9a-f]{12}$/)
    expect(goodBut({}).promptVersion).toBe(good.promptVersion)
  })

  it.each([
    ['a fixed line', withLine('Be kind.')],
    ['a tool', goodBut({ tools: [other, ...tools.slice(1)] })],
    ['the order of tools', goodBut({ tools: tools.toReversed() })],
  ])('changes with %s', (_, mode) => expect(mode.promptVersion).not.toBe(good.promptVersion))

  it('does not change with what belongs to one call', () =>
    expect(withLive('It rains.').promptVersion).toBe(good.promptVersion))
})

it('shows in a golden file what the model reads', async () => {
  const text = await renderGolden(good, defaultFixtures)
  expect(text.split('\n')[0]).toMatch(/^good: \d+ tokens of prompt, \d+ tokens of 5 tools$/)
  for (const part of [
    'Greeting: Hello, this is the AI assistant of the shop.',
    '# What you do\nAsk for the order',
    'cancel_order (write, after the greeting)\nCancels an order.',
    '  destination: sales',
    '  silent?: boolean · Without a goodbye',
  ])
    expect(text).toContain(part)
})

it('counts tokens as the tokenizer of the models does, not letters', () => {
  expect(tokensOf('You are an AI assistant; say so when asked.')).toBe(11)
  expect(tokensOf('')).toBe(0)
})

it.each(['Orders of a caller, and where they are.', 'Stores near the caller.', 'Notes of earlier calls.'])(
  '"%s" describes a look-up',
  async (description) => {
    const mode = goodBut({ tools: changed('find_order', { description }) })
    await toolChecks['declares what its tools amount to']!(mode, defaultFixtures)
  },
)

it('what a business tells of itself is no rule, however absolute', async () => {
  const answers = [
    { question: 'Do you deliver?', answer: 'Only within two miles, only before 11, never on Sunday. Always by bike.' },
    { question: 'How do I pay?', answer: 'Only at the door, never before. It must be cash, always. Never by cheque.' },
    { question: 'Which languages do you speak?', answer: "We answer in the caller's language." },
  ]
  const business = { name: 'Shop', timeZone: 'UTC' }
  const mode = goodBut({ prompt: [role, style, ...whatYouKnow(business, answers), steps, now] })
  await promptChecks['uses words without a way out sparingly']!(mode, defaultFixtures)
  await promptChecks['gives no two orders that cannot both be kept']!(mode, defaultFixtures)
})

it('a greeting in another language than the prompt says that it is an AI in its own words', async () => {
  const check = promptChecks['says that it is an AI, at once and when asked']!
  const mode = goodBut({ greeting: () => 'Guten Tag, hier spricht die KI-Assistentin des Ladens.' })
  await check(mode, { ...defaultFixtures, discloses: /\bKI\b/ })
  await expect((async () => check(mode, defaultFixtures))()).rejects.toThrow(/the greeting does not say/)
})

describe('as somebody else would put it', () => {
  const conflict = async (line: string): Promise<unknown> => {
    const check = promptChecks['gives no two orders that cannot both be kept']!
    return Promise.resolve(check(withLine(line), defaultFixtures)).then(
      () => undefined,
      (error: Error) => error.message,
    )
  }

  it.each([
    'When nothing more is wanted, call hang_up and say goodbye.',
    'Say goodbye. Then call hang_up.',
    'Say bye and use hang_up.',
    'End with a goodbye, then hang_up.',
    'Thank the caller, wish them a good day and call hang_up.',
  ])('"%s" makes two goodbyes, against hang_up', async (line) =>
    expect(await conflict(line)).toMatch(/against hang_up: .*two$/),
  )

  it.each([
    'Tell them you are putting them through, then use transfer_call.',
    'Announce the transfer, then call transfer_call.',
    'Before transfer_call, say that you are connecting them.',
  ])('"%s" announces twice, against transfer_call', async (line) =>
    expect(await conflict(line)).toMatch(/against transfer_call: .*two$/),
  )

  it.each([
    'Answer in the language of the caller.',
    "Always speak the caller's language.",
    'Respond in the same language the caller uses.',
    'Speak English or Spanish, whichever the caller speaks.',
  ])('"%s" follows an accent', async (line) => expect(await conflict(line)).toMatch(/accent/))

  it('"Ignore noise" cannot be kept', async () =>
    expect(await conflict('Ignore noise and background talk.')).toMatch(/keep_listening$/))

  it.each([
    'Do not say goodbye before you call hang_up.',
    'To end, call hang_up; a goodbye in words does not end the call.',
    'Never announce a transfer before transfer_call.',
    'If the caller asks for it, speak their language.',
  ])('"%s" is no conflict', async (line) => expect(await conflict(line)).toBeUndefined())

  const order = async (line: string): Promise<unknown> => {
    const check = promptChecks['keeps orders out of what belongs to one call']!
    return Promise.resolve(check(withLive(line), defaultFixtures)).then(
      () => undefined,
      (error: Error) => error.message,
    )
  }

  it.each([
    'Please ask for the birth date.',
    'You should ask for the birth date.',
    'Remember to mention the sale.',
    'They are angry, so apologise.',
    'Be short with them.',
  ])('"%s" is an order for one call', async (line) => expect(await order(line)).toMatch(/gives an order/))

  it.each([
    'Call reason: an invoice.',
    'Start of the contract: May 3.',
    'Offer: 20 percent until May.',
    'Keep-fit class at 5 PM.',
    'Reason: take-away.',
  ])('"%s" is a fact', async (line) => expect(await order(line)).toBeUndefined())
})
