import { expect, test } from 'vitest'
import { documentSchema } from '../src/index.ts'

test('a small document is filled with what may be missing', () => {
  const document = documentSchema.parse({
    business: { name: 'Pier Bistro', timeZone: 'America/Los_Angeles' },
    modes: { frontDesk: { kind: 'receptionist' } },
    numbers: { unknown: 'frontDesk' },
  })
  expect(document).toMatchObject({ format: 1, routes: {}, answers: [], messages: [], numbers: { list: {} } })
})
