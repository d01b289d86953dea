import { expect, it } from 'vitest'
import { greeter, audio, openCall } from './harness.ts'

type Call = ReturnType<typeof openCall>
const sounds = ({ call }: Call): string[] =>
  call
    .story()
    .events.map(({ event }) => event.type)
    .filter((type) => type.startsWith('sound'))
const at = ({ call }: Call, type: string): number[] =>
  call
    .story()
    .events.filter(({ event }) => event.type === type)
    .map(({ atMs }) => atMs)

const say = ({ model }: Call, ms: number, itemId: string): void => {
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(ms), itemId)
  model.latest.emit({ type: 'partEnded', itemId, contentIndex: 0 })
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
}

it('knows since when the caller hears something, and when they have heard it all, without any mark', async () => {
  const rig = openCall()
  await rig.configure()
  rig.connectMedia()
  await rig.clock.advance(1_000)
  say(rig, 1_500, 'greeting')
  await rig.clock.advance(1_400)
  expect(sounds(rig)).toEqual(['soundStarted'])
  await rig.clock.advance(100)
  expect(at(rig, 'soundStarted')).toEqual([1_000])
  expect(at(rig, 'soundEnded')).toEqual([2_500])
})

it('hears one sound while audio keeps coming before the last has been heard', async () => {
  const rig = openCall()
  await rig.goLive()
  rig.model.latest.emit({ type: 'replyStarted' })
  for (let chunk = 0; chunk < 10; chunk++) {
    rig.model.latest.speak(audio(300), 'answer')
    await rig.clock.advance(200)
  }
  rig.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  await rig.clock.advance(5_000)
  expect(sounds(rig).slice(-2)).toEqual(['soundStarted', 'soundEnded'])
  expect(sounds(rig)).toHaveLength(4)
  expect(at(rig, 'soundEnded').at(-1)).toBe(3_000)
})

it('calls it quiet as soon as the last mark has come back', async () => {
  const rig = openCall()
  const line = await rig.goLive()
  say(rig, 4_000, 'answer')
  await rig.clock.advance(1_000)
  line.echoMarks()
  expect(at(rig, 'soundEnded').at(-1)).toBe(1_000)
})

it('calls it quiet when the assistant is interrupted and when the line drops', async () => {
  const rig = openCall()
  const line = await rig.goLive()
  say(rig, 4_000, 'one')
  rig.model.latest.emit({ type: 'speechStarted' })
  rig.model.latest.emit({ type: 'speechStopped' })
  say(rig, 4_000, 'two')
  line.drop()
  await rig.clock.advance(1)
  expect(sounds(rig).slice(2)).toEqual(['soundStarted', 'soundEnded', 'soundStarted', 'soundEnded'])
})

it('calls nothing a sound that is held for a caller who is not there', async () => {
  const rig = openCall(greeter())
  await rig.configure()
  say(rig, 500, 'greeting')
  await rig.clock.advance(3_000)
  expect(sounds(rig)).toEqual([])
  rig.connectMedia()
  expect(sounds(rig)).toEqual(['soundStarted'])
})
