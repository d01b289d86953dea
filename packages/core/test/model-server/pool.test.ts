import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/errors.ts'
import { withPool, type PoolOutcome } from '../../src/model-server/pool.ts'
import type { ModelCapabilities, ModelEvent, SessionConfig } from '../../src/model.ts'
import { fakeClock, scriptedModel, settle } from '../../src/testing/index.ts'

const SPEECH = Buffer.alloc(800, 0x2a).toString('base64')
const FIXED = '# Role\nYou answer.'
const stable: SessionConfig = { instructions: FIXED, voice: 'cedar', tools: [], turnDetection: { kind: 'none' } }
const lost: ModelEvent = { type: 'lost', error: new GatewayError('model_lost', 'gone'), retry: true }

const rig = ({ most = 4, can = {} }: { most?: number; can?: Partial<ModelCapabilities> } = {}) => {
  const clock = fakeClock()
  const model = scriptedModel(can)
  const counts: Partial<Record<PoolOutcome, number>> = {}
  const server = { isOut: false }
  const pool = withPool({
    clock,
    provider: model,
    most,
    isOut: () => server.isOut,
    count: (outcome) => void (counts[outcome] = (counts[outcome] ?? 0) + 1),
  })
  const call = (
    own: Partial<SessionConfig> | Promise<SessionConfig> = { instructions: `${FIXED}\n\n# Caller\nAnna.` },
    settings: SessionConfig = stable,
    name = 'menu:+1',
  ) => {
    const told: ModelEvent[] = []
    const heard: string[] = []
    const config = own instanceof Promise ? own : { ...settings, ...own }
    const connection = pool.connect(
      config,
      { audio: (payload) => void heard.push(payload), event: (event) => void told.push(event) },
      { caller: '+14155550198', kind: { name, settings: () => settings } },
    )
    return { connection, told, heard, types: () => told.map(({ type }) => type) }
  }
  const open = () => model.connections.filter(({ closed }) => !closed)
  /** Every connection that waits for it is configured. */
  const answer = (): void => {
    for (const each of open()) {
      try {
        each.emit({ type: 'configured' })
      } catch {
        // It was before.
      }
    }
    model.violations.length = 0
  }
  /** Two calls came and went, and the pool is ready for two more. */
  const warm = async () => {
    const before = [call(), call()]
    answer()
    await settle()
    for (const { connection } of before) connection.close()
    expect(pool.idle).toBe(2)
    for (const key of Object.keys(counts)) delete counts[key as PoolOutcome]
  }
  return { clock, model, pool, counts, server, call, open, answer, warm }
}

describe('a warm session', () => {
  it('is configured with what all calls of a kind have in common, and with nothing of a caller', async () => {
    const { model, call } = rig()
    call()
    expect(model.connections, 'one call is no demand').toHaveLength(1)
    call()
    expect(model.connections).toHaveLength(4)
    const [own, , ...warm] = model.connections
    expect(own!.purpose.caller).toBe('+14155550198')
    for (const { config, purpose } of warm) {
      expect(purpose).toEqual({ isSpare: true })
      // oxlint-disable-next-line no-await-in-loop
      expect(await config).toEqual(stable)
    }
  })

  it('is taken by the next call, which is configured at once with its own instructions', async () => {
    const { model, pool, counts, call, open, warm } = rig()
    await warm()
    const [claimed] = open()
    const { connection, types } = call()
    expect(types(), 'nothing before connect has returned').toEqual([])
    await settle()
    expect(types()).toEqual(['opened', 'created', 'configured'])
    const instructions = `${FIXED}\n\n# Caller\nAnna.`
    expect(claimed!.commands).toEqual([{ type: 'configure', config: { instructions } }])
    const { appendAudio } = connection
    appendAudio('////')
    expect(claimed!.audio, 'the relay calls it alone').toEqual(['////'])
    connection.send({ type: 'reply' })
    claimed!.emit({ type: 'reconfigured' })
    claimed!.speak(SPEECH, 'item')
    expect(types(), 'the call has not asked for other settings').not.toContain('reconfigured')
    expect(types()).toContain('replyStarted')
    connection.send({ type: 'configure', config: { tools: [] } })
    claimed!.emit({ type: 'reconfigured' })
    expect(types(), 'and now it has').toContain('reconfigured')
    expect(counts.used).toBe(1)
    expect(pool.idle).toBe(1)
    expect(model.violations).toEqual([])
  })

  it('is not written to when a call has nothing of its own', async () => {
    const { call, open, warm } = rig()
    await warm()
    const [claimed] = open()
    const { types } = call({})
    await settle()
    expect([types().at(-1), claimed!.commands]).toEqual(['configured', []])
  })

  it('waits for what the mode looks up, and refuses commands meanwhile', async () => {
    const { call, open, warm } = rig()
    await warm()
    const [claimed] = open()
    const briefing = Promise.withResolvers<SessionConfig>()
    const { connection, types } = call(briefing.promise)
    await settle()
    connection.send({ type: 'reply' })
    connection.appendAudio('////')
    expect(types()).toEqual(['opened', 'created', 'warning'])
    briefing.resolve({ ...stable, instructions: `${FIXED}\n\nLate.` })
    await settle()
    expect(types().at(-1)).toBe('configured')
    expect([claimed!.commands.map(({ type }) => type), claimed!.audio]).toEqual([['configure'], []])
  })

  it('is closed with a call that ends before its briefing is there', async () => {
    const { call, open, warm } = rig()
    await warm()
    const [claimed] = open()
    const briefing = Promise.withResolvers<SessionConfig>()
    const { connection, types } = call(briefing.promise)
    connection.close()
    briefing.resolve(stable)
    await settle()
    expect([claimed!.closed, types()]).toEqual([true, []])
  })

  it('is no use to a call that differs in more than its instructions: that one gets a session of its own', async () => {
    const { model, call, open, answer, warm } = rig()
    await warm()
    const [claimed] = open()
    const { connection, types } = call({ history: [{ kind: 'message', role: 'user', text: 'Hello?' }] })
    await settle()
    expect(claimed!.closed).toBe(true)
    expect(model.latest.purpose.caller).toBe('+14155550198')
    answer()
    expect(types()).toEqual(['opened', 'created', 'configured'])
    connection.send({ type: 'reply' })
    expect(model.latest.owesReply).toBe(true)
  })

  it('that refuses the instructions is lost, and the next tries are sessions of their own', async () => {
    const { clock, pool, counts, call, open, warm } = rig()
    await warm()
    const [claimed] = open()
    const { told } = call()
    await settle()
    claimed!.emit({ type: 'configureRefused', code: 'invalid_value' })
    expect(told.at(-1)).toMatchObject({ type: 'lost', error: { code: 'model_refused' }, retry: true })
    expect(claimed!.closed).toBe(true)
    expect([pool.idle, counts.refused]).toEqual([0, 1])
    call()
    expect(open().at(-1)!.purpose.caller, 'a session of its own').toBe('+14155550198')
    await clock.advance(60_000)
    expect(pool.idle).toBe(0)
  })

  it('that is lost in its call is lost to the call, once', async () => {
    const { call, open, warm } = rig()
    await warm()
    const [claimed] = open()
    const { connection, types } = call()
    await settle()
    claimed!.emit(lost)
    connection.send({ type: 'reply' })
    expect(types().filter((type) => type === 'lost')).toHaveLength(1)
    expect(types().at(-1)).toBe('lost')
  })

  it('reports a mode that cannot brief its call as every connection does', async () => {
    const { call, open, warm } = rig()
    await warm()
    const [claimed] = open()
    const { told } = call(Promise.reject(new Error('no')))
    await settle()
    expect(told.at(-1)).toMatchObject({ type: 'lost', error: { code: 'mode_failed' }, retry: false })
    expect(claimed!.closed).toBe(true)
  })
})

describe('the pool', () => {
  it('serves a burst that is larger than it with sessions of their own', async () => {
    const { counts, call, answer, warm, model } = rig()
    await warm()
    const calls = Array.from({ length: 5 }, () => call())
    answer()
    await settle()
    expect(calls.every(({ types }) => types().at(-1) === 'configured')).toBe(true)
    expect([counts.used, counts.missed]).toEqual([2, 3])
    expect(model.violations).toEqual([])
  })

  it('never has more sessions than it may', async () => {
    const { pool, call, answer } = rig({ most: 3 })
    for (let calls = 0; calls < 20; calls++) call()
    answer()
    expect(pool.idle).toBe(3)
  })

  it('replaces sessions after five minutes, and has none when nobody calls any more', async () => {
    const { clock, pool, counts, answer, warm, open } = rig()
    await warm()
    const old = open()
    await clock.advance(5 * 60_000)
    answer()
    expect(old.every(({ closed }) => closed)).toBe(true)
    expect([pool.idle, counts.expired]).toEqual([2, 2])
    await clock.advance(10 * 60_000)
    expect([pool.idle, open(), clock.pending]).toEqual([0, [], 0])
  })

  it('replaces sessions when the settings have changed', async () => {
    const { pool, counts, call, answer, warm, open } = rig()
    await warm()
    const old = open()
    const { types } = call({}, { ...stable, voice: 'marin' })
    expect(old.every(({ closed }) => closed)).toBe(true)
    expect([counts.replaced, counts.missed]).toEqual([2, 1])
    answer()
    expect([types().at(-1), pool.idle > 0]).toEqual(['configured', true])
    expect(await open().at(-1)!.config).toMatchObject({ voice: 'marin' })
  })

  it('gives no session of one kind to another', async () => {
    const { counts, call, warm } = rig()
    await warm()
    call({}, stable, 'frontDesk:+2')
    expect(counts.used).toBe(undefined)
  })

  it('drops a session that is lost while it is idle, tells nobody, and opens another after a while', async () => {
    const { clock, pool, counts, call, answer, warm, open } = rig()
    await warm()
    for (const each of open()) each.emit(lost)
    expect([pool.idle, counts.lost]).toEqual([0, 2])
    const { types } = call()
    answer()
    expect(types(), 'a session of its own').toEqual(['opened', 'created', 'configured'])
    await clock.advance(15_000)
    expect(pool.idle).toBe(0)
    await clock.advance(15_000)
    answer()
    expect(pool.idle).toBe(3)
  })

  it('gives up sessions that are not configured, and does not open them without end', async () => {
    const { clock, model, counts, call } = rig()
    call()
    call()
    await clock.advance(60_000)
    expect(counts.lost).toBe(4)
    expect(model.connections).toHaveLength(6)
  })

  it.each(['the pool', 'a call'])(
    'leaves the sessions of a server that limits them to calls, refused to %s',
    async (who) => {
      const { clock, model, pool, call, answer, warm } = rig()
      await warm()
      for (let calls = 0; calls < 3; calls++) call()
      const limited: ModelEvent = { type: 'lost', error: new GatewayError('model_limited', 'HTTP 429'), retry: true }
      // The third call has a session of its own; behind it come those of the pool.
      const own = model.connections.findIndex(({ purpose }, index) => index > 3 && purpose?.isSpare !== true)
      model.connections[who === 'a call' ? own : model.connections.length - 1]!.emit(limited)
      answer()
      await settle()
      expect(pool.idle).toBe(0)
      const before = model.connections.length
      call()
      await clock.advance(9 * 60_000)
      expect(model.connections, 'the call and nothing else').toHaveLength(before + 1)
      call()
      call()
      await clock.advance(60_000)
      answer()
      expect(pool.idle).toBe(2)
    },
  )

  it('opens nothing while the server is out', async () => {
    const { clock, model, pool, server, call, answer } = rig()
    server.isOut = true
    call()
    call()
    await clock.advance(60_000)
    expect(model.connections).toHaveLength(2)
    server.isOut = false
    await clock.advance(15_000)
    answer()
    expect(pool.idle).toBe(2)
  })

  it('closes its sessions when the gateway stops, and calls go on', async () => {
    const { clock, pool, call, answer, warm, open } = rig()
    await warm()
    const own = call()
    await settle()
    pool.stop()
    expect([pool.idle, open().length, clock.pending]).toEqual([0, 1, 0])
    call()
    answer()
    expect(open()).toHaveLength(2)
    expect(own.types().at(-1)).toBe('configured')
  })

  it.each([
    ['switched off', { most: 0 }],
    ['where idle sessions are billed', { can: { idle: 'billed' as const } }],
  ])('is not there %s', (_when, options) => {
    const { model, call } = rig(options)
    for (let calls = 0; calls < 5; calls++) call()
    expect(model.connections).toHaveLength(5)
  })
})
