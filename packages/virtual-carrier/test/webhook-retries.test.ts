import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import twilio from 'twilio'
import { expect, it, onTestFinished } from 'vitest'
import { createReach } from '../src/reach.ts'
import { askWebhook } from '../src/webhook.ts'

const AUTH_TOKEN = '12345'

/** A gateway behind a proxy that answers 503 so many times first; checks what was signed. */
const gateway = async (failures: number) => {
  let asked = 0
  const paths: string[] = []
  const server = createServer((request, response) => {
    asked++
    paths.push(request.url!)
    const signed = twilio.validateRequest(
      AUTH_TOKEN,
      String(request.headers['x-twilio-signature']),
      `${url}${request.url}`,
      { CallSid: 'CA1' },
    )
    response.writeHead(signed ? (asked <= failures ? 503 : 200) : 403)
    response.end('<Response/>')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  onTestFinished(() => void server.close())
  return {
    ask: (fragment: string) =>
      askWebhook({
        reach: createReach({}),
        authToken: AUTH_TOKEN,
        url: `${url}/action${fragment}`,
        method: 'POST',
        params: { CallSid: 'CA1' },
      }),
    get paths() {
      return paths
    },
  }
}

it('asks again as often as the address says, and neither sends nor signs the fragment', async () => {
  const { ask, paths } = await gateway(2)
  expect(await ask('#rc=2&rp=ct,rt,5xx')).toMatchObject({ status: 200 })
  expect(paths).toEqual(['/action', '/action', '/action'])
})

it('gives up after that', async () => {
  const { ask, paths } = await gateway(3)
  await expect(ask('#rc=2&rp=ct,rt,5xx')).rejects.toMatchObject({ code: 11200 })
  expect(paths).toHaveLength(3)
})

it('takes an error for an answer when the address says nothing of it', async () => {
  const { ask, paths } = await gateway(1)
  await expect(ask('')).rejects.toMatchObject({ code: 11200 })
  expect(paths).toHaveLength(1)
})

it('refuses overrides that Twilio does not know', async () => {
  const { ask, paths } = await gateway(0)
  for (const fragment of ['#rc=6', '#rp=refused']) await expect(ask(fragment)).rejects.toMatchObject({ code: 11200 })
  expect(paths).toEqual([])
})
