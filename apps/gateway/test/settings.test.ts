import { GatewayError } from '@llc-phone/core'
import { fakeClock } from '@llc-phone/core/testing'
import type { WrittenDocument } from '@llc-phone/settings'
import { openStore, type SettingsCopy } from '@llc-phone/database'
import { type SettingsBook } from '@llc-phone/store'
import { expect, it, onTestFinished } from 'vitest'
import { openSettings, type SettingsOptions } from '../src/configuration/settings.ts'
import { createLog } from '../src/watching/log.ts'
import { quietMode } from './support/fake-calls.ts'
import { readyKind } from './support/ready-modes.ts'

const kinds = [readyKind('menu', quietMode('ivr'))]

const documentOf = (name: string, kind = 'menu'): WrittenDocument => ({
  business: { name, timeZone: 'UTC' },
  modes: { front: { kind } },
  numbers: { unknown: 'front' },
})

const SEED = documentOf('Harbor Dental')

const unreadable = (): Promise<never> => Promise.reject(new GatewayError('database_failed', 'no database'))

/** A copy beside the database, in memory. */
const memoryCopy = (): SettingsCopy => {
  let kept: { version: number; document: unknown } | undefined
  return {
    keep: async (version, document) => void (kept = { version, document: structuredClone(document) }),
    read: async () => kept,
  }
}

const open = async (options: Partial<SettingsOptions> & { readonly book?: SettingsOptions['book'] } = {}) => {
  let { book } = options
  if (!book) {
    const store = await openStore({ url: 'file::memory:' })
    onTestFinished(() => store.close())
    book = store.settings
  }
  const lines: string[] = []
  const later: (() => Promise<void>)[] = []
  const settings = await openSettings({
    book,
    copy: undefined,
    seed: SEED,
    kinds: { kinds },
    log: createLog({ level: 'info', secrets: [], stream: { write: (line) => void lines.push(line) } }),
    clock: fakeClock(),
    // As the storage watch: only an outage is waited for.
    async nowOrLater(task) {
      await task().catch((error: unknown) => {
        if (!(error instanceof GatewayError && error.code === 'database_failed')) throw error
        later.push(task)
      })
    },
    ...options,
  })
  const nameNow = () => settings.inForce.built.document.business.name
  return { settings, book, lines, nameNow, storageIsBack: () => Promise.all(later.splice(0).map((task) => task())) }
}

it('the example answers until a business is published, and from then on that one, also after a restart', async () => {
  const { settings, book, nameNow } = await open()
  expect([nameNow(), settings.isExample, settings.inForce.version]).toEqual(['Harbor Dental', true, 0])
  const before = settings.inForce
  let told = 0
  settings.onChange(() => told++)
  const published = await settings.publish({ document: documentOf('Casa Verde'), by: 'ann', note: 'opening' })
  expect(published).toMatchObject({ version: 1, publishedBy: 'ann', note: 'opening' })
  expect([nameNow(), settings.isExample, told]).toEqual(['Casa Verde', false, 1])
  // Whoever has asked before keeps what they have.
  expect(before.built.document.business.name).toBe('Harbor Dental')

  const again = await open({ book })
  expect(again.settings.inForce).toMatchObject({ version: 1, source: 'stored' })
  expect(again.nameNow()).toBe('Casa Verde')
})

it('what cannot be built is neither stored nor used, and every path is named', async () => {
  const { settings, book, nameNow } = await open()
  const broken = { ...documentOf('Casa Verde', 'menue'), numbers: { unknown: 'frnt' } }
  await expect(settings.publish({ document: broken, by: 'ann' })).rejects.toMatchObject({
    code: 'settings_invalid',
    findings: expect.arrayContaining([
      expect.objectContaining({ path: 'modes.front.kind', message: expect.stringContaining('menu') as string }),
      expect.objectContaining({ path: 'numbers.unknown' }),
    ]) as unknown,
  })
  expect([nameNow(), await book.newest()]).toEqual(['Harbor Dental', undefined])
})

it('a version that somebody else has published meanwhile is not overwritten, and is in force from then on', async () => {
  const { settings, book, nameNow } = await open()
  await book.publish({ document: documentOf('Theirs'), by: 'bob', at: new Date(), after: 0 })
  await expect(settings.publish({ document: documentOf('Mine'), by: 'ann' })).rejects.toMatchObject({
    code: 'settings_conflict',
    message: expect.stringContaining('bob') as string,
  })
  // As after a restart: nobody publishes on top of what does not answer.
  expect([nameNow(), settings.inForce.version]).toEqual(['Theirs', 1])
  await expect(settings.publish({ document: documentOf('Mine'), by: 'ann' })).resolves.toMatchObject({ version: 2 })
  expect(nameNow()).toBe('Mine')
})

it('a publication whose answer was lost does not stop those after it', async () => {
  const { book } = await open()
  let isLost = true
  const lossy: SettingsOptions['book'] = {
    ...book,
    async publish(settings) {
      const stored = await book.publish(settings)
      return isLost ? unreadable() : stored
    },
  }
  const { settings, nameNow } = await open({ book: lossy })
  await expect(settings.publish({ document: documentOf('One'), by: 'ann' })).rejects.toMatchObject({
    code: 'database_failed',
  })
  isLost = false
  await expect(settings.publish({ document: documentOf('Two'), by: 'ann' })).rejects.toMatchObject({
    code: 'settings_conflict',
  })
  expect(nameNow()).toBe('One')
  await settings.publish({ document: documentOf('Two'), by: 'ann' })
  expect([nameNow(), settings.inForce.version]).toEqual(['Two', 2])
})

it('a database that fails while something is published leaves everything as it was', async () => {
  const { book } = await open()
  const failing: SettingsOptions['book'] = { ...book, publish: unreadable }
  const { settings, nameNow } = await open({ book: failing })
  await expect(settings.publish({ document: documentOf('Casa Verde'), by: 'ann' })).rejects.toMatchObject({
    code: 'database_failed',
  })
  expect(nameNow()).toBe('Harbor Dental')
})

it('without the database the copy answers, and the newest version once it is back', async () => {
  const copy = memoryCopy()
  const { settings, book } = await open({ copy })
  await settings.publish({ document: documentOf('Casa Verde'), by: 'ann' })
  let isAway = true
  const away: SettingsOptions['book'] = { ...book, newest: () => (isAway ? unreadable() : book.newest()) }

  const later = await open({ book: away, copy })
  expect(later.settings.inForce).toMatchObject({ version: 1, source: 'copy' })
  expect([later.nameNow(), later.settings.isExample]).toEqual(['Casa Verde', false])
  expect(later.lines.join('')).toContain('the copy beside the database answers')

  await book.publish({ document: documentOf('Casa Azul'), by: 'bob', at: new Date(), after: 1 })
  isAway = false
  await later.storageIsBack()
  expect(later.settings.inForce).toMatchObject({ version: 2, source: 'stored' })
  expect(later.nameNow()).toBe('Casa Azul')
})

it('without the database and without a copy what gateway.config.ts says answers', async () => {
  const { book } = await open()
  const { settings, lines } = await open({ book: { ...book, newest: unreadable } })
  expect(settings.inForce).toMatchObject({ version: 0, source: 'seed' })
  expect(lines.join('')).toContain('there is no copy')
})

it('an upgrade that cannot build one instance says so, and the others go on', async () => {
  const { book } = await open()
  const document = { ...documentOf('Casa Verde'), modes: { front: { kind: 'menu' }, old: { kind: 'gone' } } }
  await book.publish({ document, by: 'ann', at: new Date(), after: 0 })
  const { settings, lines, nameNow } = await open({ book })
  expect(nameNow()).toBe('Casa Verde')
  expect([...settings.inForce.built.instances.keys()]).toEqual(['front'])
  expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual(
    expect.objectContaining({ instances: ['old'], errors: [expect.stringContaining('modes.old.kind')] }),
  )
})

it('when nothing can be made of the newest version an older one answers, and with none the start is refused', async () => {
  const publish = (book: SettingsBook | SettingsOptions['book'], document: unknown, after: number) =>
    book.publish({ document, by: 'ann', at: new Date(), after })
  const { book } = await open()
  await publish(book, { business: 7 }, 0)
  await expect(open({ book })).rejects.toMatchObject({ code: 'settings_invalid' })
  await publish(book, documentOf('Casa Verde'), 1)
  await publish(book, { business: 7 }, 2)
  const { settings, lines } = await open({ book })
  expect(settings.inForce).toMatchObject({ version: 2, source: 'stored' })
  expect(lines.join('')).toContain('an older version answers')
  // The next version comes after the newest one all the same.
  await settings.publish({ document: documentOf('Casa Azul'), by: 'ann' })
  expect(settings.inForce.version).toBe(4)
})

it('a file is the only source: it is read again on request, and one with mistakes changes nothing', async () => {
  let content: unknown = documentOf('From the file')
  const file = { name: 'settings.yaml', read: async () => content }
  const { settings, book, nameNow } = await open({ file })
  expect(settings.inForce).toMatchObject({ source: 'file', version: 1 })
  await expect(settings.publish({ document: SEED, by: 'ann' })).rejects.toMatchObject({ code: 'settings_read_only' })
  await settings.reload()
  expect(await book.list()).toHaveLength(1)

  content = documentOf('Changed', 'menue')
  await expect(settings.reload()).rejects.toMatchObject({ code: 'settings_invalid' })
  expect(nameNow()).toBe('From the file')
  content = documentOf('Changed')
  await settings.reload()
  expect([nameNow(), settings.inForce.version, await book.list()]).toMatchObject([
    'Changed',
    2,
    [{ publishedBy: 'SETTINGS', note: 'settings.yaml' }, {}],
  ])
})

it('a start with a file that has mistakes is refused with all of them', async () => {
  const file = { name: 'settings.yaml', read: async () => ({ ...documentOf('Casa Verde', 'menue'), nubers: {} }) }
  await expect(open({ file })).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/settings\.yaml[^]*nubers[^]*modes\.front\.kind/) as string,
  })
})
