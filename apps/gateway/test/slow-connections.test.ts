import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fakeRegistry } from './support/fake-calls.ts'
import { testGateway, type TestGateway } from './support/gateway.ts'

let gateway: TestGateway
let port: number

beforeAll(async () => {
  gateway = await testGateway(fakeRegistry().registry)
  await gateway.app.listen({ port: 0, host: '127.0.0.1' })
  port = (gateway.app.server.address() as AddressInfo).port
})

afterAll(() => gateway.app.close())

const answerTo = async (text: string): Promise<{ answer: string; tookMs: number }> => {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => (answer += chunk))
  const startedAt = performance.now()
  socket.write(text)
  await once(socket, 'close')
  return { answer, tookMs: performance.now() - startedAt }
}

it('ends a request that does not arrive, soon and without a word', async () => {
  const { answer, tookMs } = await answerTo('POST /twiml HTTP/1.1\r\nhost: x\r\nx-')
  expect(answer).toBe('')
  expect(tookMs).toBeGreaterThan(4_000)
  expect(tookMs).toBeLessThan(9_000)
}, 15_000)

it('answers what is not HTTP in one line', async () => {
  expect((await answerTo('hello\r\n\r\n')).answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
  const long = `GET /healthz HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`
  expect((await answerTo(long)).answer).toMatch(/^HTTP\/1\.1 431 /)
})
