import { Agent, request as openRequest } from 'node:http'
import { connect } from 'node:net'
import type { HostileRequest } from './hostile-requests.ts'

/** Longer than the gateway's own limit for a request that does not end. */
const ANSWER_LIMIT_MS = 15_000

/** The status of an answer; 0: the connection was closed without one. */
export type Answer = number | 'timed out'

const statusIn = (text: string): number => Number(/^HTTP\/1\.1 ([2-5]\d\d)/.exec(text)?.[1] ?? 0)

const rawText = (host: string, { method, target, headers, body }: HostileRequest): string =>
  [
    `${method} ${target} HTTP/1.1`,
    `host: ${host}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n')

/** Sends requests to one origin. */
export const createSender = (origin: string) => {
  const { hostname, port, host } = new URL(origin)
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })

  /** Writes `chunks` to a connection of its own, `everyMs` apart. */
  const write = (chunks: readonly string[], everyMs: number): Promise<Answer> =>
    new Promise((resolve) => {
      const socket = connect(Number(port), hostname)
      let heard = ''
      let next = 0
      const timer = setTimeout(() => done('timed out'), ANSWER_LIMIT_MS)
      const done = (answer: Answer): void => {
        clearTimeout(timer)
        clearInterval(dribble)
        // Without a reset a hundred thousand connections would use up the ports of this machine.
        socket.resetAndDestroy()
        resolve(answer)
      }
      const writeNext = (): void => {
        if (next < chunks.length && socket.writable) socket.write(chunks[next++]!, 'latin1')
      }
      const dribble = setInterval(writeNext, everyMs)
      socket.on('connect', writeNext)
      socket.on('data', (chunk: Buffer) => {
        heard += chunk.toString('latin1')
        // An interim answer is followed by the real one.
        while (/^HTTP\/1\.1 1\d\d[^]*?\r\n\r\n/.test(heard)) heard = heard.slice(heard.indexOf('\r\n\r\n') + 4)
        if (statusIn(heard) > 0) done(statusIn(heard))
      })
      socket.on('error', () => done(0))
      socket.on('close', () => done(0))
    })

  return {
    /** Sends a request and waits for the answer's status. */
    send(hostile: HostileRequest): Promise<Answer> {
      if (hostile.isRaw) return write([rawText(host, hostile), ''], 1_000)
      const { method, target, headers, body } = hostile
      return new Promise((resolve) => {
        const sent = openRequest(
          {
            agent,
            hostname,
            port,
            method,
            path: target,
            headers: { ...headers, 'content-length': Buffer.byteLength(body) },
            timeout: ANSWER_LIMIT_MS,
          },
          (response) => {
            response.resume()
            response.on('close', () => resolve(response.statusCode ?? 0))
          },
        )
        sent.on('timeout', () => {
          resolve('timed out')
          sent.destroy()
        })
        sent.on('error', () => resolve(0))
        sent.end(body)
      })
    },
    /** Sends a request a few bytes at a time. */
    dribble(hostile: HostileRequest): Promise<Answer> {
      const text = rawText(host, { ...hostile, headers: { ...hostile.headers, 'content-length': '100000' } })
      return write(text.match(/[^]{1,40}/g) ?? [], 300)
    },
    close: () => agent.destroy(),
  }
}
