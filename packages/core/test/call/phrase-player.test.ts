import { expect, it } from 'vitest'
import { createCallerLeg } from '../../src/call/caller-leg.ts'
import { createStory } from '../../src/call/story.ts'
import type { CallParts } from '../../src/call/parts.ts'
import { createPlayout } from '../../src/call/playout.ts'
import { createRelay } from '../../src/call/relay.ts'
import { createSpeechMeter } from '../../src/call/speech-meter.ts'
import type { CallEvent } from '../../src/call/events.ts'
import { createStopwatch } from '../../src/call/stopwatch.ts'
import { fakeClock, scriptedLine, scriptedModel } from '../../src/testing/index.ts'
import { audio, createLine, greeter } from './harness.ts'

const LOUD = 0x10
/** 12 dB below it: our own voice as it comes back. */
const ECHO = 0x2f

/** A caller's leg by itself, with what it needs of a live call. */
const createRig = () => {
  const clock = fakeClock()
  const story = createStory(clock.now, () => {})
  const playout = createPlayout(clock.now)
  const relay = createRelay(playout)
  const events: CallEvent[] = []
  const live = { phase: 'live', greeting: 'heard', callerSpeaking: false }
  const leg = createCallerLeg({
    deps: { clock, provider: scriptedModel(), bind: () => true },
    story,
    playout,
    relay,
    stopwatch: createStopwatch(clock, story, true),
    meter: createSpeechMeter(),
    mode: greeter({ turnTaking: { minSpeechMs: 200 } }),
    state: () => live,
    dispatch: (event: CallEvent) => void events.push(event),
    problem: () => {},
  } as unknown as CallParts)
  const connect = () => createLine(scriptedLine(clock).connect({ attach: leg.attach, facts: { callId: 'call' } }))
  const line = connect()
  line.start()
  leg.flush()
  const types = () => events.map(({ type }) => type)
  return { clock, connect, leg, line, playout, relay, types }
}

it('lets the caller hear a phrase of our own, as sound that begins and ends', async () => {
  const { clock, leg, line, types } = createRig()
  leg.play(audio(1_010, LOUD), 'phrase')
  expect(types()).toEqual(['mediaAttached', 'soundStarted'])
  expect(line.messages('media').length).toBeGreaterThan(1)
  expect(line.messages('mark').length).toBeGreaterThan(1)
  await clock.advance(1_020)
  expect(types().at(-1)).toBe('soundEnded')
})

it('tells how much of a phrase was heard when the caller speaks into it, and stops it', async () => {
  const { clock, leg, line, playout, types } = createRig()
  leg.play(audio(1_000), 'phrase')
  await clock.advance(300)
  expect(playout.unheard()).toEqual([{ itemId: 'phrase', contentIndex: 0, heardMs: 300, sentMs: 1_000 }])
  leg.clear()
  expect(line.messages('clear')).toHaveLength(1)
  expect(playout.unheard()).toEqual([])
  expect(types().at(-1)).toBe('soundEnded')
})

it('counts the parts of a reply right around a phrase in its middle', async () => {
  const { clock, leg, line, playout, relay } = createRig()
  relay.fromModel(audio(400), 'reply', 0)
  leg.play(audio(600), 'phrase')
  relay.fromModel(audio(400), 'reply', 0)
  await clock.advance(880)
  // The marks at 400, 640 and 880 ms have come back.
  for (const { mark } of line.messages('mark').slice(0, 3)) line.heard(mark.name)
  await clock.advance(320)
  expect(playout.unheard()).toEqual([{ itemId: 'reply', contentIndex: 0, heardMs: 600, sentMs: 800 }])
})

it('does not take the echo of a phrase for the caller', async () => {
  const { clock, leg, line, types } = createRig()
  leg.play(audio(2_000, LOUD), 'phrase')
  leg.weighSpeech('reply')
  for (let frame = 0; frame < 40; frame++) {
    await clock.advance(20)
    line.frame(audio(20, ECHO))
  }
  expect(types()).not.toContain('bargeInConfirmed')
  for (let frame = 0; frame < 10; frame++) {
    await clock.advance(20)
    line.frame(audio(20, LOUD))
  }
  expect(types()).toContain('bargeInConfirmed')
})

it('holds a phrase for a caller who is not there yet, and plays it when they come', () => {
  const { connect, leg, line, relay, types } = createRig()
  line.drop()
  leg.play(audio(300), 'phrase')
  expect(relay.holding).toBe(true)
  expect(types()).not.toContain('soundStarted')
  const again = connect()
  again.start()
  leg.flush()
  expect(again.messages('media')).toHaveLength(2)
  expect(types().at(-1)).toBe('soundStarted')
})
