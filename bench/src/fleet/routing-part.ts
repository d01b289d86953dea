import { setTimeout as wait } from 'node:timers/promises'
import {
  freeAddress,
  GATEWAYS,
  haproxyVersion,
  startHaproxy,
  startStandIn,
  type Echo,
  type GatewayName,
  type StandIn,
} from '@llc-phone/example-fleet'
import type { Part } from '../part.ts'

const AT_ONCE = 8
const PAUSE_MS = 10
const CHANGE_EVERY_MS = 600
/** The proxy looks every second; until then one that is back is not asked. */
const KNOWN_AFTER_MS = 2_500

/** What a stand-in may be made to do next. One is always left to take new calls, and one dies at a time. */
const change = async (
  fleet: Readonly<Record<GatewayName, StandIn & { aliveSince: number; diedAt: number }>>,
): Promise<void> => {
  const name = GATEWAYS[Math.floor(Math.random() * GATEWAYS.length)]!
  const one = fleet[name]
  const others = GATEWAYS.filter((other) => other !== name).map((other) => fleet[other])
  if (one.aliveSince === Infinity) {
    await one.live()
    one.state = 'ready'
    one.aliveSince = performance.now()
  } else if (!others.some(({ state, aliveSince }) => state === 'ready' && aliveSince < Infinity)) one.state = 'ready'
  else if (one.state === 'drains') {
    if (others.some(({ diedAt }) => performance.now() - diedAt < KNOWN_AFTER_MS)) return
    one.aliveSince = Infinity
    one.diedAt = performance.now()
    await one.die()
  } else one.state = 'drains'
}

const measure = async (requests: number) => {
  const version = haproxyVersion()
  if (version === undefined) throw new Error('HAProxy is not installed. On Debian: apt-get install haproxy.')
  const fleet = {} as Record<GatewayName, StandIn & { aliveSince: number; diedAt: number }>
  for (const name of GATEWAYS)
    fleet[name] = Object.assign(await startStandIn(name), { aliveSince: -Infinity, diedAt: -Infinity })
  const listen = await freeAddress()
  const { a, b, c } = fleet
  const proxy = await startHaproxy({ listen, gateways: { a: a.address, b: b.address, c: c.address } })
  let left = requests
  let misrouted = 0
  let comingBack = 0
  let elsewhere = 0
  let failed = 0
  let changes = 0

  const ask = async (): Promise<void> => {
    for (; left > 0; await wait(PAUSE_MS)) {
      left--
      const owner = GATEWAYS[left % GATEWAYS.length]!
      const { aliveSince } = fleet[owner]
      const askedAt = performance.now()
      const path = `/i/${owner}/twilio/status?n=${left}`
      try {
        const response = await fetch(`http://${listen}${path}`, { method: 'POST', body: 'CallSid=CA1' })
        if (!response.ok) throw new Error(String(response.status))
        const { name, url } = (await response.json()) as Echo
        if (url !== path) throw new Error(`The path came as ${url}.`)
        if (name === owner) continue
        // It went while it was asked, or was gone before.
        if (fleet[owner].aliveSince !== aliveSince || aliveSince === Infinity) elsewhere++
        else if (askedAt - aliveSince < KNOWN_AFTER_MS) comingBack++
        else misrouted++
      } catch (error) {
        failed++
        console.error(`fleet-routing: ${path}: ${String(error)}`)
      }
    }
  }
  try {
    const asking = Promise.all(Array.from({ length: AT_ONCE }, ask)).then(() => 'done' as const)
    while ((await Promise.race([asking, wait(CHANGE_EVERY_MS)])) !== 'done') {
      await change(fleet)
      changes++
    }
    return { version, requests, misrouted, comingBack, elsewhere, failed, changes }
  } finally {
    await proxy.stop()
    for (const name of GATEWAYS) await fleet[name].die()
  }
}

export const part: Part = {
  name: 'fleet-routing',
  describe:
    'requests that name a gateway, through HAProxy, while gateways drain, die and come back: whether each reaches its ' +
    'owner as long as that lives. Twenty seconds.',
  byDefault: false,
  numbers: [{ name: 'routed', describe: 'requests', usual: 10_000, quick: 1_500, most: 1_000_000 }],
  async run(options) {
    const result = await measure(options.numberOf('routed'))
    const { version, requests, misrouted, comingBack, elsewhere, failed, changes } = result
    return {
      result,
      text:
        `HAProxy ${version}, ${changes} changes; another gateway answered ${elsewhere} requests of one that was gone, and ` +
        `${comingBack} of one that had just come back`,
      verdicts: [
        {
          target: `${requests} requests by prefix: none at another gateway while the owner lives`,
          measured: `${misrouted} misrouted`,
          met: misrouted === 0,
        },
        { target: 'every request is answered', measured: `${failed} were not`, met: failed === 0 },
      ],
    }
  },
}
