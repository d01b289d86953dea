import { expect, test } from 'vitest'
import { buildSettings, EXAMPLE_BUSINESS } from '../src/index.ts'
import { templates } from '../src/templates/index.ts'

test.each(templates)(
  'the template $name is warned about while its name or its numbers are published',
  ({ document }) => {
    const { findings } = buildSettings(document, { kinds: [] })
    expect(findings).toContainEqual(expect.objectContaining({ path: 'business.name', severity: 'warning' }))
  },
)

test('the first template is the example', () => {
  expect(templates[0]!.document.business.name).toBe(EXAMPLE_BUSINESS)
})
