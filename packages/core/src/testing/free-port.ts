import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Below the ports that systems give to outgoing connections (from 32,768 on, on Linux): one of those may be taken between the
 * probe and its use, by a test that runs beside this one.
 */
const FIRST = 20_000
const COUNT = 12_000

const isFree = async (port: number): Promise<boolean> => {
  const probe = createServer().listen(port, '127.0.0.1')
  try {
    await once(probe, 'listening')
  } catch {
    return false
  }
  probe.close()
  await once(probe, 'close')
  return true
}

/** A free port of this machine, for servers that must know their address before they listen. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT)
    // oxlint-disable-next-line no-await-in-loop -- the next one only if this one is taken
    if (await isFree(port)) return port
  }
}
