import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import type { Env } from '../src/configuration/env.ts'
import { examineOperators } from '../src/doctor/doctor-operators.ts'

/** A gateway that answers `/calls` with a status, and `/healthz`. */
const answering = async (callsStatus: number): Promise<number> => {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/calls' ? callsStatus : 200).end()
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

const look = (changes: Partial<Env>) => examineOperators({ ADMIN_HOST: '127.0.0.1', ...changes } as Env)

it('a gateway that shows itself as it was told to is well', async () => {
  const PUBLIC_URL = `http://127.0.0.1:${await answering(404)}`
  const ADMIN_PORT = await answering(401)
  expect(await look({ PUBLIC_URL, ADMIN_PORT })).toMatchObject([{ outcome: 'ok' }])
  expect(await look({ PUBLIC_URL })).toEqual([])
})

it('operator routes that are public in spite of ADMIN_PORT are a fault', async () => {
  const PUBLIC_URL = `http://127.0.0.1:${await answering(401)}`
  expect(await look({ PUBLIC_URL, ADMIN_PORT: await answering(401) })).toMatchObject([{ outcome: 'failed' }])
  // On this machine alone they may be.
  expect(await look({ PUBLIC_URL })).toEqual([])
})

it('an ADMIN_PORT where nobody listens is a fault', async () => {
  const PUBLIC_URL = `http://127.0.0.1:${await answering(404)}`
  expect(await look({ PUBLIC_URL, ADMIN_PORT: 1 })).toMatchObject([
    { outcome: 'failed', detail: expect.stringContaining('Nothing answers at ADMIN_PORT') },
  ])
})
