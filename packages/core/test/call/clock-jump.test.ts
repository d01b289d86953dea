import { expect, it } from 'vitest'
import { audio, openCall } from './harness.ts'

const HOUR_MS = 3_600_000

it.each([
  ['back', -HOUR_MS],
  ['forward', HOUR_MS],
])('tells how long people talked, though the wall clock is set %s meanwhile', async (_way, byMs) => {
  const rig = openCall()
  await rig.clock.advance(500)
  await rig.goLive()
  rig.clock.setWallClock(byMs)
  await rig.clock.advance(15_000)
  rig.call.end('caller_hung_up')
  const { startedAt, endedAt } = rig.call.story()
  expect(Date.parse(endedAt!) - Date.parse(startedAt)).toBe(15_500)
})

it('knows when people could hear each other in the order in which it was', async () => {
  const rig = openCall()
  rig.clock.setWallClock(-HOUR_MS)
  await rig.clock.advance(500)
  await rig.goLive()
  expect(rig.call.mediaSince!.getTime() - rig.call.facts.startedAt.getTime()).toBe(500)
})

it('times nothing as less than nothing, when the stamps of two stages cross', async () => {
  const rig = openCall()
  await rig.clock.advance(1_000)
  await rig.goLive()
  rig.model.latest.emit({ type: 'speechStarted' })
  rig.model.latest.emit({ type: 'speechStopped' })
  rig.model.latest.emit({ type: 'replyStarted' })
  // The script says that its audio came at 0 ms.
  rig.model.latest.speak(audio(200), 'answer')
  expect(
    Object.values(rig.call.story().latency)
      .flat()
      .filter((ms) => ms < 0),
  ).toEqual([])
  expect(rig.call.story().latency.speech_end_to_delta).toEqual([0])
})
