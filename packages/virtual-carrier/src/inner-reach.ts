/** The way to a gateway that runs in this process: its public address, by loopback. */
import { createReach, NotAllowed, type Reach } from './reach.ts'

/** Reaches `publicUrl` and `callUrl`, and nothing else, at this port of this machine. */
export function createInnerReach({
  publicUrl,
  callUrl = publicUrl,
  host,
  port,
}: {
  /** The origin that is signed. */
  readonly publicUrl: string
  /** What stands before the path of URLs of calls, if that is another origin. */
  readonly callUrl?: string
  /** Where the gateway listens. */
  readonly host: string
  readonly port: number
}): Reach {
  const publicHosts = [publicUrl, callUrl].map((url) => new URL(url).host)
  const here = /^(0\.0\.0\.0|::|)$/.test(host) ? '127.0.0.1' : host
  const inner = `${here.includes(':') ? `[${here}]` : here}:${port}`
  const reach = createReach({ allowHosts: [here] })

  const innerOf = (url: string, protocol: 'http' | 'ws'): string => {
    if (!publicHosts.includes(new URL(url).host)) throw new NotAllowed(`${new URL(url).host} is not this gateway`)
    return url.replace(/^[a-z]+:\/\/[^/?#]+/i, `${protocol}://${inner}`)
  }
  return {
    ask: (url, asking) => reach.ask(innerOf(url, 'http'), asking),
    tlsFor(url) {
      if (new URL(url).host !== inner) innerOf(url, 'ws')
      return { rejectUnauthorized: true }
    },
    socketUrl: (url) => innerOf(url, 'ws'),
  }
}
