import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { openStore } from '@llc-phone/database'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import { type RecordedCall } from '@llc-phone/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCallLog } from '../src/watching/call-log.ts'
import { createLog } from '../src/watching/log.ts'
import { fakeRegistry } from './support/fake-calls.ts'
import { ADMIN_TOKEN, callSidOf, ringing, testGateway, type TestGateway } from './support/gateway.ts'

const story: RecordedCall = {
  callId: 'good',
  legId: 'CA-good',
  mode: 'receptionist',
  instance: 'frontDesk',
  settingsVersion: 3,
  direction: 'inbound',
  caller: '+14155550177',
  dialled: '+14155550102',
  startedAt: '2026-11-22T10:00:00.000Z',
  endedAt: '2026-11-22T10:01:00.000Z',
  disposition: 'caller_hung_up',
  turns: [{ speaker: 'caller', text: 'A table for two, please.', atMs: 10 }],
  tools: [],
  transfers: [],
  latency: {},
  firstWordsMs: 310,
  usage: { input: { text: 0, audio: 0, cachedText: 0, cachedAudio: 0 }, output: { text: 0, audio: 0 } },
}
const failed: RecordedCall = {
  ...story,
  callId: 'bad',
  legId: 'CA-bad',
  instance: '=cmd()',
  startedAt: '2026-11-22T11:00:00.000Z',
  endedAt: '2026-11-22T11:01:00.000Z',
  disposition: 'fallback',
  problems: [{ code: 'model_lost', message: 'A reply broke off.', atMs: 5 }],
  transfers: [
    { kind: 'fallback', label: 'the desk', number: '+14155550112', reason: 'model_lost', atMs: 9, outcome: 'bridged' },
  ],
}

let store: DrizzleStore
let gateway: TestGateway
const audit: unknown[] = []
beforeAll(async () => {
  store = await openStore({ url: 'file::memory:' })
  const entries = '{"atMs":1,"event":{"type":"toolSettled","number":"+14155550177"}}'
  const gzip = gzipSync(`{"version":1,"callId":"bad","entries":[\n${entries}\n]}\n`).toString('base64')
  await store.journal.finish(story)
  await store.journal.finish(failed, { log: { version: 1, gzip } })
  const calls = createCallLog({
    journal: store.journal,
    model: 'gpt-realtime-1.5',
    log: createLog({ level: 'silent', secrets: [] }),
  })
  const add = async (entry: unknown) => void audit.push(entry)
  const overrides = { calls, ledger: store.outbound, events: store.events, audit: { add, list: async () => [] } }
  gateway = await testGateway(fakeRegistry().registry, overrides)
  await gateway.post('/twiml', ringing(callSidOf(1)))
  await gateway.app.listen({ port: 0, host: '127.0.0.1' })
}, 60_000)
const folder = mkdtempSync(join(tmpdir(), 'calls-'))
afterAll(async () => {
  await gateway.app.close()
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs a command against the gateway; resolves to its exit code and what it has printed. */
const run = (name: 'calls' | 'why', ...args: string[]) =>
  new Promise<readonly [code: number, stdout: string, stderr: string]>((resolve) => {
    const file = fileURLToPath(new URL(`../src/cli/${name}-command.ts`, import.meta.url))
    const { port } = gateway.app.server.address() as AddressInfo
    const env = { PATH: process.env.PATH, ADMIN_TOKEN, PORT: String(port) }
    execFile(process.execPath, [file, ...args], { env }, (error, stdout, stderr) =>
      resolve([Number(error?.code ?? 0), stdout, stderr]),
    )
  })

const get = (url: string) => gateway.app.inject({ url, headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })
const idsOf = async (query: string): Promise<string[]> => {
  const { calls } = (await get(`/calls?${query}`)).json<{ calls: { callId: string; phase?: string }[] }>()
  return calls.map(({ callId, phase }) => (phase ? 'live' : callId))
}

describe('GET /calls', () => {
  it.each([
    ['problem=any', ['bad']],
    ['problem=model_lost&direction=inbound', ['bad']],
    ['q=TABLE', ['bad', 'good']],
    ['number=%2B14155550177', ['bad', 'good']],
    ['number=+1 415 555 0102', ['bad', 'good']],
    ['number=+1 415 555 0101', ['live']],
    ['direction=inbound', ['live', 'bad', 'good']],
    ['instance=frontDesk', ['good']],
    ['outcome=caller_hung_up', ['good']],
    ['slowerThan=300', ['bad', 'good']],
    ['slowerThan=310', []],
    ['from=2026-11-22T10:30:00Z&to=2026-11-23', ['bad']],
    ['test=true', []],
    ['settingsVersion=3', ['bad', 'good']],
  ])('%s finds calls of the journal and live ones', async (query, ids) => {
    expect(await idsOf(query)).toEqual(ids)
  })

  it('goes on behind a cursor under the same filter', async () => {
    const first = (await get('/calls?settingsVersion=3&limit=1')).json<{ calls: object[]; next: string }>()
    expect(first.calls).toMatchObject([{ callId: 'bad' }])
    expect(await idsOf(`settingsVersion=3&limit=5&after=${first.next}`)).toEqual(['good'])
  })

  it('names the calls before and after one, live ones too', async () => {
    const beside = async (id: string) => (await get(`/calls/${id}/beside`)).json<Record<string, string>>()
    const [live] = (await get('/calls?limit=1')).json<{ calls: { callId: string }[] }>().calls
    expect(await beside('good')).toEqual({ newer: 'bad' })
    expect(await beside('bad')).toEqual({ older: 'good', newer: live!.callId })
    expect(await beside(live!.callId)).toEqual({ older: 'bad' })
    expect((await get('/calls/nobody/beside')).statusCode).toBe(404)
  })

  it.each(['outcome=sunk', 'from=yesterday', 'number=1', 'test=maybe', 'slowerThan=soon', 'problem=%20'])(
    '%s is refused with what is meant',
    async (query) => {
      const answer = await get(`/calls?${query}`)
      expect(answer.statusCode).toBe(400)
      expect(answer.json()).toMatchObject({ error: { code: 'request_invalid' } })
    },
  )

  it('says why a call failed, in the list and in its story', async () => {
    const why = 'The connection to the model was lost; the caller was connected with the desk.'
    const { calls } = (await get('/calls?problem=any')).json<{ calls: object[] }>()
    expect(calls).toMatchObject([{ callId: 'bad', why, problems: ['model_lost'] }])
    const told = (await get('/calls/bad')).json<object>()
    expect(told).toMatchObject({ why, problems: failed.problems, settingsVersion: 3 })
    expect((await get('/calls/good')).json<object>()).not.toHaveProperty('why')
  })
})

describe('an export', () => {
  it('is a table that no program takes for formulas, with masked numbers', async () => {
    const answer = await get('/calls.csv?settingsVersion=3')
    expect(answer.headers['content-type']).toContain('text/csv')
    const [head, bad, good, ...rest] = answer.body.trimEnd().split('\r\n')
    expect(head).toMatch(/^callId,callSid,startedAt,/)
    expect(bad).toContain(`'=cmd()`)
    expect(bad).toContain(`,+1415•••0177`)
    expect(good).toMatch(/^good,/)
    expect(rest).toEqual([])
  })

  it('is JSON too, of everything that is found', async () => {
    const found = (await get('/calls.json?q=table')).json<{ callId: string; caller: string }[]>()
    expect(found.map(({ callId }) => callId)).toEqual(['bad', 'good'])
    expect(found[0]!.caller).toBe('+1415•••0177')
    expect((await get('/calls.json?q=nothing')).json()).toEqual([])
  })

  it('has whole numbers for a manager who asks, and is noted in the audit log', async () => {
    audit.length = 0
    expect((await get('/calls.json?reveal=true&number=%2B14155550177')).body).toContain('+14155550177')
    expect(audit).toMatchObject([
      { action: 'calls_exported', details: { as: 'json', reveal: true, number: '+1415•••0177' } },
    ])
  })
})

it('gives the log of a call, with numbers masked', async () => {
  const log = (await get('/calls/bad/events')).json<{ entries: { event: { number: string } }[] }>()
  expect(log.entries[0]!.event.number).toBe('+1415•••0177')
  expect((await get('/calls/good/events')).statusCode).toBe(404)
})

describe('the commands', { timeout: 60_000 }, () => {
  it('list what filters find, with why it failed', async () => {
    const [code, listed] = await run('calls', 'list', '--problem', 'any', '--until', '2026-11-30')
    expect(code).toBe(0)
    expect(listed)
      .toBe(`2026-11-22 11:00:00Z  bad  +1415•••0177 → +14155550102  =cmd()  fallback  60.0 s  first words 310 ms
    The connection to the model was lost; the caller was connected with the desk.
`)
    expect(await run('calls', 'list', '--outcome', 'sunk')).toMatchObject([1, '', expect.stringContaining('outcome')])
  })

  it('show the story of one, and export many', async () => {
    const [, shown] = await run('calls', 'show', 'bad')
    expect(shown).toMatch(/^Call bad \(CA-bad\)\n/)
    expect(shown).toContain('What to do: Look at the status page')
    expect(shown).toMatch(/ 0\.0 s {2}problem +model_lost: A reply broke off\.\n/)
    expect(shown).toMatch(/fallback +to the desk, \+1415•••0112 \(model_lost\): connected/)
    const [, exported] = await run('calls', 'export', '--text', 'table')
    expect(exported.split('\n').map((line) => line.split(',')[0])).toEqual(['callId', 'bad', 'good', ''])
  })

  it('put together what is known of a call that failed', async () => {
    const log = join(folder, 'gateway.log')
    const line = {
      level: 'warn',
      time: '2026-11-22T11:00:09.000Z',
      callId: 'bad',
      code: 'model_lost',
      msg: 'call problem',
    }
    writeFileSync(log, `${JSON.stringify(line)}\n${JSON.stringify({ ...line, callId: 'good' })}\n`)
    const [code, told] = await run('why', 'bad', '--log', log)
    expect(code).toBe(0)
    expect(told).toContain('Why: The connection to the model was lost; the caller was connected with the desk.')
    expect(told).toContain(' 0.0 s  toolSettled')
    expect(told).toContain('call problem  callId=bad  code=model_lost')
    expect(told).not.toContain('callId=good')
    expect(await run('why', 'nobody')).toMatchObject([1, '', 'There is no such call.\n'])
  })

  it('say what is right when they are used wrongly', async () => {
    expect(await run('calls', 'lst')).toMatchObject([2, '', expect.stringContaining('Usage:')])
  })
})
