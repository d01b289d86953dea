import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Duplex } from 'node:stream'
import { GATEWAYS, type GatewayName, type ProxyAddresses } from './haproxy.ts'

/** Who is asked for a path, in order: the one it names, then the others, beginning with another one each time. */
const orderFor = (path: string, turn: number): readonly GatewayName[] => {
  const turned = GATEWAYS.map((_, index) => GATEWAYS[(index + turn) % GATEWAYS.length]!)
  const owner = /^\/i\/([^/]+)\//.exec(path)?.[1]
  return turned.toSorted((one, other) => Number(other === owner) - Number(one === owner))
}

const forwarded = ({ method, url, headers }: IncomingMessage, address: string) => {
  const [host = '', port = ''] = address.split(':')
  return request({ host, port: Number(port), method, path: url, headers, agent: false })
}

/**
 * As much of a proxy as a demonstration needs where HAProxy is not installed: it knows nobody's health, asks the owner and then
 * the others. Not for real calls.
 */
export const startSmallProxy = async ({ listen, gateways }: ProxyAddresses): Promise<{ stop(): Promise<void> }> => {
  let turn = 0
  const open = new Set<Duplex>()

  const answer = async (asked: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(asked)
    for (const name of orderFor(asked.url ?? '', turn++))
      try {
        const onward = forwarded(asked, gateways[name])
        onward.end(body)
        const [answered] = (await once(onward, 'response')) as [IncomingMessage]
        if (answered.statusCode === 503) {
          answered.resume()
          continue
        }
        response.writeHead(answered.statusCode ?? 502, answered.headers)
        return void answered.pipe(response)
      } catch {
        // It is gone: the next.
      }
    response.writeHead(503).end()
  }

  const upgrade = async (asked: IncomingMessage, socket: Duplex): Promise<void> => {
    for (const name of orderFor(asked.url ?? '', turn++))
      try {
        const onward = forwarded(asked, gateways[name])
        onward.end()
        const refused = once(onward, 'response').then(() => {
          throw new Error(`${name} does not take the stream.`)
        })
        const [answered, upstream, head] = (await Promise.race([once(onward, 'upgrade'), refused])) as [
          IncomingMessage,
          Duplex,
          Buffer,
        ]
        const lines = answered.rawHeaders.reduce<string>(
          (text, each, index) => text + each + (index % 2 === 0 ? ': ' : '\r\n'),
          'HTTP/1.1 101 Switching Protocols\r\n',
        )
        socket.write(`${lines}\r\n`)
        if (head.length > 0) socket.write(head)
        // When one side goes, so does the other: that is how a caller's Twilio learns of a gateway's death.
        for (const [one, other] of [
          [socket, upstream],
          [upstream, socket],
        ] as const) {
          open.add(one)
          one.on('error', () => {})
          one.once('close', () => {
            open.delete(one)
            other.destroy()
          })
        }
        upstream.pipe(socket).pipe(upstream)
        return
      } catch {
        // It is gone: the next.
      }
    socket.destroy()
  }

  const server = createServer((asked, response) => void answer(asked, response).catch(() => response.destroy()))
  server.on('upgrade', (asked, socket: Duplex) => void upgrade(asked, socket).catch(() => socket.destroy()))
  const [host, port] = listen.split(':')
  server.listen(Number(port), host)
  await once(server, 'listening')
  return {
    async stop() {
      server.close()
      server.closeAllConnections()
      for (const socket of open) socket.destroy()
    },
  }
}

/** A port of this machine that was free a moment ago, as `host:port`. */
export const freeAddress = async (): Promise<string> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return `127.0.0.1:${port}`
}
