import { connect, type PeerCertificate } from 'node:tls'
import { isIP } from 'node:net'
import * as z from 'zod'
import { isLoopback } from '@llc-phone/core'
import { examineSignature, restUrlOf } from '@llc-phone/line-twilio'
import type { Env } from '../configuration/env.ts'
import { messageOf } from './checks.ts'
import { failed, ok, warning, type Finding } from './finding.ts'

const HTTP_DEADLINE_MS = 5_000
/** A status page that answers later is not worth waiting for. */
const STATUS_LIMIT_MS = 3_000
const OPENAI_STATUS = 'https://status.openai.com'
/** Certificates are usually renewed 30 days before their end: two weeks left means that nothing renews this one. */
const CERTIFICATE_DAYS = 14
const DAY_MS = 86_400_000
/** Beyond this, times in logs cannot be compared, and time-limited signatures of others fail. */
const CLOCK_LIMIT_MS = 60_000

/** https://status.openai.com/api/v2/status.json, as every Statuspage has it. */
const statusPage = z.object({ status: z.object({ indicator: z.string(), description: z.string().max(200) }) })

/** What OpenAI says about itself. Asked only when calls go there, or OPENAI_STATUS_URL names another page. */
export const examineStatusPage = async (
  env: Pick<Env, 'OPENAI_REALTIME_URL' | 'OPENAI_STATUS_URL'>,
): Promise<Finding[]> => {
  const name = 'openai'
  const { OPENAI_STATUS_URL: own, OPENAI_REALTIME_URL: server } = env
  if (own === undefined && new URL(server).hostname !== 'api.openai.com')
    return [ok(name, 'status page not asked: calls go to another model server, or a simulated one')]
  const page = (own ?? OPENAI_STATUS).replace(/\/+$/, '')
  try {
    const response = await fetch(`${page}/api/v2/status.json`, { signal: AbortSignal.timeout(STATUS_LIMIT_MS) })
    const { status } = statusPage.parse(await response.json())
    const says = `${page} says: ${status.description}`
    return status.indicator === 'none'
      ? [ok(name, says)]
      : [warning(name, says, `Look at ${page}; meanwhile callers go to the fallback when the model does not answer.`)]
  } catch {
    return [ok(name, `status page not asked: ${page} did not answer within ${STATUS_LIMIT_MS / 1_000} s`)]
  }
}

/** Reaches the gateway as carriers do: over the public URL. */
export const examinePublicUrl = async (env: Env): Promise<Finding[]> => {
  const name = 'public url'
  const url = env.PUBLIC_URL
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(HTTP_DEADLINE_MS) })
    const body = (await response.json().catch(() => undefined)) as { status?: unknown } | undefined
    if (response.status !== 200 || body?.status !== 'ok')
      return [
        failed(
          name,
          `${url}/healthz answers ${response.status}, and not as a gateway does`,
          `Look at the proxy or tunnel of ${url}: it has to lead to port ${env.PORT}.`,
        ),
      ]
  } catch (error) {
    return [
      failed(
        name,
        `${url} cannot be reached from here: ${messageOf(error)}`,
        `Start the gateway; then look at name, firewall, proxy or tunnel of ${url}.`,
      ),
    ]
  }
  const signature = await examineSignature(url, env.TWILIO_AUTH_TOKEN[0]!)
  return [ok(name, `${url} reaches the gateway`), signature]
}

const namesOf = ({ subject, subjectaltname }: PeerCertificate): string =>
  subjectaltname?.replaceAll(/DNS:|IP Address:/g, '') ?? String(subject?.CN ?? 'no name')

/** For whom the certificate of the public URL is, who trusts it, and for how long. */
export const examineCertificate = async (publicUrl: string, now: Date): Promise<Finding[]> => {
  const name = 'certificate'
  const { protocol, hostname, port } = new URL(publicUrl)
  if (protocol !== 'https:')
    return isLoopback(publicUrl) ? [] : [failed(name, 'PUBLIC_URL is http:', 'Put a proxy with TLS before it.')]
  const host = hostname.replaceAll(/^\[|\]$/g, '')
  const { promise, resolve, reject } = Promise.withResolvers<Finding>()
  const socket = connect({
    host,
    port: Number(port || '443'),
    ...(isIP(host) ? {} : { servername: host }),
    // Also one that nobody trusts is to be looked at; nothing is sent.
    rejectUnauthorized: false,
    timeout: HTTP_DEADLINE_MS,
  })
  socket.once('error', reject)
  socket.once('timeout', () => reject(new Error('no answer in time')))
  socket.once('secureConnect', () => {
    const certificate = socket.getPeerCertificate()
    const daysLeft = Math.floor((Date.parse(certificate.valid_to) - now.getTime()) / DAY_MS)
    const detail = `for ${namesOf(certificate)}, ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'} left`
    const renew = 'Renew it, and look why nothing renews it by itself.'
    if (daysLeft < 0) return resolve(failed(name, `${detail}: it has run out`, renew))
    if (!socket.authorized)
      return resolve(
        failed(
          name,
          `${detail}, not trusted: ${String(socket.authorizationError)}`,
          `Twilio trusts only a certificate for ${host} of a public authority, with its whole chain.`,
        ),
      )
    return resolve(daysLeft < CERTIFICATE_DAYS ? warning(name, detail, renew) : ok(name, detail))
  })
  try {
    return [await promise]
  } catch (error) {
    const said = `cannot be read directly: ${messageOf(error)}`
    return [warning(name, said, 'Look at it from another network; the line public url says whether calls get through.')]
  } finally {
    socket.destroy()
  }
}

/** What is to be said of a clock that is so far from a server's; a Date header is exact to a second. */
export const judgeClock = (offMs: number, server: string): Finding => {
  const name = 'clock'
  const seconds = Math.round(Math.abs(offMs) / 1_000)
  if (Math.abs(offMs) <= CLOCK_LIMIT_MS) return ok(name, `within ${Math.max(seconds, 1)} s of ${server}`)
  return failed(
    name,
    `${seconds} s ${offMs > 0 ? 'ahead of' : 'behind'} ${server}`,
    'Have the machine set its clock (timedatectl set-ntp true): times in logs, opening hours and signatures are wrong.',
  )
}

/** Compares the clock of this machine with that of the first server of others that answers. */
export const examineClock = async (env: Env): Promise<Finding[]> => {
  const addresses = [env.OPENAI_REALTIME_URL.replace(/^ws/, 'http'), restUrlOf(env)]
  const asked = addresses.filter((address) => !isLoopback(address)).map((address) => new URL(address).origin)
  if (asked.length === 0) return [ok('clock', 'not compared: every server is on this machine')]
  try {
    return [await Promise.any(asked.map((origin) => clockOf(origin)))]
  } catch {
    return [ok('clock', `not compared: ${asked.join(' and ')} did not answer`)]
  }
}

/** The clock of this machine beside the one of a server. Rejects when it does not tell the time. */
export const clockOf = async (origin: string, now = Date.now): Promise<Finding> => {
  const { headers } = await fetch(origin, {
    method: 'HEAD',
    redirect: 'manual',
    signal: AbortSignal.timeout(HTTP_DEADLINE_MS),
  })
  const theirsMs = Date.parse(headers.get('date') ?? '')
  if (Number.isNaN(theirsMs)) throw new Error('no Date header')
  return judgeClock(now() - theirsMs, new URL(origin).host)
}
