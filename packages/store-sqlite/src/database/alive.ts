import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { basename, dirname, join, relative, resolve } from 'node:path'
import type { Alive } from '@llc-phone/store'

/** A question that takes longer says nothing: a process that is stopped is not dead. */
const ASK_LIMIT_MS = 250
/** The longest path a socket may have on every system. */
const MAX_PATH_BYTES = 100

const nowhere: Alive = { ask: async () => 'unknown', forget: async () => {}, close: () => {} }

/** The path as a socket may have it; undefined when it is too long. */
const socketPath = (folder: string, name: string): string | undefined => {
  const full = join(folder, name)
  return [full, relative(process.cwd(), full)].find((path) => Buffer.byteLength(path) <= MAX_PATH_BYTES)
}

/** Listens beside the database file `path` for as long as this process lives. Nothing is said over the connections. */
export const announceAlive = async (path: string): Promise<Alive> => {
  if (path === ':memory:' || process.platform === 'win32') return nowhere
  const folder = dirname(resolve(path))
  const prefix = `${basename(path)}-alive-`
  const address = `${prefix}${randomBytes(6).toString('hex')}`
  const at = socketPath(folder, address)
  const server = createServer((socket) => socket.destroy()).unref()
  const listening = await new Promise<boolean>((settle) => {
    if (at === undefined) return settle(false)
    server.once('error', () => settle(false))
    server.listen(at, () => settle(true))
  })
  server.on('error', () => {})

  return {
    ...(listening ? { address } : {}),
    ask(other) {
      const where = other.startsWith(prefix) ? socketPath(folder, basename(other)) : undefined
      if (where === undefined) return Promise.resolve('unknown')
      return new Promise((settle) => {
        const socket = connect(where)
        const end = (answer: 'alive' | 'dead' | 'unknown') => {
          socket.destroy()
          settle(answer)
        }
        socket.setTimeout(ASK_LIMIT_MS, () => end('unknown'))
        socket.once('connect', () => end('alive'))
        socket.once('error', ({ code }: NodeJS.ErrnoException) => end(code === 'ECONNREFUSED' ? 'dead' : 'unknown'))
      })
    },
    async forget(other) {
      if (other.startsWith(prefix)) await rm(join(folder, basename(other)), { force: true }).catch(() => {})
    },
    close: () => void server.close(),
  }
}
