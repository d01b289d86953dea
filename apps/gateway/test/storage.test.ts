import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { e164 } from '@llc-phone/core'
import { openStore } from '@llc-phone/database'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startWorld, type World } from './support/whole-call.ts'

const CALL_TIMEOUT_MS = 90_000

let folder: string
let file: string
let world: World | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'llc-phone-gateway-'))
  file = join(folder, 'a.db')
})

afterEach(async () => {
  await world?.close()
  world = undefined
  rmSync(folder, { recursive: true, force: true })
})

const start = async (): Promise<World> => {
  world = await startWorld({
    dialect: 'ga',
    variables: { DATABASE_URL: `file:${file}`, MESSAGE_WEBHOOK_URL: '', OUTBOUND_WEBHOOK_URL: '' },
  })
  return world
}

const ready = async ({ publicUrl }: World) => {
  const response = await fetch(`${publicUrl}/readyz`)
  return [response.status, await response.json()]
}

const storageUp = async ({ publicUrl, variables }: World) => {
  const response = await fetch(`${publicUrl}/metrics`, {
    headers: { authorization: `Bearer ${variables['ADMIN_TOKEN']}` },
  })
  return /^llc_storage_up (\d)$/m.exec(await response.text())?.[1]
}

const inStore = async <Result>(work: (store: DrizzleStore) => Promise<Result>): Promise<Result> => {
  const store = await openStore({ url: `file:${file}` })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** Somebody who wants to leave a message, and what they were told. */
const leaveMessage = async (at: World, from: string) => {
  const call = at.twilio.placeCall({
    to: at.numbers.receptionist,
    from,
    script: [{ say: 'can I leave a message for Anna' }, { say: 'goodbye' }],
  })
  const { errors } = await call.ended
  const { turns, tools, disposition } = await at.story(call)
  const said = turns.flatMap(({ speaker, text }) => (speaker === 'assistant' ? [text] : [])).join('\n')
  return { call, said, errors, disposition, messages: tools.filter(({ name }) => name === 'take_message') }
}

const dial = (at: World) => at.admin('POST', '/outbound-call', { to: '+14155550120', scenario: 'callback' })

const placements = ({ twilio }: World) =>
  twilio.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/Calls.json'))

describe('a gateway that starts without its database', { timeout: CALL_TIMEOUT_MS }, () => {
  it('answers callers, promises nothing, calls nobody, says so, and goes on when it is back', async () => {
    // What the operator set before the disk failed.
    await inStore((store) => store.numbers.set(e164('+14155550188'), 'customerService', 'tests'))
    const good = join(folder, 'good.db')
    renameSync(file, good)
    mkdirSync(file)

    const at = await start()
    expect(await ready(at)).toEqual([
      200,
      { status: 'ready', storage: 'unavailable', model: 'ok', room: 'normal', settings: 'example' },
    ])
    expect(await storageUp(at)).toBe('0')
    expect(at.logText()).toMatch(/"level":"error".*something else is in its place.*storage unavailable/)
    const left = await leaveMessage(at, '+14155550199')
    expect([left.errors, left.disposition]).toEqual([[], 'assistant_hung_up'])
    expect(left.messages).toMatchObject([{ outcome: 'failed' }])
    expect(left.said).not.toMatch(/has been taken|is stored|have noted|passed on/i)
    expect(await dial(at)).toMatchObject({ status: 503, body: { error: { code: 'database_failed' } } })
    expect(placements(at)).toEqual([])

    rmSync(file, { recursive: true })
    utimesSync(good, new Date(0), new Date(0))
    renameSync(good, file)
    await vi.waitFor(
      async () =>
        expect(await ready(at)).toEqual([
          200,
          { status: 'ready', storage: 'ok', model: 'ok', room: 'normal', settings: 'example' },
        ]),
      {
        timeout: 40_000,
        interval: 250,
      },
    )
    expect(await storageUp(at)).toBe('1')
    await vi.waitFor(() => expect(at.gateway.numbers.resolve(e164('+14155550188')).name).toBe('customerService'))
    // What could not be written then is now.
    await vi.waitFor(
      async () =>
        expect(await inStore((store) => store.journal.find(left.call.sid))).toMatchObject({
          disposition: 'assistant_hung_up',
          tools: expect.arrayContaining([expect.objectContaining({ outcome: 'failed' })]) as unknown,
        }),
      { timeout: 10_000, interval: 250 },
    )
  })
})

describe('a call that a crash has cut off', { timeout: CALL_TIMEOUT_MS }, () => {
  it('is over for the operator of the next gateway', async () => {
    await inStore((store) =>
      store.journal.begin({
        callId: 'call 1',
        legId: `CA${'1'.repeat(32)}`,
        mode: 'receptionist',
        direction: 'inbound',
        dialled: '+14155550102',
        startedAt: '2026-11-22T10:00:00.000Z',
      }),
    )
    const at = await start()
    await vi.waitFor(
      async () =>
        expect(await at.admin('GET', `/calls/CA${'1'.repeat(32)}`)).toMatchObject({
          status: 200,
          body: { disposition: 'cut_off', endedAt: '2026-11-22T10:00:00.000Z' },
        }),
      { timeout: 10_000, interval: 100 },
    )
    await vi.waitFor(() =>
      expect(at.logText()).toMatch(/"calls":1,"msg":"calls of a process that died are closed as cut off"/),
    )
  })
})

describe('a database that is deleted under the running gateway', { timeout: CALL_TIMEOUT_MS }, () => {
  it('is noticed before a caller is told that anything was stored, and is not made anew', async () => {
    const at = await start()
    expect(await ready(at)).toEqual([
      200,
      { status: 'ready', storage: 'ok', model: 'ok', room: 'normal', settings: 'example' },
    ])

    for (const ending of ['', '-wal', '-shm']) rmSync(`${file}${ending}`)
    // Nobody has to call for it to be noticed.
    await vi.waitFor(
      async () =>
        expect(await ready(at)).toEqual([
          200,
          { status: 'ready', storage: 'unavailable', model: 'ok', room: 'normal', settings: 'example' },
        ]),
      {
        timeout: 10_000,
        interval: 100,
      },
    )
    expect(at.logText()).toMatch(/deleted, moved or replaced.*storage unavailable/)
    const left = await leaveMessage(at, '+14155550198')
    expect(left.messages).toMatchObject([{ outcome: 'failed' }])
    expect(left.said).not.toMatch(/has been taken|is stored|have noted|passed on/i)
    expect(await dial(at)).toMatchObject({ status: 503, body: { error: { code: 'database_failed' } } })
    expect(placements(at)).toEqual([])
    expect(existsSync(file)).toBe(false)

    await at.gateway.stop()
    // The next process has a database again, and the story of the call in which it was missing.
    const { call } = left
    await at.close()
    const next = await start()
    await vi.waitFor(async () => expect(await next.admin('GET', `/calls/${call.sid}`)).toMatchObject({ status: 200 }), {
      timeout: 10_000,
      interval: 100,
    })
  })
})
