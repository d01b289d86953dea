import { fakeClock } from '@llc-phone/core/testing'
import { openStore } from '@llc-phone/database'
import { expect, it, onTestFinished } from 'vitest'
import { createDrafts } from '../src/configuration/settings-draft.ts'
import { openSettings } from '../src/configuration/settings.ts'
import { createLog } from '../src/watching/log.ts'
import { fakeRegistry, quietMode } from './support/fake-calls.ts'
import { ADMIN_TOKEN, testGateway } from './support/gateway.ts'
import { readyKind } from './support/ready-modes.ts'

const documentOf = (name: string, kind = 'menu') => ({
  business: { name, timeZone: 'UTC' },
  modes: { front: { kind } },
  numbers: { unknown: 'front' },
})

const open = async () => {
  const store = await openStore({ url: 'file::memory:' })
  onTestFinished(() => store.close())
  const clock = fakeClock()
  const settings = await openSettings({
    book: store.settings,
    copy: undefined,
    seed: documentOf('Harbor Dental'),
    kinds: { kinds: [readyKind('menu', quietMode('ivr'))] },
    log: createLog({ level: 'silent', secrets: [] }),
    clock,
    nowOrLater: (task) => task(),
  })
  const drafts = createDrafts(settings, store.settings, clock)
  const { app } = await testGateway(fakeRegistry().registry, {
    settings,
    drafts,
    versions: store.settings,
    profiles: store.profiles,
    audit: store.audit,
  })
  onTestFinished(() => app.close())
  const ask = async (method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, payload?: object, match?: string) => {
    const response = await app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...(match === undefined ? {} : { 'if-match': match }) },
      ...(payload ? { payload } : {}),
    })
    return { status: response.statusCode, body: response.json(), etag: response.headers.etag }
  }
  return { ask, settings, store }
}

it('a draft is begun, checked, changed, compared and published, and the version before is restored', async () => {
  const { ask, settings, store } = await open()
  expect(await ask('GET', '/settings')).toMatchObject({
    status: 200,
    body: { version: 0, source: 'seed', isExample: true, notBuilt: [], document: documentOf('Harbor Dental') },
  })
  expect((await ask('GET', '/settings/draft')).status).toBe(404)

  const begun = await ask('PUT', '/settings/draft', { document: documentOf('Casa Verde', 'menue') })
  expect(begun).toMatchObject({ status: 200, body: { baseVersion: 0, updatedBy: 'ADMIN_TOKEN' } })
  expect(begun.body.findings).toContainEqual(expect.objectContaining({ path: 'modes.front.kind', severity: 'error' }))
  expect(await ask('POST', '/settings/check', {})).toMatchObject({ status: 200, body: { ok: false } })
  expect(await ask('POST', '/settings/publish', {})).toMatchObject({
    status: 422,
    body: { error: { code: 'settings_invalid', findings: expect.any(Array) as unknown } },
  })
  expect(settings.inForce.version).toBe(0)

  const changed = await ask('PUT', '/settings/draft', { document: documentOf('Casa Verde') }, begun.etag)
  expect(changed.status).toBe(200)
  expect(await ask('GET', '/settings/diff')).toMatchObject({ body: { changes: [{ path: 'business.name' }] } })
  expect(await ask('POST', '/settings/publish', { note: 'opening' })).toMatchObject({
    status: 200,
    body: { version: 1, publishedBy: 'ADMIN_TOKEN', note: 'opening' },
  })
  expect(settings.inForce.built.document.business.name).toBe('Casa Verde')
  expect((await ask('GET', '/settings/draft')).status).toBe(404)

  await ask('POST', '/settings/publish', { document: documentOf('Casa Azul') })
  expect(await ask('POST', '/settings/restore', { version: 1 })).toMatchObject({ body: { restoredFrom: 1 } })
  expect(await ask('POST', '/settings/publish', {})).toMatchObject({ body: { version: 3, restoredFrom: 1 } })
  expect(await ask('POST', '/settings/restore', { version: 2, publish: true })).toMatchObject({
    body: { version: 4, restoredFrom: 2, note: 'version 2 again' },
  })
  expect(settings.inForce.built.document.business.name).toBe('Casa Azul')
  const { body: listed } = await ask('GET', '/settings/versions?limit=2')
  expect(listed).toMatchObject({ versions: [{ version: 4 }, { version: 3 }], next: 3 })
  expect(await ask('GET', '/settings/versions/1')).toMatchObject({ body: { document: documentOf('Casa Verde') } })
  expect(await ask('GET', '/settings/versions?at=2000-01-01')).toMatchObject({ body: { versions: [] } })
  expect(await store.audit.list(10, { action: 'settings_published' })).toMatchObject(
    ['4', '3', '2', '1'].map((target) => ({ action: 'settings_published', target, who: 'ADMIN_TOKEN' })),
  )
})

it('two people who edit the same draft do not overwrite each other', async () => {
  const { ask } = await open()
  const first = await ask('PUT', '/settings/draft', { document: documentOf('One') })
  await ask('PUT', '/settings/draft', { document: documentOf('Two') }, first.etag)
  for (const match of [undefined, first.etag])
    expect(await ask('PUT', '/settings/draft', { document: documentOf('Three') }, match)).toMatchObject({
      status: 409,
      body: {
        error: {
          code: 'settings_conflict',
          message: expect.stringMatching(/^ADMIN_TOKEN has changed the draft at/) as string,
        },
      },
    })
  expect(await ask('DELETE', '/settings/draft', undefined, first.etag)).toMatchObject({ status: 409 })
  expect(await ask('PUT', '/settings/draft', { document: documentOf('Three') }, 'nonsense')).toMatchObject({
    status: 400,
  })
  expect(await ask('PUT', '/settings/draft', { document: documentOf('Three') }, '*')).toMatchObject({ status: 200 })
  expect(await ask('DELETE', '/settings/draft')).toMatchObject({ status: 200, body: { discarded: true } })
})

it('a draft that nobody could read again is not stored', async () => {
  const { ask } = await open()
  let deep: unknown = 1
  for (let level = 0; level < 1_000; level++) deep = [deep]
  expect(await ask('PUT', '/settings/draft', { document: { deep } })).toMatchObject({
    status: 422,
    body: { error: { code: 'settings_invalid', message: expect.stringContaining('levels deep') as string } },
  })
  expect(await ask('GET', '/settings/draft')).toMatchObject({ status: 404 })
})

it('a draft that another version has overtaken is published only when that is asked for', async () => {
  const { ask } = await open()
  await ask('PUT', '/settings/draft', { document: documentOf('Mine') })
  await ask('POST', '/settings/publish', { document: documentOf('Theirs') })
  expect(await ask('POST', '/settings/publish', {})).toMatchObject({
    status: 409,
    body: { error: { code: 'settings_conflict' } },
  })
  expect(await ask('POST', '/settings/publish', { over: true })).toMatchObject({ status: 200, body: { version: 2 } })
})

it('says which fields there are, of the document and of each kind', async () => {
  const { ask } = await open()
  const { status, body } = await ask('GET', '/settings/schema')
  expect([status, body.kinds]).toMatchObject([200, [{ name: 'menu', schema: { properties: { voice: {} } } }]])
  expect(body.sections).toHaveProperty('business')
})

it('compares the calls of each tuning profile', async () => {
  const { ask, store } = await open()
  const call = (n: number, tuningProfile: string | undefined, firstWordsMs: number | undefined) => ({
    callId: `call ${n}`,
    legId: `leg ${n}`,
    mode: 'ivr',
    direction: 'inbound' as const,
    dialled: '+14155550101',
    startedAt: '2026-03-09T12:00:00.000Z',
    endedAt: '2026-03-09T12:01:00.000Z',
    turns: [],
    tools: [],
    transfers: [],
    latency: {},
    usage: { input: { text: 0, audio: 0, cachedText: 0, cachedAudio: 0 }, output: { text: 0, audio: 0 } },
    ...(tuningProfile === undefined ? {} : { tuningProfile }),
    ...(firstWordsMs === undefined ? {} : { firstWordsMs }),
  })
  await store.journal.finish(call(1, 'calm', 900), { costUsd: 0.2 })
  await store.journal.finish(call(2, 'calm', 500), { costUsd: 0.4 })
  await store.journal.finish(call(3, undefined, undefined))
  const { body } = await ask('GET', '/settings/profiles')
  expect(body.profiles).toMatchObject([
    { calls: 1 },
    { profile: 'calm', calls: 2, firstWordsMs: { p50: 500, p95: 900 }, usdPerCall: expect.closeTo(0.3) as number },
  ])
  expect(await ask('GET', '/settings/profiles?from=2026-03-10')).toMatchObject({ body: { profiles: [] } })
})

it('a draft tells who is at it, is merged with what others saved, and leaves a line when somebody begins', async () => {
  const { ask, store } = await open()
  const begun = await ask('PUT', '/settings/draft', { document: documentOf('Casa Verde') })
  expect(begun.body).toMatchObject({
    editors: [{ name: 'ADMIN_TOKEN', since: expect.any(String) as unknown }],
    opening: { open: true },
  })
  const theirs = await ask('PUT', '/settings/draft', { document: documentOf('Casa Azul') }, begun.etag)
  const mine = { ...documentOf('Casa Roja'), answers: [{ question: 'Where?', answer: 'Here.' }] }
  const { body } = await ask('POST', '/settings/merge', { base: documentOf('Casa Verde'), mine })
  expect(body).toMatchObject({
    merged: { business: { name: 'Casa Azul' }, answers: mine.answers },
    conflicts: [{ path: 'business.name', base: 'Casa Verde', mine: 'Casa Roja', theirs: 'Casa Azul' }],
    revision: theirs.body.revision as unknown,
  })
  await ask('DELETE', '/settings/draft', undefined, '*')
  await ask('POST', '/settings/restore', { version: 0 })
  expect((await store.audit.list(10)).map(({ action }) => action)).toEqual([
    'settings_draft_restored',
    'settings_draft_discarded',
    'settings_draft_saved',
  ])
})

it('forms get templates, text with the line of each mistake, and telephone numbers as people type them', async () => {
  const { ask } = await open()
  const { body } = await ask('GET', '/settings/templates')
  expect((body.templates as { name: string }[]).map(({ name }) => name)).toContain('empty')
  const text =
    'business:\n  name: Casa\n  timeZone: Mars\nmodes: { front: { kind: menu } }\nnumbers: { unknown: front }\n'
  expect(await ask('POST', '/settings/read', { text })).toMatchObject({
    status: 200,
    body: { document: { business: { name: 'Casa' } }, findings: [{ path: 'business.timeZone', line: 3 }] },
  })
  expect((await ask('POST', '/settings/read', { text: 'a: [' })).body).toMatchObject({
    findings: [{ message: expect.stringContaining('line 1') as unknown, severity: 'error' }],
  })
  const written = await ask('POST', '/settings/write', { document: documentOf('Casa') })
  expect(written.body.text).toMatch(/^business:\n {2}name: Casa\n/)
  const typed = { text: '415 555 0111', timeZone: 'America/Los_Angeles' }
  expect((await ask('POST', '/settings/telephone', typed)).body).toMatchObject({ number: '+14155550111' })
  expect((await ask('POST', '/settings/telephone', { text: '12' })).body).toEqual({})
})
