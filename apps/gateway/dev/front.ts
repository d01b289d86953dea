import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'

/** A gateway behind the front: its port, and the ids of its live calls. */
export interface Behind {
  readonly port: number
  readonly ids: ReadonlySet<string>
}

/** Listens on the port of `./phone dev`, so that a gateway can take the place of another while calls go on. */
export interface Front {
  /** New calls go to this gateway; until there is one they wait. */
  use(gateway: Behind): void
  /** It goes on with its calls, and gets what is about them; until it is removed. */
  keep(gateway: Behind): void
  remove(gateway: Behind): void
  close(): void
}

/** Carriers' requests are a few kilobytes; what is larger is about no call. */
const SEARCHED_BYTES = 262_144

const headOf = ({ method, url, rawHeaders }: IncomingMessage, port: number) => ({
  host: '127.0.0.1',
  port,
  method,
  path: url,
  headers: rawHeaders,
})

const refuse = (response: ServerResponse, error: Error): void => {
  if (response.headersSent) return void response.destroy()
  response.writeHead(502, { 'content-type': 'text/plain' }).end(`The gateway did not answer: ${error.message}\n`)
}

/** Listens at once; rejects with the system's error when the port is taken. */
export const openFront = async (port: number, host: string): Promise<Front> => {
  let current = Promise.withResolvers<Behind>()
  let isSet = false
  const older = new Set<Behind>()

  /** Who has the call that a request is about: its ids are the carrier's or ours, and stand in the address or in the body. */
  const ownerOf = (text: string): Behind | undefined =>
    [...older].find(({ ids }) => [...ids].some((id) => text.includes(id)))

  const pass = (target: Behind, from: IncomingMessage, to: ServerResponse, body: Buffer | undefined): void => {
    const out = ask(headOf(from, target.port))
    out.on('response', (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders)
      answer.pipe(to)
      answer.on('error', () => to.destroy())
    })
    out.on('error', (error) => refuse(to, error))
    to.on('close', () => out.destroy())
    if (body) out.end(body)
    else from.pipe(out)
  }

  const answer = async (from: IncomingMessage, to: ServerResponse): Promise<void> => {
    const isSmall = Number(from.headers['content-length'] ?? 0) <= SEARCHED_BYTES && !from.headers['transfer-encoding']
    if (older.size === 0 || !isSmall) return pass(await current.promise, from, to, undefined)
    const chunks: Buffer[] = []
    for await (const chunk of from) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    pass(ownerOf(`${from.url} ${body.toString('latin1')}`) ?? (await current.promise), from, to, body)
  }

  /** Nobody but the gateway that gave it knows the token of a stream, so the newest is asked first, then those before it. */
  const upgrade = (from: IncomingMessage, socket: Duplex, head: Buffer, targets: readonly Behind[]): void => {
    const [target, ...others] = targets
    if (!target) return void socket.destroy()
    const out = ask(headOf(from, target.port))
    out.on('upgrade', (answered, up, first) => {
      const headers = answered.rawHeaders.map((text, at) => (at % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('')
      socket.write(`HTTP/1.1 ${answered.statusCode} ${answered.statusMessage}\r\n${headers}\r\n`)
      if (first.length > 0) socket.write(first)
      if (head.length > 0) up.write(head)
      up.pipe(socket).pipe(up)
      for (const [one, other] of [
        [up, socket],
        [socket, up],
      ] as const)
        one.on('error', () => other.destroy()).on('close', () => other.destroy())
    })
    out.on('response', (refused) => {
      refused.resume()
      if (others.length > 0) return upgrade(from, socket, head, others)
      socket.end(
        `HTTP/1.1 ${refused.statusCode} ${refused.statusMessage}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`,
      )
    })
    out.on('error', () => socket.destroy())
    out.end()
  }

  const server: Server = createServer((from, to) => {
    answer(from, to).catch((error: unknown) => refuse(to, error as Error))
  })
  server.on('upgrade', (from, socket, head) => {
    socket.on('error', () => socket.destroy())
    void current.promise.then((newest) => upgrade(from, socket, head, [newest, ...[...older].toReversed()]))
  })
  server.on('clientError', (_, socket) => socket.destroy())
  server.listen(port, host)
  await once(server, 'listening')

  return {
    use(gateway) {
      if (isSet) current = Promise.withResolvers()
      isSet = true
      current.resolve(gateway)
    },
    keep: (gateway) => void older.add(gateway),
    remove: (gateway) => void older.delete(gateway),
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
