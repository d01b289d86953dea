import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openSettingsCopy } from '../src/index.ts'
import { tempFolder } from './fixtures/temp-folder.ts'

it('the settings that were kept last are read again, and a file that is damaged is none', async () => {
  const file = join(tempFolder(), 'a.db')
  const copy = openSettingsCopy(`file:${file}`)!
  expect(await copy.read()).toBeUndefined()
  await copy.keep(1, { business: 'first' })
  await copy.keep(2, { business: 'second' })
  expect(await openSettingsCopy(`file:${file}`)!.read()).toEqual({ version: 2, document: { business: 'second' } })
  writeFileSync(`${file}-settings.json`, '{"version": 2, "docu')
  expect(await copy.read()).toBeUndefined()
})

it('beside a database in memory nothing is kept', () => {
  expect(openSettingsCopy('file::memory:')).toBeUndefined()
})
