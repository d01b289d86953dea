import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

/** A free port of this machine, for servers that must know their address before they listen. */
export const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
