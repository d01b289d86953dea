import { expect, it } from 'vitest'
import { audio, openCall } from './harness.ts'

it('clears, truncates what was part-heard and deletes what was never heard', async () => {
  const { model, goLive, clock, commands } = openCall()
  const line = await goLive()
  const echoed = line.messages('mark').length
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(1000), 'one')
  model.latest.emit({ type: 'partEnded', itemId: 'one', contentIndex: 0 })
  model.latest.speak(audio(1000), 'two')
  await clock.advance(480)
  // Marks at 240 and 480 ms have come back.
  for (const { mark } of line.messages('mark').slice(echoed, echoed + 2)) line.heard(mark.name)
  model.latest.emit({ type: 'speechStarted' })
  expect(line.messages('clear')).toHaveLength(1)
  expect(commands('interrupt')).toEqual([
    {
      type: 'interrupt',
      cause: 'speech',
      heard: [
        { itemId: 'one', contentIndex: 0, heardMs: 480, sentMs: 1000 },
        { itemId: 'two', contentIndex: 0, heardMs: 0, sentMs: 1000 },
      ],
    },
  ])
})

it('does not take marks from before a clear for heard audio', async () => {
  const { model, goLive, commands } = openCall()
  const line = await goLive()
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(400), 'one')
  const stale = line.messages('mark').at(-1)!.mark
  model.latest.emit({ type: 'speechStarted' })
  model.latest.emit({ type: 'replyEnded', outcome: 'cancelled' })
  model.latest.emit({ type: 'speechStopped' })
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(400), 'two')
  line.heard(stale.name)
  model.latest.emit({ type: 'speechStarted' })
  expect(commands('interrupt').at(-1)).toMatchObject({ heard: [{ itemId: 'two', heardMs: 0 }] })
})

it('leaves a reply alone that was heard to its end', async () => {
  const { model, goLive, commands } = openCall()
  const line = await goLive()
  model.latest.emit({ type: 'speechStarted' })
  expect(line.messages('clear')).toHaveLength(0)
  expect(commands('interrupt')).toHaveLength(0)
})

it('counts an answer spoken in two items by each of them', async () => {
  const { model, goLive, clock, commands } = openCall()
  const line = await goLive()
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(200), 'preamble')
  model.latest.emit({ type: 'partEnded', itemId: 'preamble', contentIndex: 0 })
  model.latest.speak(audio(400), 'answer')
  await clock.advance(300)
  line.echoMarks()
  model.latest.speak(audio(400), 'answer')
  model.latest.emit({ type: 'speechStarted' })
  expect(commands('interrupt')).toMatchObject([{ heard: [{ itemId: 'answer', heardMs: 400, sentMs: 800 }] }])
})

it('happens by keypad too, and the model is told to stop', async () => {
  const { model, goLive, clock, commands } = openCall()
  const line = await goLive()
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(1000), 'menu')
  line.press('1')
  line.press('2')
  expect(line.messages('clear').length).toBeGreaterThan(0)
  expect(commands('interrupt')[0]).toMatchObject({ cause: 'gateway' })
  await clock.advance(3_500)
  expect(commands('addMessage').at(-1)).toMatchObject({ role: 'user', text: 'The caller pressed 1 2 on the keypad.' })
  expect(commands().at(-1)).toEqual({ type: 'reply' })
})
