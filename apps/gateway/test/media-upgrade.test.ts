import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { once } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { fakeRegistry } from './support/fake-calls.ts'
import { callSidOf, ringing, sign, testGateway, tokenIn, type TestGateway } from './support/gateway.ts'

let running: TestGateway | undefined
afterEach(async () => {
  await running?.app.close()
  running = undefined
})

const CALL = callSidOf(3)
const MEDIA_ORIGIN = 'wss://phone.example.com'

const listen = async () => {
  const calls = fakeRegistry()
  const gateway = await testGateway(calls.registry)
  running = gateway
  await gateway.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = gateway.app.server.address() as AddressInfo
  const token = tokenIn((await gateway.post('/twiml', ringing(CALL))).body)
  calls.happened.length = 0
  return { calls, gateway, port, token }
}

/** Connects as Twilio does; the outcome is `open` or the HTTP status. */
const upgrade = async (port: number, path: string, signature?: string): Promise<'open' | number> => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
    headers: signature === undefined ? {} : { 'x-twilio-signature': signature },
  })
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      socket.close()
      resolve('open')
    })
    socket.once('unexpected-response', (request, response) => {
      resolve(response.statusCode ?? 0)
      request.destroy()
    })
    socket.once('error', reject)
  })
}

it.each([
  ['the exact URL', (path: string) => MEDIA_ORIGIN + path],
  ['the URL with :443', (path: string) => `${MEDIA_ORIGIN}:443${path}`],
  ['the URL with a trailing slash', (path: string) => `${MEDIA_ORIGIN}${path}/`],
])('accepts a socket signed over %s', async (_what, url) => {
  const { calls, port, token } = await listen()
  expect(await upgrade(port, `/media/${token}`, sign(url(`/media/${token}`)))).toBe('open')
  expect(calls.happened).toEqual([`media ${CALL}`])
})

it('refuses a missing or forged signature with 403 before the upgrade, and keeps the token for Twilio', async () => {
  const { calls, gateway, port, token } = await listen()
  const path = `/media/${token}`
  expect(await upgrade(port, path)).toBe(403)
  expect(await upgrade(port, path, 'RSOYDt4T1cUTdK1PDd93/VVr8B8=')).toBe(403)
  expect(await upgrade(port, path, sign(`https://phone.example.com${path}`))).toBe(403)
  expect(await upgrade(port, path, sign(`${MEDIA_ORIGIN}${path}`, {}, 'another token'))).toBe(403)
  expect(calls.happened).toEqual([])
  expect(gateway.logLines.filter(({ msg }) => msg === 'media socket refused')).toMatchObject(
    Array.from({ length: 4 }, () => ({ code: 'signature_invalid' })),
  )
  expect(await upgrade(port, path, sign(`${MEDIA_ORIGIN}${path}`))).toBe('open')
})

it('takes a token once', async () => {
  const { calls, gateway, port, token } = await listen()
  const path = `/media/${token}`
  expect(await upgrade(port, path, sign(MEDIA_ORIGIN + path))).toBe('open')
  expect(await upgrade(port, path, sign(MEDIA_ORIGIN + path))).toBe(403)
  expect(calls.happened).toEqual([`media ${CALL}`])
  expect(gateway.logLines.at(-1)).toMatchObject({ msg: 'media socket refused', code: 'token_invalid' })
  expect(gateway.logText()).not.toContain(token)
})

it('refuses an unknown token, other paths and endless ones', async () => {
  const { port } = await listen()
  expect(await upgrade(port, '/media/unknown', sign(`${MEDIA_ORIGIN}/media/unknown`))).toBe(403)
  expect(await upgrade(port, '/media', sign(`${MEDIA_ORIGIN}/media`))).toBe(404)
  expect(await upgrade(port, '/twiml', sign(`${MEDIA_ORIGIN}/twiml`))).toBe(404)
  const long = `/media/${'a'.repeat(5_000)}`
  expect(await upgrade(port, long, sign(MEDIA_ORIGIN + long))).toBe(404)
})

it('survives upgrades that are not WebSocket handshakes and peers that vanish', async () => {
  const { calls, gateway, port, token } = await listen()
  const path = `/media/${token}`
  const head = `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nx-twilio-signature: ${sign(MEDIA_ORIGIN + path)}\r\n`
  const raw = connect(port, '127.0.0.1', () => raw.write(`${head}upgrade: h2c\r\n\r\n`))
  const [answer] = (await once(raw, 'data')) as [Buffer]
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 404 /)
  const gone = connect(port, '127.0.0.1', () => {
    gone.write(`${head}upgrade: websocket\r\n\r\n`)
    gone.resetAndDestroy()
  })
  await once(gone, 'close')
  const health = await gateway.app.inject('/healthz')
  expect(health.statusCode).toBe(200)
  expect(calls.happened).toEqual([])
})

it.each(['h2c', 'TLS/1.2, HTTP/1.1', 'h2c, websocket'])(
  'answers who offers %s with a request as if nothing was offered',
  async (protocol) => {
    const { port } = await listen()
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(
      `GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: ${protocol}\r\nHTTP2-Settings: AAE\r\n\r\n`,
    )
    const [answer] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /)
  },
)
