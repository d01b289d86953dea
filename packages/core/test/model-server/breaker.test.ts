import { describe, expect, it } from 'vitest'
import { GatewayError, type GatewayErrorCode } from '../../src/errors.ts'
import { withBreaker } from '../../src/model-server/breaker.ts'
import type { Outage } from '../../src/model-server/breaker-state.ts'
import type { ModelEvent, SessionConfig } from '../../src/model.ts'
import { fakeClock, scriptedModel } from '../../src/testing/index.ts'

const config: SessionConfig = { instructions: 'Hi.', voice: 'cedar', tools: [], turnDetection: { kind: 'none' } }
const SPEECH = Buffer.alloc(800, 0x2a).toString('base64')

const lostWith = (code: GatewayErrorCode, retry = true): ModelEvent => ({
  type: 'lost',
  error: new GatewayError(code, code),
  retry,
})
const unreachable = lostWith('model_unreachable')

const rig = () => {
  const clock = fakeClock()
  const model = scriptedModel()
  const opened: Outage[] = []
  const closed: number[] = []
  const provider = withBreaker({
    clock,
    provider: model,
    voice: 'cedar',
    timeoutMs: 10_000,
    onOpen: (outage) => opened.push(outage),
    onClose: (ms) => closed.push(ms),
  })
  const call = (settings: Promise<SessionConfig> | SessionConfig = config) => {
    const told: ModelEvent['type'][] = []
    const connection = provider.connect(settings, { audio() {}, event: ({ type }) => told.push(type) })
    return { connection, told, server: model.latest }
  }
  const fail = (event: ModelEvent = unreachable): void => call().server.emit(event)
  const open = (): void => {
    for (let tries = 0; tries < 3; tries++) fail()
  }
  return { clock, model, provider, call, fail, open, opened, closed }
}

describe('an outage is', () => {
  it('three connections in a row that were refused, and all of them still told what happened', () => {
    const { provider, call, opened } = rig()
    const told = [1, 2, 3].map(() => {
      expect(provider.outage).toBe(undefined)
      const one = call()
      one.server.emit(unreachable)
      return one.told
    })
    expect(told).toEqual([['lost'], ['lost'], ['lost']])
    expect(provider.outage).toMatchObject({ kind: 'failed', code: 'model_unreachable' })
    expect(opened).toHaveLength(1)
  })

  it('two connections that are not configured within five seconds', async () => {
    const { clock, provider, call } = rig()
    call().server.emit({ type: 'created' })
    await clock.advance(4_999)
    call().server.emit({ type: 'opened' })
    await clock.advance(4_999)
    expect(provider.outage).toBe(undefined)
    await clock.advance(1)
    expect(provider.outage).toMatchObject({ code: 'model_timeout' })
  })

  it('a key that is refused, at once', () => {
    const { provider, fail } = rig()
    fail(lostWith('model_unauthorized', false))
    expect(provider.outage).toMatchObject({ kind: 'denied', code: 'model_unauthorized' })
  })

  it('sessions that are lost before they have said anything', () => {
    const { provider, call } = rig()
    for (let tries = 0; tries < 3; tries++) {
      const { server } = call()
      server.emit({ type: 'configured' })
      server.emit(lostWith('model_lost'))
    }
    expect(provider.outage).toMatchObject({ code: 'model_lost' })
  })

  it('replies that fail, on one session too', () => {
    const { provider, call } = rig()
    const { server } = call()
    server.emit({ type: 'configured' })
    for (let tries = 0; tries < 3; tries++)
      server.emit({ type: 'replyEnded', outcome: 'failed', reason: 'server_error' })
    expect(provider.outage).toMatchObject({ code: 'model_lost' })
  })

  it('sessions that are given up because they never answer', async () => {
    const { clock, provider, call } = rig()
    for (let tries = 0; tries < 2; tries++) {
      const { server, connection } = call()
      server.emit({ type: 'configured' })
      connection.send({ type: 'reply' })
      // oxlint-disable-next-line no-await-in-loop
      await clock.advance(7_000)
      connection.close()
    }
    expect(provider.outage).toMatchObject({ code: 'model_timeout' })
  })
})

describe('no outage is', () => {
  it.each<[string, ModelEvent]>([
    ['a rate limit', lostWith('model_limited')],
    ['settings that one mode should not have', lostWith('model_refused', false)],
    ['a mode that cannot brief its call', lostWith('mode_failed', false)],
    ['a session that has reached its end', lostWith('model_expired')],
  ])('%s', (_what, event) => {
    const { provider, fail } = rig()
    for (let times = 0; times < 20; times++) fail(event)
    expect(provider.outage).toBe(undefined)
  })

  it('the loss of sessions that have spoken', () => {
    const { provider, call } = rig()
    for (let times = 0; times < 20; times++) {
      const { server } = call()
      server.emit({ type: 'configured' })
      server.speak(SPEECH, 'item')
      server.emit({ type: 'replyEnded', outcome: 'completed' })
      server.emit(lostWith('model_lost'))
    }
    expect(provider.outage).toBe(undefined)
  })

  it('the loss of sessions that nobody has spoken with for a while', async () => {
    const { clock, provider, call } = rig()
    const calls = Array.from({ length: 20 }, () => call())
    for (const { server } of calls) server.emit({ type: 'configured' })
    await clock.advance(60_000)
    for (const { server } of calls) server.emit(lostWith('model_lost'))
    expect(provider.outage).toBe(undefined)
  })

  it('a caller who hangs up before the model is there', async () => {
    const { clock, provider, call } = rig()
    for (let times = 0; times < 20; times++) {
      const { connection } = call()
      // oxlint-disable-next-line no-await-in-loop
      await clock.advance(1_000)
      connection.close()
    }
    expect([provider.outage, clock.pending]).toEqual([undefined, 0])
  })

  it.each(['rate_limit_exceeded', 'inference_rate_limit_exceeded', 'invalid_value', 'content_filter'])(
    'a reply that fails with %s: other modes may be served',
    (reason) => {
      const { provider, call } = rig()
      const { server } = call()
      server.emit({ type: 'configured' })
      for (let times = 0; times < 20; times++) server.emit({ type: 'replyEnded', outcome: 'failed', reason })
      expect(provider.outage).toBe(undefined)
    },
  )

  it.each<[string, (server: ReturnType<ReturnType<typeof rig>['call']>['server']) => void]>([
    ['while the greeting is still being spoken', (server) => server.speak(SPEECH, 'item')],
    ['after interrupting the greeting', (server) => server.emit({ type: 'replyEnded', outcome: 'cancelled' })],
  ])('a caller who hangs up %s', async (_when, happens) => {
    const { clock, provider, call } = rig()
    for (let times = 0; times < 20; times++) {
      const { server, connection } = call()
      server.emit({ type: 'configured' })
      connection.send({ type: 'reply' })
      happens(server)
      // oxlint-disable-next-line no-await-in-loop
      await clock.advance(7_000)
      connection.close()
    }
    expect(provider.outage).toBe(undefined)
  })

  it('an idle session that the server closes', () => {
    const { model, provider } = rig()
    for (let times = 0; times < 20; times++) {
      provider.connect(config, { audio() {}, event() {} }, { isSpare: true })
      model.latest.emit({ type: 'configured' })
      model.latest.emit(lostWith('model_lost'))
    }
    expect(provider.outage).toBe(undefined)
    for (let times = 0; times < 3; times++) {
      provider.connect(config, { audio() {}, event() {} }, { isSpare: true })
      model.latest.emit(unreachable)
    }
    expect(provider.outage, 'it was not even opened').toMatchObject({ code: 'model_unreachable' })
  })

  it('a look-up that takes most of the time a session may take', async () => {
    const { clock, provider, call } = rig()
    const waiting = Array.from({ length: 3 }, () => {
      const briefing = Promise.withResolvers<SessionConfig>()
      const { server } = call(briefing.promise)
      server.emit({ type: 'created' })
      return { briefing, server }
    })
    await clock.advance(4_900)
    for (const { briefing } of waiting) briefing.resolve(config)
    await clock.advance(4_800)
    expect(provider.outage).toBe(undefined)
    for (const { server } of waiting) server.emit({ type: 'configured' })
    await clock.advance(10_000)
    expect([provider.outage, clock.pending]).toEqual([undefined, 0])
  })

  it('a look-up that keeps a session waiting', async () => {
    const { clock, provider, call } = rig()
    for (let times = 0; times < 3; times++) call(new Promise(() => {})).server.emit({ type: 'created' })
    await clock.advance(20_000)
    expect(provider.outage).toBe(undefined)
  })
})

describe('while it is out, the server', () => {
  it('is asked by one session of ours at a time, which is closed as soon as it is there and asks for nothing', async () => {
    const { clock, model, provider, open, closed } = rig()
    open()
    expect(model.connections).toHaveLength(3)
    await clock.advance(1_000)
    expect(model.connections).toHaveLength(4)
    await clock.advance(4_000)
    expect(model.connections, 'the second one waits for the first').toHaveLength(4)
    // It gets no answer for five seconds, and the next comes two seconds later.
    await clock.advance(3_000)
    expect(model.connections).toHaveLength(5)
    expect(model.connections[3]!.closed).toBe(true)
    model.latest.emit({ type: 'configured' })
    expect(provider.outage).toBe(undefined)
    expect([model.latest.closed, model.latest.commands]).toEqual([true, []])
    expect(closed).toEqual([8_000])
    expect(clock.pending).toBe(0)
  })

  it('is back within ten seconds of its recovery, however long it was away', async () => {
    const { clock, model, provider, open } = rig()
    open()
    let isBack = false
    let asked = 3
    const answer = (): void => {
      for (const server of model.connections.slice(asked)) server.emit(isBack ? { type: 'configured' } : unreachable)
      asked = model.connections.length
    }
    for (let seconds = 0; seconds < 60; seconds++) {
      // oxlint-disable-next-line no-await-in-loop
      await clock.advance(1_000)
      answer()
    }
    expect(asked - 3, 'once in five seconds').toBeLessThanOrEqual(14)
    isBack = true
    for (let seconds = 0; seconds < 10; seconds++) {
      // oxlint-disable-next-line no-await-in-loop
      await clock.advance(1_000)
      answer()
    }
    expect(provider.outage).toBe(undefined)
  })

  it('is asked twice a minute when it has refused the key', async () => {
    const { clock, model, fail } = rig()
    fail(lostWith('model_unauthorized', false))
    for (let seconds = 0; seconds < 120; seconds++) {
      // oxlint-disable-next-line no-await-in-loop
      await clock.advance(1_000)
      if (model.connections.length > 1) model.latest.emit(lostWith('model_unauthorized', false))
    }
    expect(model.connections).toHaveLength(1 + 4)
  })

  it('is asked soon after it refused one call for good: that may have been a slip', async () => {
    const { clock, model, provider, fail, closed } = rig()
    fail(lostWith('model_unauthorized', false))
    await clock.advance(1_000)
    model.latest.emit({ type: 'configured' })
    expect([provider.outage, closed]).toEqual([undefined, [1_000]])
    fail(lostWith('model_unauthorized', false))
    await clock.advance(29_999)
    expect(model.connections, 'not a second time').toHaveLength(3)
  })

  it('is believed to be back when it looks at our settings and refuses them, as the default voice', async () => {
    const { clock, model, provider, open } = rig()
    open()
    await clock.advance(1_000)
    model.latest.emit(lostWith('model_refused', false))
    expect(provider.outage, 'it did not even begin a session').toBeDefined()
    await clock.advance(2_000)
    model.latest.emit({ type: 'created' })
    model.latest.emit(lostWith('model_refused', false))
    expect(provider.outage).toBe(undefined)
    await clock.advance(60_000)
    expect([model.connections.length, clock.pending]).toEqual([5, 0])
  })

  it('is believed to be back when a call that goes on gets a new session', () => {
    const { provider, call, open } = rig()
    const { server } = call()
    open()
    server.emit({ type: 'configured' })
    expect(provider.outage).toBe(undefined)
  })

  it('is left alone once the gateway stops', async () => {
    const { clock, model, provider, open } = rig()
    open()
    await clock.advance(1_000)
    provider.stop()
    await clock.advance(60_000)
    expect(model.connections).toHaveLength(4)
    expect(model.latest.closed).toBe(true)
    expect(clock.pending).toBe(0)
  })
})
