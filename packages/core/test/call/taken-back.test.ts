import { describe, expect, it } from 'vitest'
import { settle } from '../../src/testing/index.ts'
import { audio, greeter, openCall, routes } from './harness.ts'
import { hangUpTool, transferTool } from '../../src/mode/route-tools.ts'

const everywhere = { ...routes, mailbox: { voicemail: true as const, label: 'the mailbox' } }
const open = (changes = {}) =>
  openCall(greeter({ routes: everywhere, tools: [hangUpTool(), transferTool(everywhere)], ...changes }))
type Call = ReturnType<typeof open>

const leaves: readonly (readonly [string, string])[] = [
  ['hang_up', '{}'],
  ['transfer_call', '{"destination":"sales","reason":"orders"}'],
  ['transfer_call', '{"destination":"mailbox","reason":"late"}'],
]
const leave = async ({ model }: Call, name: string, argumentsJson: string, toolCallId = name): Promise<void> => {
  model.latest.emit({ type: 'replyStarted' })
  model.latest.emit({ type: 'toolCalled', toolCallId, name, argumentsJson })
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  await settle()
}
/** More than a "bye". */
const speakUp = ({ model }: Call, line: Awaited<ReturnType<Call['goLive']>>, ms = 800): void => {
  model.latest.emit({ type: 'speechStarted' })
  for (let passed = 0; passed < ms; passed += 20) line.frame(audio(20, 0x10))
}
const lastWords = ({ model }: Call, itemId = 'goodbye'): void => {
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(800), itemId)
}

describe.each(leaves)('"wait, one more thing" into the last words before %s %s', (name, argumentsJson) => {
  it.each([
    ['before they begin', () => {}],
    ['while they are spoken', (call: Call) => lastWords(call)],
    [
      'while they are played',
      (call: Call) => {
        lastWords(call)
        call.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
      },
    ],
  ])('is answered, and the leaving taken back: %s', async (_when, happens) => {
    const call = open()
    const line = await call.goLive()
    await leave(call, name, argumentsJson)
    expect(call.call.state.phase).toBe('leaving')
    happens(call)
    speakUp(call, line)
    expect(call.call.state).toMatchObject({ phase: 'live', takenBack: 1 })
    expect(call.call.state.departure).toBeUndefined()
    expect(JSON.stringify(call.commands('addMessage').at(-1))).toContain('call the tool again')
    call.model.latest.emit({ type: 'replyEnded', outcome: 'cancelled' })
    call.model.latest.emit({ type: 'speechStopped' })
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(200), 'answer')
    call.model.latest.emit({ type: 'partEnded', itemId: 'answer', contentIndex: 0 })
    call.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    line.echoMarks()
    await settle()
    await call.clock.advance(15_500)
    expect(call.hungUp).toEqual([])
    expect(line.isOpen).toBe(true)
    expect(call.call.state.phase).toBe('live')
  })
})

describe('the last words', () => {
  it('stop in the ear of a caller who interrupts them', async () => {
    const call = open()
    const line = await call.goLive()
    await leave(call, 'hang_up', '{}')
    lastWords(call)
    speakUp(call, line)
    expect(line.messages('clear')).toHaveLength(1)
    expect(call.commands('interrupt')).toMatchObject([{ heard: [{ itemId: 'goodbye' }] }])
  })

  it('go on over a cough where speech must prove itself, and stop when it does', async () => {
    const call = open({ turnTaking: { minSpeechMs: 200 } })
    const line = await call.goLive()
    await leave(call, 'hang_up', '{}')
    lastWords(call)
    call.model.latest.emit({ type: 'speechStarted' })
    call.model.latest.emit({ type: 'speechStopped' })
    expect(call.call.state.phase).toBe('leaving')
    expect(line.messages('clear')).toHaveLength(0)
    speakUp(call, line, 600)
    expect(call.call.state.phase).toBe('leaving')
    speakUp(call, line)
    expect(call.call.state.phase).toBe('live')
    expect(line.messages('clear')).toHaveLength(1)
  })

  it('are heard out in the end: noise does not keep a call for ever', async () => {
    const call = open()
    await call.goLive()
    for (let time = 0; time < 6; time++) {
      await leave(call, 'hang_up', '{}', `t${time}`)
      lastWords(call, `goodbye${time}`)
      call.model.latest.emit({ type: 'speechStarted' })
      call.model.latest.emit({ type: 'replyEnded', outcome: 'cancelled' })
      call.model.latest.emit({ type: 'speechStopped' })
    }
    expect(call.call.state.phase).toBe('leaving')
  })

  it('are not taken back at the limit of a call', async () => {
    const call = open({ patience: { silenceMs: 600_000, maxDurationMs: 120_000 } })
    await call.goLive()
    await call.clock.advance(60_000)
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(20), 'warning')
    call.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    await call.clock.advance(60_000)
    expect(call.call.state.phase).toBe('leaving')
    call.model.latest.emit({ type: 'speechStarted' })
    expect(call.call.state.phase).toBe('leaving')
  })
})

it('says which of two wishes to leave was followed', async () => {
  const call = open()
  await call.goLive()
  call.model.latest.emit({ type: 'toolCalled', toolCallId: 'a', name: 'transfer_call', argumentsJson: leaves[1]![1] })
  await settle()
  call.model.latest.emit({ type: 'toolCalled', toolCallId: 'b', name: 'hang_up', argumentsJson: '{}' })
  await settle()
  expect(call.call.state.departure).toMatchObject({ kind: 'transfer' })
  expect(JSON.stringify(call.commands('toolOutput').at(-1))).toContain('being left already')
})

it('is no wish to stay where only the goodbye comes back from a loudspeaker, though it was sent before it was known to be one', async () => {
  const LOUD = 0x2a
  const ECHO = 0xcf
  const hears = async (byte: number) => {
    const { model, goLive, call, clock } = openCall()
    const line = await goLive()
    model.latest.emit({ type: 'replyStarted' })
    model.latest.speak(audio(4_000, LOUD), 'goodbye')
    model.latest.emit({ type: 'partEnded', itemId: 'goodbye', contentIndex: 0 })
    model.latest.emit({ type: 'toolCalled', toolCallId: 't', name: 'hang_up', argumentsJson: '{}' })
    await settle()
    model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    await clock.advance(600)
    model.latest.emit({ type: 'speechStarted' })
    for (let passed = 0; passed < 1_600; passed += 20) {
      line.frame(audio(20, byte))
      // oxlint-disable-next-line no-await-in-loop -- as time passes
      await clock.advance(20)
    }
    return call.state.phase
  }
  // 15 dB below the goodbye, and as loud as it.
  expect(await hears(ECHO)).toBe('leaving')
  expect(await hears(LOUD)).toBe('live')
})
