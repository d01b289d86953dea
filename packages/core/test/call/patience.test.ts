import { expect, it } from 'vitest'
import { settle } from '../../src/testing/index.ts'
import { audio, greeter, openCall, talk } from './harness.ts'

/** What the model was told after its greeting. */
const systemMessages = (commands: ReturnType<ReturnType<typeof openCall>['commands']>): string[] =>
  commands
    .flatMap((command) => (command.type === 'addMessage' && command.role === 'system' ? [command.text] : []))
    .filter((text) => !text.startsWith('The call is connected.'))

it('checks in after silence, twice, and then says goodbye', async () => {
  const { model, goLive, clock, commands, hungUp } = openCall()
  const line = await goLive()
  const speak = async (itemId: string) => {
    model.latest.emit({ type: 'replyStarted' })
    model.latest.speak(audio(400), itemId)
    model.latest.emit({ type: 'partEnded', itemId, contentIndex: 0 })
    model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    line.echoMarks()
    await settle()
  }
  await clock.advance(20_000)
  expect(systemMessages(commands())).toEqual([expect.stringContaining('still there')])
  await speak('one')
  await clock.advance(20_000)
  await speak('two')
  await clock.advance(19_999)
  expect(systemMessages(commands())).toHaveLength(2)
  await clock.advance(1)
  expect(systemMessages(commands()).at(-1)).toContain('Say goodbye')
  await speak('goodbye')
  expect(hungUp).toEqual(['CA1'])
})

it('starts counting again when the caller is answered', async () => {
  const { model, goLive, clock, commands, call } = openCall()
  const line = await goLive()
  await clock.advance(20_000)
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(20), 'still there?')
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  expect(call.state.silences).toBe(1)
  model.latest.emit({ type: 'speechStarted' })
  await talk({ clock }, line, 60_000)
  expect(systemMessages(commands()), 'nobody is asked while speaking').toHaveLength(1)
  model.latest.emit({ type: 'speechStopped' })
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(20), 'answer')
  expect(call.state.silences).toBe(0)
})

it('does not ask a caller who waits for a tool whether they are there', async () => {
  const { model, goLive, clock, commands } = openCall(greeter({ patience: { silenceMs: 5_000 } }))
  await goLive()
  model.latest.emit({ type: 'toolCalled', toolCallId: 't1', name: 'slow_tool', argumentsJson: '{}' })
  await clock.advance(9_000)
  expect(systemMessages(commands())).toHaveLength(0)
})

it('warns before the limit of a call and ends it there', async () => {
  const { model, goLive, clock, commands, hungUp } = openCall(
    greeter({ patience: { silenceMs: 3_600_000, maxDurationMs: 120_000 } }),
  )
  await goLive()
  await clock.advance(60_000)
  expect(systemMessages(commands()).at(-1)).toContain('must end in a minute')
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(20), 'warning')
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  await clock.advance(60_000)
  expect(systemMessages(commands()).at(-1)).toContain('The time for this call is over')
  await clock.advance(16_000)
  expect(hungUp).toEqual(['CA1'])
})
