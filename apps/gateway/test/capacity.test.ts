import { fakeClock } from '@llc-phone/core/testing'
import { expect, it } from 'vitest'
import { capacityOf, readMachine } from '../src/configuration/capacity.ts'
import { createRefusalLog, refusedRequests } from '../src/refusal-log.ts'
import { createLog } from '../src/watching/log.ts'

it('takes as many calls as one event loop carries, however many cores there are', () => {
  expect([1, 2, 64].map((cores) => capacityOf(undefined, { cores }).calls)).toEqual([150, 250, 250])
})

it('takes what it is told to, but no more than it has sockets for', () => {
  expect(capacityOf(400, { cores: 2, files: 20_000 })).toEqual({ calls: 400, why: 'MAX_CALLS' })
  expect(capacityOf(400, { cores: 2, files: 600 })).toMatchObject({
    calls: 200,
    why: expect.stringContaining('ulimit'),
  })
  expect(capacityOf(undefined, { cores: 2, files: 60 }).calls).toBe(1)
})

it('reads the machine it runs on', () => {
  const { cores, files } = readMachine()
  expect(cores).toBeGreaterThan(0)
  if (process.platform === 'linux') expect(files).toBeGreaterThan(0)
})

it('logs the first callers of a flood one by one, and the others in one line with their count', async () => {
  const clock = fakeClock()
  const lines: string[] = []
  const log = createLog({ level: 'info', secrets: [], stream: { write: (line) => void lines.push(line) } })
  const tell = createRefusalLog(log, clock)
  for (let n = 0; n < 500; n++) tell(n % 5 === 0 ? 'starts' : 'calls', { n })
  expect(lines).toHaveLength(5)
  await clock.advance(10_000)
  expect(lines).toHaveLength(6)
  expect(JSON.parse(lines[5]!)).toMatchObject({ reasons: { calls: 396, starts: 99 } })
  tell('calls', { n: 500 })
  expect(lines).toHaveLength(7)
  // Of requests each reason by itself: who guesses does not hide what else is wrong.
  lines.length = 0
  const tellRequest = createRefusalLog(log, clock, refusedRequests('request'))
  for (let n = 0; n < 500; n++) tellRequest('unauthorized', { n })
  tellRequest('request_invalid', {})
  expect(lines).toHaveLength(21)
})
