import { isLoopback } from '@llc-phone/core'
import type { Env } from '../configuration/env.ts'
import { failed, ok, warning, type Finding } from './finding.ts'

const HTTP_DEADLINE_MS = 5_000

const statusOf = async (url: string): Promise<number | undefined> => {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(HTTP_DEADLINE_MS) })).status
  } catch {
    return undefined
  }
}

/** Whether operator routes can be reached where they should be, and only there. Asks the running gateway, without a key. */
export const examineOperators = async ({
  PUBLIC_URL: publicUrl,
  ADMIN_PORT: port,
  ADMIN_HOST: host,
}: Env): Promise<Finding[]> => {
  const name = 'operators'
  const isPublic = (await statusOf(`${publicUrl}/calls`)) === 401
  if (isPublic && port !== undefined)
    return [
      failed(
        name,
        `${publicUrl}/calls answers, in spite of ADMIN_PORT`,
        'Restart the gateway; if it stays, look where the proxy leads.',
      ),
    ]
  if (port !== undefined && host === '127.0.0.1') {
    const address = `http://${host}:${port}`
    if ((await statusOf(`${address}/healthz`)) !== 200)
      return [
        failed(name, `Nothing answers at ADMIN_PORT, ${address}`, 'Start the gateway with it, or take ADMIN_PORT out.'),
      ]
    return [ok(name, `are served at ${address} alone`)]
  }
  if (isPublic && !isLoopback(publicUrl))
    return [
      warning(
        name,
        `${publicUrl}/calls asks everybody for a key`,
        'Set ADMIN_PORT, or keep all but /twiml, /twilio/ and /media/ off the public proxy.',
      ),
    ]
  return []
}
