import { expect, test } from 'vitest'
import { filtersIn, withFilters } from '../src/parts/filter-values.ts'

const search = new URLSearchParams('q=miller&problem=any&after=abc')

test('reads the filters of a page from its address, and leaves the others alone', () => {
  expect(filtersIn(search, ['q', 'number'])).toEqual({ q: 'miller' })
})

test('begins at the first page again when a filter changes', () => {
  expect(withFilters(search, { q: undefined, number: '+1' }).toString()).toBe('problem=any&number=%2B1')
  expect(withFilters(search, { after: 'def' }).get('after')).toBe('def')
})
