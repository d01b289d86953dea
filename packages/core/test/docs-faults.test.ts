import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const pathOf = (path: string): URL => new URL(`../../../${path}`, import.meta.url)
/** Quotes that a test's name may be written in. */
const named = (text: string): string => text.replaceAll(String.raw`\'`, "'")

it('names tests that exist for faults', () => {
  const page = readFileSync(pathOf('docs/reference/faults.md'), 'utf8')
  const tests = [...page.matchAll(/`([\w/.-]+\.test\.ts)`: "([^"]+)"/g)].map(([, file, name]) => ({ file, name }))
  expect(tests.length).toBeGreaterThan(40)
  const missing = tests.filter(
    ({ file, name }) => !existsSync(pathOf(file!)) || !named(readFileSync(pathOf(file!), 'utf8')).includes(name!),
  )
  expect(missing).toEqual([])
})

it('says of every fault either a test or that there is none, and why', () => {
  const rows = readFileSync(pathOf('docs/reference/faults.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (-+|fault) /.test(line))
  expect(rows.filter((row) => !/\.test\.ts`: "|\| no test: [^|]+\|$/.test(row))).toEqual([])
})
