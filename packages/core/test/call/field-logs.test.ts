import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { formatLog, parseLog } from '../../src/call/log/log-file.ts'
import { shareableLog } from '../../src/call/log/masks.ts'
import { differencesIn } from '../../src/call/log/replay.ts'

const folder = new URL('field-logs/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))

/** Calls that took place: a file that `pnpm replay CALL_ID --export` has written is a test as soon as it is here. */
describe.each(files)('the call in %s', (name) => {
  const text = readFileSync(new URL(name, folder), 'utf8')

  it('is decided today as it was decided then', () => {
    expect(differencesIn(parseLog(text))).toEqual([])
  })

  it('holds nothing of anybody', () => {
    const log = parseLog(text)
    expect(formatLog(shareableLog(log))).toBe(formatLog(log))
  })
})

it('there are some', () => {
  expect(files.length).toBeGreaterThan(2)
})
