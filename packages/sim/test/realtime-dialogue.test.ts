import { describe, expect, it } from 'vitest'
import { chooseDialogue, parseDialogue, phrasesOf, shippedDialogues } from '../src/realtime/dialogue.ts'
import type { FunctionTool, Json } from '../src/realtime/protocol.ts'
import { createScript, type FreshInput } from '../src/realtime/script.ts'
import { fitCall } from '../src/realtime/tool-call.ts'

const tool = (name: string, properties: Json = {}, required: string[] = []): FunctionTool => ({
  type: 'function',
  name,
  parameters: { type: 'object', properties, required, additionalProperties: false },
})
const scene = (tools: FunctionTool[], background = '') => ({ tools, mayCall: true, background, isFirstResponse: false })
const typed = (text: string): FreshInput[] => [{ kind: 'text', role: 'user', text }]

describe('the shipped dialogues', () => {
  it.each([
    ['csr', ['lookup_customer', 'take_message', 'transfer_call']],
    ['receptionist', ['take_message', 'transfer_call', 'hang_up']],
    ['ivr', ['hang_up', 'transfer_call']],
    ['fallback', ['hang_up']],
    ['fallback', []],
  ])('%s is chosen for %j', (mode, names) => {
    expect(
      chooseDialogue(
        shippedDialogues,
        names.map((name) => tool(name)),
      ).mode,
    ).toBe(mode)
  })

  it('have no phrase twice in one mode', () => {
    for (const dialogue of shippedDialogues) expect(new Set(phrasesOf(dialogue)).size).toBe(phrasesOf(dialogue).length)
  })

  it('with a mistake are refused by name', () => {
    const [shipped] = shippedDialogues
    expect(() => parseDialogue({ ...shipped, exchanges: [{ hear: ['hello'] }] })).toThrow(/hear/)
    expect(() => parseDialogue({ ...shipped, greeting: undefined })).toThrow(/greeting/)
  })
})

describe('a scripted call', () => {
  it.each<[string, Json, Json, string[], string | undefined]>([
    [
      'takes the first value allowed',
      { to: ['a', 'b', 'c'] },
      { to: { type: 'string', enum: ['c', 'b'] } },
      ['to'],
      '{"to":"b"}',
    ],
    ['leaves out what the tool does not know', { x: 1, y: 2 }, { y: { type: 'integer' } }, [], '{"y":2}'],
    ['leaves out a fact it does not know', { number: '{other}' }, { number: { type: 'string' } }, [], '{}'],
    [
      'fills in a fact it knows',
      { number: '{caller}' },
      { number: { type: 'string' } },
      ['number'],
      '{"number":"+14155550123"}',
    ],
    ['is not made without a required value', {}, { number: { type: 'string' } }, ['number'], undefined],
    ['is not made when no value is allowed', { to: 'z' }, { to: { enum: ['a'] } }, ['to'], undefined],
    ['respects types', { n: 'three' }, { n: { type: ['number', 'null'] } }, ['n'], undefined],
    ['reads alternatives', { n: null }, { n: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, ['n'], '{"n":null}'],
    [
      'keeps a list for a tool that wants one',
      { list: ['a', 'b'] },
      { list: { type: 'array' } },
      ['list'],
      '{"list":["a","b"]}',
    ],
  ])('%s', (_, scripted, properties, required, wanted) => {
    const facts = { caller: '+14155550123' }
    expect(fitCall({ tool: 'it', arguments: scripted }, [tool('it', properties, required)], facts)?.arguments).toBe(
      wanted,
    )
  })

  it('is not made of a tool the session lacks', () => {
    expect(fitCall({ tool: 'it', arguments: {} }, [tool('other')], {})).toBeUndefined()
  })
})

describe('the script', () => {
  const customerTools = [
    tool('lookup_customer'),
    tool('get_appointments', { customer_id: { type: 'string' } }, ['customer_id']),
  ]

  it('knows the customer from the instructions', async () => {
    const script = createScript(shippedDialogues)
    const background = 'It is Monday. The number belongs to Maria Lopez, whose record is open (customer_id c_17).'
    const plan = await script.plan(typed('When is my next appointment?'), scene(customerTools, background))
    expect(plan.calls).toEqual([{ name: 'get_appointments', arguments: '{"customer_id":"c_17"}' }])
  })

  it('or from an earlier look-up, and cannot ask for appointments before', async () => {
    const script = createScript(shippedDialogues)
    const ask = () => script.plan(typed('when is my next appointment'), scene(customerTools))
    expect((await ask()).calls).toEqual([])
    const lookup = await script.plan(typed('do you know who I am'), scene(customerTools))
    script.called('call_1', 'lookup_customer', lookup.exchange)
    const output = JSON.stringify({ status: 'open', customer_id: 'c_18', name: 'Sam Park' })
    const told = await script.plan([{ kind: 'output', callId: 'call_1', output }], scene(customerTools))
    expect(told.says).toEqual(['Yes, I have your record here, Sam Park.'])
    expect((await ask()).calls).toEqual([{ name: 'get_appointments', arguments: '{"customer_id":"c_18"}' }])
  })

  it('answers outputs and what the caller said meanwhile', async () => {
    const script = createScript(shippedDialogues)
    const inputs: FreshInput[] = [
      { kind: 'output', callId: 'call_unknown', output: 'not JSON' },
      { kind: 'heard', heard: Promise.resolve({ phrase: 'how does your service work', margin: 3 }) },
    ]
    const plan = await script.plan(inputs, scene(customerTools))
    expect(plan.says).toHaveLength(3)
    expect(plan.says[0]).toBe('All right. Is there anything else I can do for you?')
  })

  it('does not take one key for the start of several', async () => {
    const script = createScript(shippedDialogues)
    const tools = [
      tool('transfer_call', { destination: { enum: ['sales'] }, reason: { type: 'string' } }, ['destination']),
    ]
    const press = async (keys: string) =>
      (await script.plan(typed(`The caller pressed ${keys} on the keypad.`), scene(tools))).calls.length
    expect([await press('1'), await press('1 2'), await press('8')]).toEqual([1, 0, 0])
  })

  it('says where a key leads when the gateway connects the caller by itself', async () => {
    const script = createScript(shippedDialogues)
    const tools = [tool('transfer_call', { destination: { enum: ['sales'] } }, ['destination'])]
    const told = async (note: string) =>
      (await script.plan([...typed('The caller pressed 1 on the keypad.'), ...typed(note)], scene(tools))).says
    expect(await told('That key is a destination. Tell the caller.')).toEqual(['One moment, I will connect you.'])
    expect(await told('That key is the voicemail. Ask the caller.')).toEqual(['Please speak after the tone.'])
  })
})
