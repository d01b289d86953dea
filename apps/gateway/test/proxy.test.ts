import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type Server } from 'node:http'
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import { realtimeProvider, type ModelEvent } from '@llc-phone/core'
import { examineAccount } from '@llc-phone/line-twilio'
import { createRealtimeServer } from '@llc-phone/sim'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseEnv, secretsOf } from '../src/configuration/env.ts'
import { createLog } from '../src/watching/log.ts'
import { agentFor, describeProxy, logProxy, proxyFetch, proxyFor } from '../src/configuration/proxy.ts'

const complete = {
  PUBLIC_URL: 'https://phone.example.com',
  OPENAI_API_KEY: 'sk-x',
  TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'token',
  TWILIO_PHONE_NUMBER: '+14155550100',
  ADMIN_TOKEN: 'an-admin-token-that-is-long-enough',
}
const envWith = (variables: Record<string, string>) => parseEnv({ ...complete, ...variables }, { mode: 'start' })

const listen = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A proxy that makes tunnels, all of them to one port of this machine, and remembers where they were to lead. */
const startProxy = async (port: () => number) => {
  const asked: string[] = []
  const server = createServer(({ url = '', headers }, response) => {
    asked.push(`${url} ${headers['proxy-authorization'] ?? ''}`.trim())
    const { pathname } = new URL(url)
    request({ port: port(), path: pathname }, (answer) => void answer.pipe(response)).end()
  })
  server.on('connect', ({ url = '', headers }: IncomingMessage, socket: Socket) => {
    asked.push(`${url} ${headers['proxy-authorization'] ?? ''}`.trim())
    const far = connect(port(), '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
    far.on('error', () => socket.destroy())
    socket.on('error', () => far.destroy())
    socket.pipe(far).pipe(socket)
  })
  const url = `http://ann:secret%21@127.0.0.1:${await listen(server)}`
  return { asked, env: { HTTPS_PROXY: url, HTTP_PROXY: url } }
}
const CREDENTIALS = `Basic ${Buffer.from('ann:secret!').toString('base64')}`

describe('behind a proxy', () => {
  it('the model is reached through it', async () => {
    const server = await createRealtimeServer({ port: 0, apiKey: 'sk-x' })
    onTestFinished(() => server.close())
    const proxy = await startProxy(() => Number(new URL(server.url).port))
    const url = 'ws://model.example/v1/realtime'
    const provider = realtimeProvider({
      url,
      apiKey: 'sk-x',
      model: 'gpt-realtime-1.5',
      dialect: 'ga',
      agent: agentFor(url, proxy.env),
    })
    const ready = Promise.withResolvers<ModelEvent>()
    const connection = provider.connect(
      {
        instructions: 'Hello.',
        voice: 'cedar',
        tools: [],
        turnDetection: { kind: 'semantic', eagerness: 'high', autoReply: true },
      },
      { audio() {}, event: (event) => (event.type === 'configured' || event.type === 'lost') && ready.resolve(event) },
    )
    onTestFinished(() => connection.close())
    expect(await ready.promise).toMatchObject({ type: 'configured' })
    expect(proxy.asked).toEqual([`model.example:80 ${CREDENTIALS}`])
  })

  it('so is Twilio, and the SDK’s own idea of HTTP_PROXY does not count', async () => {
    const paths: string[] = []
    const twilio = createServer(({ url = '' }, response) => {
      paths.push(url)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"calls":[]}')
    })
    const port = await listen(twilio)
    const proxy = await startProxy(() => port)
    const account = { accountSid: complete.TWILIO_ACCOUNT_SID, authToken: 'token' }
    const apiUrl = 'http://api.twilio.example'
    const asked = await examineAccount({ ...account, apiUrl, agent: agentFor(apiUrl, proxy.env, true) })
    expect(asked.outcome).toBe('ok')
    expect(proxy.asked).toEqual([`api.twilio.example:80 ${CREDENTIALS}`])

    const here = `http://127.0.0.1:${port}`
    await examineAccount({ ...account, apiUrl: here, agent: agentFor(here, proxy.env) })
    expect([proxy.asked.length, paths.length]).toEqual([1, 2])
  })

  it('all that is said to them is encrypted inside the tunnel', async () => {
    const greetings: Buffer[] = []
    const server = createTcpServer((socket) =>
      socket.once('data', (chunk) => greetings.push(Buffer.from(chunk as Buffer)) && socket.destroy()),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const proxy = await startProxy(() => (server.address() as AddressInfo).port)
    const url = 'wss://model.example/v1/realtime'
    const agent = agentFor(url, proxy.env)
    const lost = Promise.withResolvers<ModelEvent>()
    const provider = realtimeProvider({ url, apiKey: 'sk-x', model: 'gpt-realtime-1.5', dialect: 'ga', agent })
    const silent = { instructions: '', voice: 'cedar', tools: [] }
    provider.connect(
      { ...silent, turnDetection: { kind: 'semantic', eagerness: 'high', autoReply: true } },
      { audio() {}, event: (event) => event.type === 'lost' && lost.resolve(event) },
    )
    await lost.promise
    const rest = { accountSid: complete.TWILIO_ACCOUNT_SID, authToken: 'token' }
    const asked = await examineAccount({ ...rest, agent: agentFor('https://api.twilio.com', proxy.env, true) })
    expect(asked.outcome).toBe('failed')
    expect(proxy.asked).toEqual([`model.example:443 ${CREDENTIALS}`, `api.twilio.com:443 ${CREDENTIALS}`])
    // A handshake of TLS, which names the host.
    expect(greetings.map((bytes) => bytes[0])).toEqual([0x16, 0x16])
    expect(greetings[0]?.includes('model.example')).toBe(true)
  })

  it('so are webhooks, as long as the gateway runs', async () => {
    const port = await listen(createServer((_, response) => void response.end('taken')))
    const proxy = await startProxy(() => port)
    const MESSAGE_WEBHOOK_URL = 'http://hooks.internal/'
    const leave = proxyFetch({ ...proxy.env, NO_PROXY: 'crm.internal,http://hooks.internal', MESSAGE_WEBHOOK_URL })!
    expect(await (await fetch('http://crm.example/calls')).text()).toBe('taken')
    // Without encryption there is nothing to tunnel.
    expect(proxy.asked).toEqual([`http://crm.example/calls ${CREDENTIALS}`])
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('taken')
    expect(await (await fetch(`http://localhost:${port}/`)).text()).toBe('taken')
    await expect(fetch('http://crm.internal/')).rejects.toThrow()
    await expect(fetch(MESSAGE_WEBHOOK_URL)).rejects.toThrow()
    leave()
    await expect(fetch('http://crm.example/calls')).rejects.toThrow()
    expect(proxy.asked).toHaveLength(1)
  })
})

const env = { HTTPS_PROXY: 'http://secure:1', HTTP_PROXY: 'http://plain:2' }
it.each([
  ['wss://api.openai.com/v1/realtime', '', 'http://secure:1'],
  ['https://api.twilio.com', 'example.com', 'http://secure:1'],
  ['ws://model.example', '', 'http://plain:2'],
  ['wss://localhost:8083', '', undefined],
  ['ws://127.0.0.2:1', '', undefined],
  ['wss://[::1]:1', '', undefined],
  ['https://api.example.com', '*', undefined],
  ['https://api.example.com', 'example.com', undefined],
  ['https://api.example.com', '.example.com', undefined],
  ['https://api.example.com', 'a.b, *.EXAMPLE.com', undefined],
  ['https://api.example.com', 'api.example.com:443', undefined],
  ['https://api.example.com', 'api.example.com:8443', 'http://secure:1'],
  ['https://badexample.com', 'example.com', 'http://secure:1'],
  ['https://10.0.0.7', '10.0.0.7', undefined],
  ['https://[fd00::7]', 'fd00::7', undefined],
  ['https://[fd00::7]:8443', '[fd00::7]:8443', undefined],
  ['https://[fd00::7]', 'FD00:0:0:0:0:0:0:7', undefined],
  ['https://10.1.2.3:8443', '10.0.0.0/8', undefined],
  ['https://11.1.2.3', '10.0.0.0/8', 'http://secure:1'],
  ['https://10.1.2.3', '10.0.0.0/33', 'http://secure:1'],
  ['https://10.1.2.3', '10.1.2.0/24:443', undefined],
  ['https://[::ffff:10.1.2.3]', '10.0.0.0/8', undefined],
  ['https://[fd00::7]', 'fd00::/8', undefined],
  ['https://[fd00::7]:8443', '[fd00::]/8:8443', undefined],
  ['https://[2001:db8::1]', 'fd00::/8', 'http://secure:1'],
  ['https://api.example.com.', 'API.example.COM.', undefined],
  ['https://api.example.com', 'a.b;https://api.example.com/', undefined],
  ['https://télé.example', 'télé.example', undefined],
])('%s with NO_PROXY=%s goes by %s', (address, NO_PROXY, expected) =>
  expect(proxyFor(address, { ...env, NO_PROXY })).toBe(expected),
)

describe('an operator', () => {
  it('writes the variables in either spelling, with or without a scheme', () => {
    expect(envWith({ https_proxy: 'proxy.example.com:3128', NO_PROXY: 'a', no_proxy: 'b' })).toMatchObject({
      HTTPS_PROXY: 'http://proxy.example.com:3128',
      NO_PROXY: 'b',
    })
    expect(() => envWith({ HTTPS_PROXY: 'socks5://proxy.example.com' })).toThrow(/HTTPS_PROXY +must be an HTTP proxy/)
  })

  it('reads which way things go, without the password', () => {
    const HTTPS_PROXY = 'http://ann:secret%21@proxy.example.com:3128'
    const webhook = { MESSAGE_WEBHOOK_URL: 'https://crm.example.com/m', MESSAGE_WEBHOOK_SECRET: 'whsec_x' }
    const found = envWith({ HTTPS_PROXY, NO_PROXY: 'api.twilio.com', ...webhook })
    expect(describeProxy(found, true)).toEqual({
      isWhole: true,
      text: 'the model through http://proxy.example.com:3128, Twilio directly, webhooks through http://proxy.example.com:3128',
    })
    expect(describeProxy(found, false)).toMatchObject({
      isWhole: false,
      text: expect.stringMatching(/webhooks directly: Node .* cannot send webhooks through a proxy/),
    })
    expect(describeProxy(envWith({}), true)).toBeUndefined()
    const lines: string[] = []
    const log = createLog({ level: 'info', secrets: [], stream: { write: (line) => void lines.push(line) } })
    for (const fetches of [true, false]) logProxy(found, fetches, log)
    logProxy(envWith({}), true, log)
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      'a proxy is used',
      'a proxy is used, not for everything',
    ])
    expect(lines.join('')).not.toContain('secret')
    expect(secretsOf(found)).toEqual(expect.arrayContaining(['secret%21', 'secret!']))
  })
})
