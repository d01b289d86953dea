import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { isFresh, recordSources } from '../build/freshness.js'

const PATH = 'main.ts'

/** A build that began when the file was so old (ms). */
const built = (ageMs: number) => {
  const root = mkdtempSync(join(tmpdir(), 'llc-fresh-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const startedAt = Date.now() - 1_000
  const file = join(root, PATH)
  writeFileSync(file, 'export {}')
  const writtenAt = new Date(startedAt - ageMs)
  utimesSync(file, writtenAt, writtenAt)
  recordSources(root, root, [PATH], startedAt)
  return { root, file }
}

it('takes a build for fresh until a source says something else', () => {
  const { root, file } = built(5_000)
  expect(isFresh(root, root)).toBe(true)
  writeFileSync(file, 'export {}')
  expect(isFresh(root, root), 'only the time is another').toBe(true)
  writeFileSync(file, 'export const changed = 1')
  expect(isFresh(root, root)).toBe(false)
})

it('builds again what was edited while it was built', () => {
  const { root } = built(-500)
  expect(isFresh(root, root)).toBe(false)
})

it('builds again what was edited in a folder below a folder', () => {
  const root = mkdtempSync(join(tmpdir(), 'llc-fresh-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  mkdirSync(join(root, 'src/pages'), { recursive: true })
  const file = join(root, 'src/pages/page.ts')
  writeFileSync(file, 'export {}')
  const longAgo = new Date(Date.now() - 60_000)
  for (const path of ['src/pages', 'src']) utimesSync(join(root, path), longAgo, longAgo)
  recordSources(root, root, ['src'], Date.now() - 1_000)
  expect(isFresh(root, root)).toBe(false)
})

it('is not misled by a clock that was ahead', () => {
  const { root } = built(-3_600_000)
  expect(isFresh(root, root)).toBe(true)
})
