import { describe, expect, it } from 'vitest'
import { chooseDialogue, parseDialogue } from '../src/realtime/dialogue.ts'
import { shippedDialogues } from '../src/realtime/find-dialogues.ts'
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
    ['outbound', ['stop_calling', 'find_open_slots', 'add_call_note', 'transfer_call', 'hang_up']],
    ['csr', ['lookup_customer', 'take_message', 'transfer_call']],
    ['receptionist', ['take_message', 'transfer_call', 'hang_up']],
    ['ivr', ['hang_up', 'transfer_call']],
    ['fallback', ['hang_up']],
    ['fallback', []],
  ])('%s is chosen for %j', (mode, names) => {
    expect(
      chooseDialogue(
        shippedDialogues(),
        names.map((name) => tool(name)),
      ).mode,
    ).toBe(mode)
  })

  it('have no phrase twice in one mode, unless the session decides between the answers', () => {
    for (const { exchanges } of shippedDialogues()) {
      const heard = exchanges.flatMap(({ hears, when }) => hears.map((phrase) => `${phrase} ${JSON.stringify(when)}`))
      expect(new Set(heard).size).toBe(heard.length)
      for (const [index, { hears }] of exchanges.entries()) {
        const later = exchanges.slice(index + 1).flatMap((one) => one.hears)
        if (hears.some((phrase) => later.includes(phrase))) expect(exchanges[index]!.when).not.toEqual({})
      }
    }
  })

  it('with a mistake are refused by name', () => {
    expect(() => parseDialogue({ ...shippedDialogues()[0], understands: { 'no such phrase': ['no'] } })).toThrow(
      /no exchange hears this phrase/,
    )
    const [shipped] = shippedDialogues()
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
    const script = createScript(shippedDialogues())
    const background = 'It is Monday. The number belongs to Maria Lopez, whose record is open (customer_id c_17).'
    const plan = await script.plan(typed('When is my next appointment?'), scene(customerTools, background))
    expect(plan.calls).toEqual([{ name: 'get_appointments', arguments: '{"customer_id":"c_17"}' }])
  })

  it('or from an earlier look-up, and cannot ask for appointments before', async () => {
    const script = createScript(shippedDialogues())
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
    const script = createScript(shippedDialogues())
    const inputs: FreshInput[] = [
      { kind: 'output', callId: 'call_unknown', output: 'not JSON' },
      { kind: 'heard', heard: Promise.resolve({ phrase: 'how does your service work', margin: 3 }) },
    ]
    const plan = await script.plan(inputs, scene(customerTools))
    expect(plan.says).toHaveLength(3)
    expect(plan.says[0]).toBe('All right. Is there anything else I can do for you?')
  })

  it('does not take one key for the start of several', async () => {
    const script = createScript(shippedDialogues())
    const tools = [
      tool('transfer_call', { destination: { enum: ['sales'] }, reason: { type: 'string' } }, ['destination']),
    ]
    const press = async (keys: string) =>
      (await script.plan(typed(`The caller pressed ${keys} on the keypad.`), scene(tools))).calls.length
    expect([await press('1'), await press('1 2'), await press('8')]).toEqual([1, 0, 0])
  })

  it('says where a key leads when the gateway connects the caller by itself', async () => {
    const script = createScript(shippedDialogues())
    const tools = [tool('transfer_call', { destination: { enum: ['sales'] } }, ['destination'])]
    const told = async (note: string) =>
      (await script.plan([...typed('The caller pressed 1 on the keypad.'), ...typed(note)], scene(tools))).says
    expect(await told('That key is a destination. Tell the caller.')).toEqual(['One moment, I will connect you.'])
    expect(await told('That key is the voicemail. Ask the caller.')).toEqual(['Please speak after the tone.'])
  })
})

describe('a call to somebody', () => {
  const string = { type: 'string' }
  const outbound = [
    tool('stop_calling', { reason: string }),
    tool('keep_listening'),
    tool('add_call_note', { note: string }, ['note']),
    tool('hang_up'),
  ]
  const confirmation = [
    ...outbound,
    tool('report_outcome', { outcome: { enum: ['confirmed', 'not_reached'] }, remark: string }, ['outcome']),
  ]
  const survey = [
    ...outbound,
    tool('record_answer', { question_number: { type: 'integer' }, answer: string }, ['question_number', 'answer']),
    tool('report_outcome', { outcome: { enum: ['completed', 'stopped'] } }, ['outcome']),
  ]
  const opening = 'Hello, this is the AI assistant of Harbor Dental, calling about your visit. Is this a good moment?'
  const briefing = (more = '') =>
    [
      '# This call',
      'It is Monday, March 9 at 10 AM.',
      `Opening: "${opening}"`,
      'Facts, not instructions: appointment: "Tuesday, March 10 at 2:30 PM"; service: "cleaning; with: nobody".',
      more,
    ].join('\n')
  const message = 'Hello, this is the AI assistant of Harbor Dental, calling about your visit.'
  const on = (tools: FunctionTool[], isFirstResponse = false, background = briefing()) => ({
    ...scene(tools, background),
    isFirstResponse,
  })
  const hears = (phrase?: string): FreshInput[] => [
    { kind: 'heard', heard: Promise.resolve(phrase === undefined ? undefined : { phrase, margin: 3 }) },
  ]
  const note = (text: string): FreshInput[] => [{ kind: 'text', role: 'system', text }]

  it('answers whatever they say first with who is calling, and tells it again when asked', async () => {
    const script = createScript(shippedDialogues())
    expect((await script.plan(hears(), on(confirmation, true))).says).toEqual([opening])
    expect((await script.plan(hears(), on(confirmation))).says).toEqual([
      'I am sorry, I did not understand that. Could you say it in other words?',
    ])
    expect((await script.plan(hears('who is that speaking'), on(confirmation))).says).toEqual([message])
  })

  it('opens in the words it is given when they say nothing', async () => {
    const text = `The call is connected. Open it by saying exactly: "${opening}"`
    const inputs: FreshInput[] = [{ kind: 'text', role: 'system', text }]
    expect((await createScript(shippedDialogues()).plan(inputs, on(confirmation, true))).says).toEqual([opening])
  })

  it('confirms an appointment, and says goodbye', async () => {
    const script = createScript(shippedDialogues())
    const say = (phrase: string) => script.plan(hears(phrase), on(confirmation))
    expect((await say('yes, this is a good moment')).says).toEqual([
      'We expect you on Tuesday, March 10 at 2:30 PM. Will you be there?',
    ])
    const confirmed = await say('yes, I will be there')
    expect(confirmed.calls).toEqual([{ name: 'report_outcome', arguments: '{"outcome":"confirmed"}' }])
    script.called('call_1', 'report_outcome', confirmed.exchange)
    const stored: FreshInput[] = [{ kind: 'output', callId: 'call_1', output: '{"status":"stored"}' }]
    expect((await script.plan(stored, on(confirmation))).says).toEqual(['I have noted it. Is there anything else?'])
    expect((await say('no thank you, that is all, goodbye')).calls).toEqual([{ name: 'hang_up', arguments: '{}' }])
  })

  it('asks whom it speaks with when it was told a name, and tells somebody else nothing', async () => {
    const named = briefing('It is for "Ada Long" (a name).')
    const plan = (phrase: string, tools = confirmation) =>
      createScript(shippedDialogues()).plan(hears(phrase), on(tools, false, named))
    expect((await plan('yes, this is a good moment')).says).toEqual(['Thank you. Do I speak with Ada Long?'])
    expect((await plan('of course, you have reached me')).says).toEqual([
      'We expect you on Tuesday, March 10 at 2:30 PM. Will you be there?',
    ])
    const wrong = tool('report_outcome', { outcome: { enum: ['wrong_person', 'wrong_number'] } }, ['outcome'])
    const { says, calls } = await plan('she is out, I only share the house', [...outbound, wrong])
    expect([says, calls.map(({ name }) => name)]).toEqual([[], ['add_call_note', 'report_outcome', 'hang_up']])
  })

  it('stops calling at once, whatever the call is about', async () => {
    for (const tools of [outbound, confirmation, survey]) {
      const { calls, says } = await createScript(shippedDialogues()).plan(hears('please stop calling me'), on(tools))
      expect([says, calls.map(({ name }) => name)]).toEqual([[], ['stop_calling']])
    }
  })

  it('hangs up on a wrong number, and notes it where there is a place for it', async () => {
    const script = createScript(shippedDialogues())
    const calls = async (tools: FunctionTool[]) =>
      (await script.plan(hears('you have dialled a wrong number'), on(tools))).calls.map(({ name }) => name)
    expect(await calls(confirmation)).toEqual(['report_outcome', 'hang_up'])
    expect(await calls(outbound)).toEqual(['hang_up'])
  })

  it('asks one question after the other', async () => {
    const script = createScript(shippedDialogues())
    const background = briefing('1. How was your visit?\n2. Would you come again?')
    const say = (phrase: string) => script.plan(hears(phrase), on(survey, false, background))
    expect((await say('yes, this is a good moment')).says).toEqual(['How was your visit?'])
    const answerAndTell = async (callId: string, told: string) => {
      const plan = await say('well, I am quite happy with it')
      script.called(callId, 'record_answer', plan.exchange)
      const output = JSON.stringify({ status: 'stored', say: told })
      const next = await script.plan([{ kind: 'output', callId, output }], on(survey, false, background))
      return [plan.calls[0]!.arguments, ...next.says]
    }
    expect(await answerAndTell('call_1', 'Ask question 2, if they go on.')).toEqual([
      '{"question_number":1,"answer":"Yes, quite happy."}',
      'Would you come again?',
    ])
    expect(await answerAndTell('call_2', 'That was the last question: thank them.')).toEqual([
      '{"question_number":2,"answer":"Yes, quite happy."}',
      'Thank you, that was the last question.',
    ])
  })

  it('reports whether a survey was answered to the end when it says goodbye', async () => {
    const background = briefing('You have called somebody to ask a few questions.\n1. How was your visit?')
    const script = createScript(shippedDialogues())
    const goodbye = async () =>
      (await script.plan(hears('no thank you, that is all, goodbye'), on(survey, false, background))).calls
    const hangUp = { name: 'hang_up', arguments: '{}' }
    expect(await goodbye()).toEqual([{ name: 'report_outcome', arguments: '{"outcome":"stopped"}' }, hangUp])
    const output = JSON.stringify({ status: 'stored', say: 'That was the last question: thank them.' })
    await script.plan([{ kind: 'output', callId: 'call_1', output }], on(survey, false, background))
    expect(await goodbye()).toEqual([{ name: 'report_outcome', arguments: '{"outcome":"completed"}' }, hangUp])
  })

  it('says nothing of an appointment in a scenario that has outcomes of its own', async () => {
    const booked = tool('report_outcome', { outcome: { enum: ['booked', 'no'] } }, ['outcome'])
    const script = createScript(shippedDialogues())
    const say = (phrase: string) =>
      script.plan(hears(phrase), on([...outbound, booked], false, `Opening: "${opening}"`))
    expect((await say('yes, this is a good moment')).says).toEqual(['Thank you. Shall we expect you here, then?'])
    expect(await say('yes, I will be there')).toMatchObject({ says: ['Very good. Is there anything else?'], calls: [] })
  })

  it('is silent for the greeting of a machine, or hangs up when told to leave no message', async () => {
    const greeting = 'nobody can come to the telephone, please leave us a message after the tone'
    const calls = async (background: string) => {
      const plan = await createScript(shippedDialogues()).plan(hears(greeting), on(outbound, true, background))
      return [plan.says, plan.calls.map(({ name }) => name)]
    }
    const rule = 'A recorded menu, or a greeting with no message below: not a word; hang_up with silent true.'
    expect(await calls(briefing(`${rule}\nMessage for a recording: "Please ring us."`))).toEqual([
      [],
      ['keep_listening'],
    ])
    expect(await calls(briefing(rule))).toEqual([[], ['hang_up']])
  })

  it('goes on waiting through whatever else a machine sounds like, and follows news that came meanwhile', async () => {
    const script = createScript(shippedDialogues())
    const waiting = await script.plan(
      hears('nobody can come to the telephone, please leave us a message after the tone'),
      on(outbound, true),
    )
    script.called('call_1', 'keep_listening', waiting.exchange)
    const output: FreshInput = { kind: 'output', callId: 'call_1', output: '{"status":"listening"}' }
    const [sound] = hears()
    const more = await script.plan([output, sound!], on(outbound, true))
    expect([more.says, more.calls.map(({ name }) => name)]).toEqual([[], ['keep_listening']])
    const [news] = note(
      'Its recording is over now. Unless a person talks with you, say exactly: "Please ring us." Then call hang_up with silent true.',
    )
    expect((await script.plan([output, news!, sound!], on(outbound, true))).says).toEqual(['Please ring us.'])
  })

  it('minds news that came with the greeting of a machine when it is asked to go on', async () => {
    const script = createScript(shippedDialogues())
    const [greeting] = hears('nobody can come to the telephone, please leave us a message after the tone')
    const [news] = note(
      'Its recording is over now. Unless a person talks with you, say exactly: "Please ring us." Then call hang_up with silent true.',
    )
    const { calls, exchange } = await script.plan([news!, greeting!], on(outbound, true))
    expect(calls.map(({ name }) => name)).toEqual(['keep_listening'])
    script.called('call_1', 'keep_listening', exchange)
    const output: FreshInput = { kind: 'output', callId: 'call_1', output: '{"status":"listening"}' }
    const next = await script.plan([output], on(outbound, true))
    expect([next.says, next.calls.map(({ name }) => name)]).toEqual([['Please ring us.'], ['hang_up']])
  })

  it.each<[string, string, string[], string[]]>([
    [
      'in its own words',
      'An answering machine has taken the call and records now. Do not wait for an answer: leave a message of two or three sentences: who is calling.',
      [`${message} Please call us back on this number. Thank you, and goodbye.`],
      [],
    ],
    [
      'in fixed words',
      'An answering machine has taken the call and records now. Do not wait for an answer: say exactly: "Please ring us."',
      ['Please ring us.'],
      [],
    ],
    [
      'in its own words, if it is one',
      'Its recording is over now. Unless a person talks with you, leave a message of two or three sentences. Then call hang_up with silent true.',
      [`${message} Please call us back on this number. Thank you.`],
      ['hang_up'],
    ],
    [
      'in fixed words, if it is one',
      'Its recording is over now. Unless a person talks with you, say exactly: "Please ring us." Then call hang_up with silent true.',
      ['Please ring us.'],
      ['hang_up'],
    ],
  ])('leaves a message %s', async (_, text, says, calls) => {
    const plan = await createScript(shippedDialogues()).plan(note(text), on(outbound))
    expect([plan.says, plan.calls.map(({ name }) => name)]).toEqual([says, calls])
  })
})
