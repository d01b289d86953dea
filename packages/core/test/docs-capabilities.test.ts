import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { fullModelCapabilities } from '../src/testing/index.ts'

it('says of each capability of a model what a call does without it', () => {
  const page = readFileSync(new URL('../../../docs/explanation/dialects.md', import.meta.url), 'utf8')
  const table = page.slice(page.indexOf('| capability'), page.indexOf('A model of tests,'))
  const rows = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)
  expect(new Set(rows)).toEqual(new Set(Object.keys(fullModelCapabilities)))
})
