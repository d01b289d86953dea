import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { extension, switchboard } from './support/switchboard.ts'
import { startWorld } from './support/whole-call.ts'

const [first, second] = [extension(41), extension(42)]
const [FIRST_MODE, SECOND_MODE] = [`menu${first.did.slice(1)}`, `menu${second.did.slice(1)}`]
const folder = mkdtempSync(join(tmpdir(), 'llc-phone-numbers-'))
const start = () =>
  startWorld({
    dialect: 'ga',
    variables: { DATABASE_URL: `file:${join(folder, 'numbers.db')}` },
    configure: switchboard([first, second], { options: { patience: { silenceMs: 30_000 } } }).configure,
  })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('changes a number for its next call, outlives a restart, and is taken back', { timeout: 60_000 }, async () => {
  let world = await start()
  const path = `/numbers/${encodeURIComponent(first.did)}`
  const live = world.twilio.placeCall({ to: first.did, from: '+14155550198', maxCallMs: 40_000 })
  await world.said(live, /switchboard/)
  expect(await world.admin('PUT', path, { mode: SECOND_MODE, by: 'ann' })).toEqual({
    status: 200,
    body: { number: first.did, mode: SECOND_MODE, source: 'stored' },
  })
  const next = world.twilio.placeCall({ to: first.did, from: '+14155550197', maxCallMs: 40_000 })
  await world.said(next, /switchboard/)
  expect(world.logText()).toMatch(new RegExp(`"instance":"${SECOND_MODE}"[^\\n]*"msg":"call opened"`))
  await live.say('goodbye')
  expect((await live.ended).errors).toEqual([])
  next.hangUp()
  await next.ended
  await world.close()

  world = await start()
  expect((await world.admin('GET', path)).body).toMatchObject({ mode: SECOND_MODE, source: 'stored' })
  expect((await world.admin('GET', '/numbers')).body).toMatchObject({
    numbers: [
      { number: first.did, mode: SECOND_MODE, source: 'stored' },
      { number: second.did, mode: SECOND_MODE, source: 'settings' },
    ],
    lost: [],
    unknown: expect.any(String),
    business: { timeZone: expect.any(String), isOpen: expect.any(Boolean) },
  })
  // The calls of the process before are told from the journal.
  const { calls } = (await world.admin('GET', '/calls')).body as { calls: { callId: string; disposition: string }[] }
  expect(calls.map(({ disposition }) => disposition).toSorted()).toEqual(['assistant_hung_up', 'caller_hung_up'])
  const goodbye = calls.find(({ disposition }) => disposition === 'assistant_hung_up')!
  const story = (await world.admin('GET', `/calls/${goodbye.callId}`)).body as { turns: object[]; costUsd: number }
  expect(story).toMatchObject({
    caller: '+1415•••0198',
    dialled: first.did,
    tools: [{ name: 'hang_up', outcome: 'done' }],
    latency: { webhook_to_answer: [expect.any(Number)] },
  })
  expect(story.turns).toMatchObject([
    { speaker: 'assistant', text: expect.stringContaining('switchboard') },
    { speaker: 'caller' },
    { speaker: 'assistant', text: expect.stringContaining('Goodbye') },
  ])
  expect(story.costUsd).toBeGreaterThan(0)

  expect((await world.admin('DELETE', path)).body).toMatchObject({ mode: FIRST_MODE, source: 'settings' })
  expect(await world.admin('DELETE', path)).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } })
  await world.close()
})

it('refuses what is no number or no mode, with a suggestion, and changes nothing', { timeout: 30_000 }, async () => {
  const world = await start()
  const put = (number: string, body: object) => world.admin('PUT', `/numbers/${encodeURIComponent(number)}`, body)
  const refused = (message: string) => ({
    status: 400,
    body: { error: { code: 'request_invalid', message: expect.stringContaining(message) } },
  })
  expect(await put('1 (415) 555-0141', { mode: SECOND_MODE })).toEqual(refused(`Did you mean ${first.did}?`))
  expect(await put('front-desk', { mode: SECOND_MODE })).toEqual(refused('Write it like +14155550100'))
  expect(await put(first.did, { mode: SECOND_MODE.toUpperCase() })).toEqual(refused(`Did you mean "${SECOND_MODE}"?`))
  expect(await put(first.did, {})).toEqual(refused('mode is missing'))
  expect(await put(first.did, { mode: SECOND_MODE, note: 'x' })).toEqual(refused('note'))
  expect((await world.admin('GET', `/numbers/${encodeURIComponent('+14155550177')}`)).body).toMatchObject({
    mode: FIRST_MODE,
    source: 'unlisted',
  })
  expect((await world.admin('GET', '/numbers')).body).toMatchObject({
    numbers: [{ source: 'settings' }, { source: 'settings' }],
  })
  await world.close()
})
