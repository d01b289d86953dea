import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { gatewayErrorCodes } from '../src/errors.ts'

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

it('has a row in the reference for every error code', () => {
  const page = read('docs/reference/errors.md')
  expect(gatewayErrorCodes.filter((code) => !page.includes(`| \`${code}\``))).toEqual([])
})
