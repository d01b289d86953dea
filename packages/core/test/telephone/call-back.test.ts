import { describe, expect, it } from 'vitest'
import { e164, takeMessageTool, transferTool, type CallFacts } from '../../src/index.ts'
import { memoryMessages } from '../../src/testing/index.ts'

const factsOf = (caller: CallFacts['caller']): CallFacts => ({
  callId: 'call-1',
  legId: 'CA1',
  direction: 'inbound',
  caller,
  dialled: e164('+14155550102'),
  startedAt: new Date('2026-03-02T15:00:00Z'),
})
const known = factsOf({ number: e164('+14155550199') })
const withheld = factsOf({})

const desk = (facts: CallFacts) => {
  const messages = memoryMessages()
  const { taken } = messages
  const tool = takeMessageTool(messages)
  const context = {
    facts,
    known: undefined,
    signal: new AbortController().signal,
    call: { leave: () => {}, consult: () => {}, keepListening: () => {} },
  }
  const message = { caller_name: 'Dana', message: 'About the invoice.', urgency: 'normal' }
  return {
    taken,
    context,
    take: (input: object) => tool.invoke(JSON.stringify({ ...message, ...input }), context) as Promise<{ say: string }>,
  }
}

describe('a caller with a withheld number', () => {
  it.each([
    { message: 'Please call me back.' },
    { message: 'Call Dana back about the invoice' },
    { message: 'Asks for a callback tomorrow' },
    { message: 'Please phone me at home' },
    { message: 'She wants us to return her call' },
    { message: 'Give me a ring when you can' },
    { message: 'Would like a call tomorrow' },
    { message: 'Wants to be called about the crown' },
    { message: 'Asks Dr. Lopez to call' },
    { message: 'Contact me about the bill' },
    { message: 'Let me know when it is ready' },
    { message: 'I do not want to wait. Please call me.' },
    { message: 'Bitte um Rückruf' },
    { message: 'Bitte rufen Sie mich an' },
    { message: 'Que me devuelvan la llamada' },
    { call_back: true },
    { call_back: 'true', caller_number: null },
    { call_back: true, caller_number: 'anonymous' },
    { call_back: true, caller_number: 'unknown' },
    { call_back: true, caller_number: 'withheld number' },
    { call_back: true, caller_number: 'the number is private' },
    { call_back: true, caller_number: 'the same number' },
    { call_back: true, caller_number: 'they gave none' },
    { call_back: true, caller_number: 'my own phone' },
  ])('who wants to be called back is asked for one: %j', async (input) => {
    const { taken, take } = desk(withheld)
    await expect(take(input)).rejects.toMatchObject({
      name: 'ToolError',
      message: expect.stringContaining('Ask for a number to call back'),
    })
    expect(taken).toEqual([])
  })

  it('who gives one is called back there', async () => {
    const { taken, take } = desk(withheld)
    const answer = await take({ message: 'Call me back', caller_number: '415 555 0142 extension 22' })
    expect(taken).toMatchObject([{ callerNumber: '+14155550142', callerExtension: '22' }])
    expect(answer.say).toContain('(415) 555-0142 ext. 22')
  })

  it('who gives an impossible one is asked again', async () => {
    const { taken, take } = desk(withheld)
    await expect(take({ message: 'Call me back', caller_number: '555 01' })).rejects.toThrow(/digit by digit/)
    await expect(take({ message: 'Call me back', caller_number: 'extension 22' })).rejects.toThrow(/digit by digit/)
    expect(taken).toEqual([])
  })

  it.each([
    { message: 'Tell Anna that I am late.' },
    { message: 'Call me back', call_back: false },
    { message: 'No need to call me back.' },
    { message: 'I am returning your call.' },
    { message: 'He will call back tomorrow.' },
    { message: 'Tell Dana that Bob called.', caller_number: 'I have none' },
  ])('who gives none leaves a message, and is promised no call: %j', async (input) => {
    const { taken, take } = desk(withheld)
    expect((await take(input)).say).toContain('do not promise')
    expect(taken).toEqual([
      { callId: 'call-1', callerName: 'Dana', callerNumber: null, text: input.message, urgency: 'normal' },
    ])
  })

  it('is asked to name one when a recording is made', async () => {
    const tool = transferTool({ box: { voicemail: true, label: 'our voicemail' } })
    const say = async (facts: CallFacts) =>
      ((await tool.invoke('{"destination":"box","reason":"x"}', desk(facts).context)) as { say: string }).say
    expect(await say(withheld)).toContain('a number to call back')
    expect(await say(known)).not.toContain('number')
  })
})

describe('a caller whose number is known', () => {
  it.each([
    undefined,
    null,
    '',
    'null',
    'unknown',
    'anonymous',
    'the same number',
    'this one',
    'the number they are calling from',
    'caller ID',
  ])('is called back on it when the model writes %j', async (caller_number) => {
    const { taken, take } = desk(known)
    const { say } = await take({ message: 'Please call me back.', caller_number })
    expect(taken).toMatchObject([{ callerNumber: '+14155550199' }])
    expect(taken[0]).not.toHaveProperty('callerExtension')
    expect(say).not.toMatch(/\d|promise/)
  })

  it.each(['extension 22', 'x22', 'my extension is 22', '#22', 'ext. two two'])(
    'and who names nothing but an extension is called back there: %s',
    async (caller_number) => {
      const { taken, take } = desk(known)
      await take({ message: 'Please call me back.', caller_number })
      expect(taken).toMatchObject([{ callerNumber: '+14155550199', callerExtension: '22' }])
    },
  )

  it('has left another message when the extension is another', async () => {
    const { taken, take } = desk(known)
    await take({ caller_number: '415 555 0142 x22' })
    expect(await take({ caller_number: '415 555 0142 x22' })).toHaveProperty('repeated')
    expect(await take({ caller_number: '415 555 0142 x23' })).not.toHaveProperty('repeated')
    expect(taken).toHaveLength(2)
  })
})
