import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createPlayout } from '../../src/call/playout.ts'
import { settle } from '../../src/testing/index.ts'
import { audio, greeter, openCall } from './harness.ts'

type Call = ReturnType<typeof openCall>

const say = ({ model }: Call, ms: number, itemId: string): void => {
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(ms), itemId)
  model.latest.emit({ type: 'partEnded', itemId, contentIndex: 0 })
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
}
const playedOutAt = ({ call }: Call): number[] =>
  call
    .story()
    .events.filter(({ event }) => event.type === 'playedOut')
    .map(({ atMs }) => atMs)
const problems = ({ notices }: Call): string[] =>
  notices.flatMap((notice) => (notice.type === 'problem' ? [notice.code] : []))

it('answers the caller although no mark of the greeting ever comes back', async () => {
  const rig = openCall()
  await rig.configure()
  rig.connectMedia()
  say(rig, 1_200, 'greeting')
  rig.model.latest.emit({ type: 'speechStarted' })
  rig.model.latest.emit({ type: 'speechStopped' })
  await rig.clock.advance(3_100)
  expect(rig.commands('reply'), 'the greeting').toHaveLength(1)
  await rig.clock.advance(100)
  expect(rig.commands('configure')).toHaveLength(1)
  expect(rig.commands('reply'), 'and the answer to what was said behind it').toHaveLength(2)
  expect(problems(rig)).toEqual(['mark_lost'])
})

it('waits for a mark that is late, but not lost', async () => {
  const rig = openCall()
  await rig.configure()
  const line = rig.connectMedia()
  say(rig, 1_200, 'greeting')
  await rig.clock.advance(2_500)
  expect(rig.commands('configure')).toHaveLength(0)
  line.echoMarks()
  expect(rig.commands('configure')).toHaveLength(1)
  await rig.clock.advance(5_000)
  expect(problems(rig)).toEqual([])
})

it('notices lost marks once a call, and waits no longer for those of later replies', async () => {
  const rig = openCall()
  await rig.goLive()
  for (const itemId of ['one', 'two', 'three']) {
    say(rig, 1_000, itemId)
    await rig.clock.advance(5_000)
  }
  expect(playedOutAt(rig).slice(1)).toEqual([3_000, 8_000, 13_000])
  expect(problems(rig)).toEqual(['mark_lost'])
})

it('checks in with a caller who is silent, though the marks of the last reply are lost', async () => {
  const rig = openCall()
  await rig.goLive()
  say(rig, 1_000, 'answer')
  await rig.clock.advance(24_000)
  expect(rig.commands('addMessage').at(-1)).toMatchObject({ text: expect.stringContaining('Nobody has spoken') })
})

it('hangs up behind a goodbye whose marks are lost', async () => {
  const rig = openCall()
  await rig.goLive()
  rig.model.latest.emit({ type: 'toolCalled', name: 'hang_up', argumentsJson: '{}', toolCallId: 't1' })
  await settle()
  say(rig, 800, 'goodbye')
  await rig.clock.advance(2_700)
  expect(rig.hungUp).toEqual([])
  await rig.clock.advance(200)
  expect(rig.hungUp).toEqual(['CA1'])
})

it('hands the caller on behind a sentence whose marks are lost', async () => {
  const rig = openCall()
  const line = await rig.goLive()
  const argumentsJson = '{"destination":"sales","reason":"wants to buy"}'
  rig.model.latest.emit({ type: 'toolCalled', name: 'transfer_call', argumentsJson, toolCallId: 't1' })
  await settle()
  say(rig, 800, 'connecting')
  await rig.clock.advance(2_900)
  expect(line.isOpen).toBe(false)
  expect(rig.call.next()).toMatchObject({ kind: 'dial', label: 'sales' })
})

it('waits for audio that is added while the marks are lost', async () => {
  const rig = openCall()
  await rig.goLive()
  say(rig, 1_000, 'one')
  await rig.clock.advance(900)
  say(rig, 2_000, 'two')
  await rig.clock.advance(4_000)
  expect(playedOutAt(rig)).toHaveLength(1)
  await rig.clock.advance(200)
  expect(playedOutAt(rig).slice(1)).toEqual([5_000])
})

it('does not count marks that a clear has brought back, however late', async () => {
  const rig = openCall()
  const line = await rig.goLive()
  say(rig, 1_000, 'one')
  const stale = line.messages('mark').map(({ mark }) => mark)
  rig.model.latest.emit({ type: 'speechStarted' })
  rig.model.latest.emit({ type: 'speechStopped' })
  say(rig, 1_000, 'two')
  for (const mark of [...stale, ...stale, { name: 'never:sent' }]) line.heard(mark.name)
  await rig.clock.advance(2_900)
  expect(playedOutAt(rig), 'only the greeting').toHaveLength(1)
})

it('keeps one timer at most for all that is played, and none when all is quiet', async () => {
  const rig = openCall(greeter({ patience: { silenceMs: 600_000 } }))
  const line = await rig.goLive()
  const before = rig.clock.pending
  rig.model.latest.emit({ type: 'replyStarted' })
  // The silence timer rests while the assistant speaks.
  for (let delta = 0; delta < 200; delta++) rig.model.latest.speak(audio(20), 'answer')
  expect(rig.clock.pending).toBe(before)
  rig.model.latest.emit({ type: 'partEnded', itemId: 'answer', contentIndex: 0 })
  rig.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  await rig.clock.advance(4_000)
  line.echoMarks()
  expect(rig.clock.pending).toBe(before)
})

it('leaves no timer behind when a call ends in the middle of a sentence', async () => {
  const rig = openCall()
  await rig.goLive()
  say(rig, 3_000, 'answer')
  await rig.clock.advance(1_000)
  rig.call.end('caller_hung_up')
  // The registry lets go of the session a second after the end.
  await rig.clock.advance(1_000)
  expect(rig.clock.pending, 'only the registry remembers it').toBe(1)
})

it('finds everything heard in the end, whichever marks are lost, late, doubled or out of order', () => {
  const fate = fc.record({
    echo: fc.array(fc.integer({ min: 0, max: 4_000 }), { maxLength: 2 }),
    ms: fc.integer({ min: 1, max: 40 }),
    pauseMs: fc.nat(1_500),
  })
  fc.assert(
    fc.property(fc.array(fate, { minLength: 1, maxLength: 30 }), (fates) => {
      let nowMs = 0
      const playout = createPlayout(() => nowMs)
      const echoes: { atMs: number; name: string }[] = []
      let sentMs = 0
      let heardMs = 0
      const look = (): void => {
        expect(playout.heardMs(), 'never more than was sent').toBeLessThanOrEqual(sentMs)
        heardMs = playout.heardMs()
      }
      const runUntil = (untilMs: number): void => {
        for (const echo of echoes.filter(({ atMs }) => atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs)) {
          nowMs = Math.max(nowMs, echo.atMs)
          playout.markEchoed(echo.name)
          look()
        }
        nowMs = untilMs
        look()
      }
      for (const { echo, ms, pauseMs } of fates) {
        const mark = playout.sent('reply', 0, ms * 20)
        sentMs += ms * 20
        if (mark) for (const lateMs of echo) echoes.push({ atMs: nowMs + playout.leftMs() + lateMs, name: mark })
        runUntil(nowMs + pauseMs)
      }
      playout.partEnded('reply', 0)
      // A late echo can move the end, but not for ever.
      for (let looks = 0; playout.leftMs() > 0 && looks < 30; looks++) runUntil(nowMs + playout.leftMs())
      expect(playout.leftMs(), 'quiet by the clock').toBe(0)
      for (let looks = 0; playout.settledInMs() > 0 && looks < 30; looks++) runUntil(nowMs + playout.settledInMs())
      expect([heardMs, playout.allHeard, playout.settledInMs(), playout.unheard()]).toEqual([sentMs, true, 0, []])
    }),
  )
})
