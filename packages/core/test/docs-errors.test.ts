import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

it('has a row in the reference for every error code', () => {
  const codes = [...read('packages/core/src/errors.ts').matchAll(/\| '(\w+)'/g)].map((match) => match[1]!)
  const page = read('docs/reference/errors.md')
  expect(codes.length).toBeGreaterThan(20)
  expect(codes.filter((code) => !page.includes(`| \`${code}\``))).toEqual([])
})
