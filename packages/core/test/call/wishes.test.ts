import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/errors.ts'
import { audio, greeter, openCall, prepareCall } from './harness.ts'
import { playLeg } from '../../src/testing/leg-player.ts'

const lost = { type: 'lost', error: new GatewayError('model_lost', 'gone'), retry: true } as const

const tuned = () =>
  greeter({
    tuning: { effort: 'high', transcription: 'off' },
    suits: { effort: 'minimal' },
    keywords: ['Harbor Dental'],
  })

describe('what a call would have of its model', () => {
  it('is what the operator has set, what suits the mode, and its words', async () => {
    const { model } = openCall(tuned())
    expect((await model.latest.config).wishes).toEqual({
      set: { effort: 'high', transcription: 'off' },
      suits: { effort: 'minimal' },
      language: 'en',
      keywords: ['Harbor Dental'],
    })
  })

  it('is told every connection, and who is on the line as well', async () => {
    const call = openCall(tuned())
    const { model, clock } = call
    await call.goLive()
    // Nothing comes of a reply that is owed: a second connection is opened beside the first.
    model.latest.emit({ type: 'speechStarted' })
    model.latest.emit({ type: 'speechStopped' })
    await clock.advance(2_600)
    expect(model.connections).toHaveLength(2)
    model.latest.emit(lost)
    model.connections[0]!.emit(lost)
    await clock.advance(250)
    expect(model.connections).toHaveLength(3)
    expect(model.connections.map(({ purpose }) => purpose.caller)).toEqual(
      Array.from({ length: 3 }, () => '+14155550199'),
    )
    const wishes = await Promise.all(model.connections.map(async ({ config }) => (await config).wishes?.set.effort))
    expect(wishes).toEqual(['high', 'high', 'high'])
  })

  it('and who is called is told when a call is primed', async () => {
    const { model } = prepareCall(undefined, { primes: true })
    expect(model.latest.purpose.caller).toBe('+14155550199')
    expect(await model.latest.config).toMatchObject({ primes: true })
  })
})

describe('a call that nobody writes down', () => {
  it('goes on over a new connection, which asks for what was said last', async () => {
    const call = openCall(tuned())
    const { model, clock } = call
    await call.goLive()
    model.latest.emit({ type: 'transcript', speaker: 'assistant', itemId: 'greeting', text: 'Hello there!' })
    model.latest.emit({ type: 'itemPlaced', itemId: 'theirs', speaker: 'caller', afterItemId: 'greeting' })
    model.latest.emit({ type: 'speechStarted' })
    model.latest.emit({ type: 'speechStopped' })
    model.latest.emit(lost)
    await clock.advance(250)
    await call.configure()
    const told = JSON.stringify(model.latest.history)
    expect(told).toContain('Hello there!')
    expect(told).toContain('Ask them to say it again')
    expect(call.call.story().turns).toMatchObject([{ speaker: 'assistant' }])
  })
})

it('a model that never comes to an end is cut off twice in a row, and then the caller has the word', async () => {
  const call = openCall()
  const { model, clock } = call
  const player = playLeg(await call.goLive())
  const asked = () => call.commands('reply').length
  const before = asked()
  model.latest.emit({ type: 'speechStarted' })
  model.latest.emit({ type: 'speechStopped' })
  for (let monologue = 0; monologue === 0 || asked() === before + monologue; monologue++) {
    expect(monologue).toBeLessThan(2)
    model.latest.emit({ type: 'replyStarted' })
    model.latest.speak(audio(600), `monologue ${monologue}`)
    model.latest.emit({ type: 'replyEnded', outcome: 'incomplete', reason: 'max_output_tokens' })
    for (let passed = 0; passed < 1_000; passed += 100) {
      player.play(100)
      // oxlint-disable-next-line no-await-in-loop -- time passes on the line
      await clock.advance(100)
    }
  }
  expect(asked()).toBe(before + 1)
  expect(call.call.state).toMatchObject({ phase: 'live', turn: 'listening' })
})
