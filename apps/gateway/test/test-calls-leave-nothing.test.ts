import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PricedCall } from '../src/watching/call-log.ts'
import { placeTestCall, ringFromConsole, type TestPhone } from './support/softphone.ts'
import { startWorld, type World } from './support/whole-call.ts'

/** What tells of the calls themselves, and of who rang. */
const TOLD =
  /^(calls|turns|tool_runs|transfers|latency_marks|call_|caller_speech|live_|jobs|audit_log|processes|sqlite_)/

const folder = mkdtempSync(join(tmpdir(), 'llc-phone-test-calls-'))
const file = join(folder, 'llc-phone.db')
let world: World
beforeAll(async () => {
  world = await startWorld({ dialect: 'ga', variables: { DATABASE_URL: `file:${file}` } })
}, 30_000)
afterAll(async () => {
  await world.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Every row that is not about calls, as text, by table. */
const everything = (): Record<string, string> => {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[]
    return Object.fromEntries(
      names
        .filter(({ name }) => !TOLD.test(name))
        .map(({ name }) => [name, JSON.stringify(database.prepare(`SELECT * FROM "${name}"`).all())]),
    )
  } finally {
    database.close()
  }
}

const storyOf = async ({ callId }: TestPhone): Promise<PricedCall & { test?: true }> =>
  (await world.admin('GET', `/calls/${callId}`)).body as PricedCall & { test?: true }

const metric = async (name: string): Promise<string[]> => {
  const response = await fetch(`${world.publicUrl}/metrics`, {
    headers: { authorization: `Bearer ${world.variables.ADMIN_TOKEN}` },
  })
  return (await response.text()).split('\n').filter((line) => line.startsWith(name) && !line.endsWith(' 0'))
}

it('each mode does its business, and nothing is left over', { timeout: 180_000 }, async () => {
  const before = everything()
  const talk = async (order: object, lines: readonly string[]): Promise<PricedCall & { test?: true }> => {
    const phone = await ringFromConsole(world, order)
    await phone.hears()
    for (const line of lines) await phone.types(line)
    // Whoever records a message hears nothing.
    if (phone.state === 'live') await phone.quiet()
    phone.send({ event: 'stop' })
    await phone.seen('state', ({ state }) => state === 'ended')
    phone.close()
    return storyOf(phone)
  }
  const [booked, noted, declined, recorded] = await Promise.all([
    talk({ ring: 'customerService', as: '+14155550199' }, [
      'what free times do you have for a check-up',
      'yes, book the first one',
      'please note that I will be late',
    ]),
    talk({ ring: world.numbers.receptionist, as: '+14155550198' }, ['can I leave a message for Anna']),
    talk({ ring: 'frontDesk', persons: 'declines' }, ['please introduce me to the doctor']),
    talk({ ring: 'menu' }, ['I will record a message for the team', 'my telephone is out of order']),
  ])
  expect(booked.tools.map(({ name, outcome }) => `${name}:${outcome}`)).toEqual([
    'find_open_slots:done',
    'book_appointment:done',
    'add_call_note:done',
  ])
  expect(noted.tools).toMatchObject([{ name: 'take_message', outcome: 'done' }])
  expect(recorded).toMatchObject({ disposition: 'voicemail' })
  // What it would have done is told instead.
  expect([booked, noted, recorded].map(({ trial }) => trial?.wouldHave)).toEqual([
    [expect.stringMatching(/^An appointment would be booked: .*check-up.*, .+\.$/), expect.stringMatching(/^A note /)],
    [expect.stringMatching(/ for Anna would wait under Messages\.$/)],
    [expect.stringMatching(/^A recorded message /)],
  ])
  for (const story of [booked, noted, declined, recorded]) expect(story.test).toBe(true)
  // Until the calls are settled.
  await sleep(4_000)
  expect(everything()).toEqual(before)
  expect(await metric('llc_calls_started_total')).toEqual([])
  expect(await metric('llc_tool_runs_total')).toEqual([])
})

it('rings a draft, which nobody else gets, and an old version', { timeout: 60_000 }, async () => {
  const { body: settings } = (await world.admin('GET', '/settings')) as { body: { document: Record<string, object> } }
  const { document } = settings
  const changed = { ...document, business: { ...document['business'], name: 'Casa Verde' } }
  const saved = await world.admin('PUT', '/settings/draft', { document: changed })
  expect(saved).toMatchObject({ status: 200, body: { revision: expect.any(Number) } })
  const { revision } = saved.body as { revision: number }

  const heard = async (order: object): Promise<PricedCall> => {
    const phone = await ringFromConsole(world, order)
    await phone.hears()
    await phone.quiet()
    phone.send({ event: 'stop' })
    phone.close()
    await sleep(300)
    return storyOf(phone)
  }
  const [draft, version] = await Promise.all([
    heard({ ring: 'frontDesk', settings: 'draft' }),
    heard({ ring: 'frontDesk', settings: 0 }),
  ])
  expect(draft.turns[0]?.text).toContain('Casa Verde')
  expect(draft).not.toHaveProperty('settingsVersion')
  expect([draft.trial, version.trial]).toEqual([{ draft: revision, wouldHave: [] }, { wouldHave: [] }])
  const { body: list } = await world.admin('GET', '/calls?limit=2')
  expect(
    (list as { calls: { callId: string; draft?: number }[] }).calls.find(({ callId }) => callId === draft.callId),
  ).toMatchObject({ draft: revision, test: true })
  expect(version.turns[0]?.text).not.toContain('Casa Verde')
  expect(version).toMatchObject({ settingsVersion: 0 })

  await world.admin('PUT', '/settings/draft', { document: { business: {} } }, { 'if-match': '*' })
  const { status, body } = await world.admin('POST', '/test-calls', { ring: 'frontDesk', settings: 'draft' })
  expect([status, body]).toMatchObject([422, { error: { code: 'settings_invalid' } }])
})

it('refuses what there is not, and more than five at once', { timeout: 60_000 }, async () => {
  const refused = async (order: object) => {
    const { status, body } = await world.admin('POST', '/test-calls', order)
    return [status, (body as { error: { code: string } }).error.code]
  }
  expect(await refused({ ring: 'nobody' })).toEqual([400, 'request_invalid'])
  expect(await refused({ ring: 'frontDesk', settings: 99 })).toEqual([404, 'not_found'])
  await Promise.all(Array.from({ length: 5 }, () => placeTestCall(world, { ring: 'frontDesk' })))
  expect(await refused({ ring: 'frontDesk' })).toEqual([429, 'test_calls_full'])
})
