import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Clock } from '@llc-phone/core'
import { fakeClock } from '@llc-phone/core/testing'
import { expect, onTestFinished } from 'vitest'

export const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A status; one that comes later; never any. */
type Answer = number | Promise<number> | 'hang'

/** A receiver on this machine that gives each answer in turn, then the last one. */
export const receiver = async (...answers: Answer[]) => {
  const received: Received[] = []
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      const answer = answers[Math.min(received.length, answers.length - 1)]!
      received.push({ headers: request.headers, body })
      if (answer === 'hang') return
      response.writeHead(await answer, { location: '/elsewhere' })
      response.end('x'.repeat(1_000))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` }
}

/** The store dates its rows itself, so the clock of a test begins at the real present. */
export const movableClock = () => {
  const fake = fakeClock()
  const startedAt = Date.now() + 1_000
  const clock: Clock = { now: fake.now, after: fake.after, date: () => new Date(startedAt + fake.now()) }
  return { clock, advance: fake.advance }
}

/** A database file; `remove` it after the stores that use it are closed. */
export const temporaryDatabase = () => {
  const folder = mkdtempSync(join(tmpdir(), 'llc-phone-delivery-'))
  return { url: `file:${join(folder, 'a.db')}`, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Generous, for a machine that is busy with other tests. */
export const eventually = <Value>(read: () => Value) => expect.poll(read, { timeout: 10_000 })
