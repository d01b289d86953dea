import { expect, it } from 'vitest'
import { createGuessLimit } from '../src/routes/guess-limit.ts'
import { fakeRegistry } from './support/fake-calls.ts'
import { ADMIN_TOKEN, testGateway } from './support/gateway.ts'

const limited = () => {
  let nowMs = 0
  const limit = createGuessLimit(() => nowMs)
  return { limit, pass: (ms: number) => void (nowMs += ms) }
}

it('ten wrong tokens may come at once, then one every six seconds', () => {
  const { limit, pass } = limited()
  for (let n = 0; n < 10; n++) expect(limit.wrong('192.0.2.1')).toBe(0)
  expect(limit.wrong('192.0.2.1')).toBe(6)
  expect(limit.wrong('192.0.2.2')).toBe(0)
  pass(13_000)
  expect(limit.wrong('192.0.2.1')).toBe(0)
  expect(limit.wrong('192.0.2.1')).toBeGreaterThan(0)
  pass(120_000)
  for (let n = 0; n < 10; n++) expect(limit.wrong('192.0.2.1')).toBe(0)
})

it('nobody is told to wait longer than a minute', () => {
  const { limit } = limited()
  for (let n = 0; n < 10_000; n++) limit.wrong('192.0.2.1')
  expect(limit.wrong('192.0.2.1')).toBeLessThanOrEqual(60)
})

it('many addresses together are slowed down too, and fill no memory', () => {
  const { limit } = limited()
  const waits = Array.from({ length: 50_000 }, (_, n) => limit.wrong(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`))
  expect(waits.slice(0, 100).every((wait) => wait === 0)).toBe(true)
  expect(waits.slice(101).every((wait) => wait > 0)).toBe(true)
  expect(limit.size).toBeLessThanOrEqual(1_000)
})

it('the addresses of one IPv6 network are one', () => {
  const { limit } = limited()
  for (let n = 0; n < 10; n++) limit.wrong(`2001:db8:1:2::${n.toString(16)}`)
  expect(limit.wrong('2001:db8:1:2:ffff:0:1:2')).toBeGreaterThan(0)
  expect(limit.wrong('2001:db8:1:3::1')).toBe(0)
  expect(limit.wrong('::1')).toBe(0)
})

it('who guesses tokens is told to wait on every route, and the right token never is', async () => {
  const gateway = await testGateway(fakeRegistry().registry)
  const ask = (url: string, token: string | undefined) =>
    gateway.app.inject({ url, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })
  const statuses: number[] = []
  for (let n = 0; n < 30; n++) statuses.push((await ask(n % 2 ? '/calls' : '/metrics', `guess-${n}`)).statusCode)
  expect(statuses).toEqual([...Array(10).fill(401), ...Array(20).fill(429)])
  const refused = await ask('/contacts', 'guess')
  expect(refused.json()).toMatchObject({ error: { code: 'too_many_attempts' } })
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  expect((await ask('/calls', ADMIN_TOKEN)).statusCode).toBe(200)
  expect((await ask('/calls', undefined)).statusCode).toBe(401)
  // What is refused in bulk is counted, not logged line by line.
  expect(gateway.logLines.filter(({ code }) => code === 'too_many_attempts')).toEqual([])
  expect((await ask('/metrics', ADMIN_TOKEN)).body).toContain('llc_refused_total{code="too_many_attempts"} 21')
})
