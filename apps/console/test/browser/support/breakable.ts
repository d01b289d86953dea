import { createServer, connect, type AddressInfo, type Socket } from 'node:net'

/** A way to a gateway over loopback that can be broken, as a network breaks. */
export interface Breakable {
  readonly url: string
  /** Ends every connection, and lets none through until `mend`. */
  break(): void
  mend(): void
  close(): void
}

/** Opens a way to the gateway at `url`. */
export const breakable = async (url: string): Promise<Breakable> => {
  const open = new Set<Socket>()
  let isBroken = false
  const server = createServer((near) => {
    if (isBroken) return void near.destroy()
    const far = connect(Number(new URL(url).port), '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const end = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    break() {
      isBroken = true
      end()
    },
    mend: () => void (isBroken = false),
    close() {
      end()
      server.close()
    },
  }
}
