import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { startHeartbeat } from '../../src/realtime/heartbeat.ts'
import { fakeClock } from '../../src/testing/index.ts'
import { configured, connect, created, delta, done, say, type Script } from './server.ts'

describe('a server that is asked for a sign of life', () => {
  it('is there when it answers anything', async () => {
    const clock = fakeClock()
    const { connection, events, settled } = await configured({ clock })
    await clock.advance(100)
    connection.send({ type: 'probe' })
    await settled()
    await settled()
    await clock.advance(1_200)
    expect(events.filter(({ type }) => type === 'lost')).toEqual([])
  })

  it('is lost when nothing comes but pongs', async () => {
    const clock = fakeClock()
    const { connection, socket, until, settled } = await configured({ clock })
    socket.removeAllListeners('got:session.update')
    await clock.advance(100)
    connection.send({ type: 'probe' })
    await settled()
    await clock.advance(1_200)
    expect(await until('lost')).toMatchObject({ retry: true, error: { code: 'model_lost' } })
    expect(clock.pending).toBe(0)
  })
})

describe('a model’s socket', () => {
  it('is pinged every five seconds, and lives while it answers', async () => {
    const clock = fakeClock()
    const { socket, events } = await configured({ clock })
    const other = await configured()
    for (let pings = 0; pings < 3; pings++) {
      const pinged = once(socket, 'ping')
      await clock.advance(5_000)
      await pinged
      // Its pong is on the way; nothing else of it is.
      for (let turns = 0; turns < 5; turns++) await other.settled()
    }
    expect(events).toEqual([])
  })

  it('that has gone dead is lost 2.5 s after the ping, and a new one may help', async () => {
    const clock = fakeClock()
    const { until, events } = await configured({ clock })
    // Nothing of the far side is read while the fake clock runs: it is as good as dead.
    await clock.advance(7_499)
    expect(events).toEqual([])
    await clock.advance(1)
    expect(await until('lost')).toMatchObject({ retry: true, error: { code: 'model_lost' } })
    expect(clock.pending).toBe(0)
  })

  it('is not given up because we were asleep ourselves', () => {
    let nowMs = 0
    let due: { atMs: number; task: () => void } | undefined
    let deaths = 0
    const heartbeat = startHeartbeat({
      clock: {
        now: () => nowMs,
        date: () => new Date(0),
        after(delayMs, task) {
          due = { atMs: nowMs + delayMs, task }
          return { stop: () => {} }
        },
      },
      ping: () => {},
      dead: () => void deaths++,
    })
    const fire = (lateMs: number): void => {
      nowMs = due!.atMs + lateMs
      due!.task()
    }
    fire(0)
    fire(60_000)
    expect(deaths, 'the pong may lie in the socket').toBe(0)
    fire(0)
    expect(deaths).toBe(1)
    heartbeat.stop()
  })
})

describe('a key or model that is refused behind an open socket', () => {
  const refusing =
    (error: object | undefined, code: number, reason: string): Script =>
    (socket: WebSocket) => {
      if (error) say(socket, { type: 'error', error })
      socket.close(code, reason)
    }
  const type = 'invalid_request_error'

  it.each([
    ['a wrong key', { type, code: 'invalid_api_key' }, 3000, `${type}.invalid_api_key`, 'OPENAI_API_KEY'],
    ['no key', { type, code: null }, 3000, type, 'OPENAI_API_KEY'],
    ['no word but the close code', undefined, 3000, '', 'OPENAI_API_KEY'],
    ['a missing model', { type, code: 'missing_model' }, 4000, `${type}.missing_model`, 'OPENAI_MODEL'],
    ['a mistyped model', { type, code: 'invalid_model' }, 4000, `${type}.invalid_model`, 'OPENAI_MODEL'],
    ['a model named in the close reason only', undefined, 4000, `${type}.invalid_model`, 'OPENAI_MODEL'],
  ])('%s says what to check, and is not tried again', async (_what, error, code, reason, hint) => {
    const { until } = await connect(refusing(error, code, reason))
    expect(await until('lost')).toMatchObject({
      retry: false,
      error: { code: 'model_unauthorized', message: expect.stringContaining(hint) },
    })
  })

  it('is told without waiting for ever for the close', async () => {
    const clock = fakeClock()
    const { until, sockets } = await connect(
      (socket) => say(socket, { type: 'error', error: { type, code: null } }),
      'auto',
      {},
      { clock },
    )
    await until('opened')
    sockets[0]!.ping()
    await once(sockets[0]!, 'pong')
    await clock.advance(500)
    expect(await until('lost')).toMatchObject({ retry: false, error: { code: 'model_refused' } })
  })

  it('never repeats the server’s own words', async () => {
    const { until } = await connect(
      refusing({ type, code: 'invalid_value', message: 'Dana Fields', param: 'Dana Fields' }, 4000, 'Dana Fields'),
    )
    expect(JSON.stringify(await until('lost'))).not.toContain('Dana')
  })
})

it('an exception of ours is told as a defect, and not held against the server', async () => {
  const defect = new Error('ours')
  const rig = await configured({
    hear({ type }) {
      if (type === 'replyStarted') throw defect
    },
  })
  for (let count = 0; count < 8; count++) await rig.says(created(`r${count}`), delta(`r${count}`), done(`r${count}`))
  expect(rig.events.filter((event) => event.type === 'warning')).toEqual(
    Array.from({ length: 8 }, () => expect.objectContaining({ code: 'internal', cause: defect })),
  )
  expect(rig.types()).not.toContain('lost')
  expect(rig.audio).toHaveLength(8)
})

it('an exception of ours at the very end is no end of everybody’s calls', async () => {
  const rig = await configured({
    hear({ type }) {
      if (type === 'lost') throw new Error('ours')
    },
  })
  rig.socket.terminate()
  await rig.until('warning')
  expect(rig.types()).toEqual(['lost', 'warning'])
})

it('nothing is sent to a session that is not configured, and the call hears of its defect', async () => {
  const { connection, sockets, sent, events, until } = await connect((socket) =>
    say(socket, { type: 'session.created', session: {} }),
  )
  await until('created')
  connection.send({ type: 'reply' })
  sockets[0]!.ping()
  await once(sockets[0]!, 'pong')
  expect(sent.map(({ type }) => type)).toEqual(['session.update'])
  expect(events.at(-1)).toMatchObject({ type: 'warning', code: 'internal' })
})
