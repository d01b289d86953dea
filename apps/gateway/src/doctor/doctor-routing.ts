import { examineSignature } from '@llc-phone/line-twilio'
import type { Instance } from '@llc-phone/store'
import * as z from 'zod'
import type { Env } from '../configuration/env.ts'
import { messageOf } from './checks.ts'
import { failed, ok, warning, type Finding } from './finding.ts'

const NAME = 'routing'
const ASK_LIMIT_MS = 5_000
/** A proxy that spreads requests reaches the right one by chance, too. */
const ASKED_TIMES = 4

type RoutingEnv = Pick<Env, 'PUBLIC_URL' | 'TWILIO_AUTH_TOKEN' | 'ADMIN_TOKEN'>

/** What `GET /lbz` says: who answers, and whom the path named when it arrived. */
const lbz = z.object({ state: z.string(), instance: z.string(), asked: z.string().optional() })

/** What came of asking for an instance over its public address. */
export interface RouteAnswer {
  readonly id: string
  readonly url: string
  /** The instance has an origin of its own, so the path names nobody. */
  readonly isOwnOrigin: boolean
  readonly status?: number
  readonly answered?: z.output<typeof lbz>
  /** Nobody answered. */
  readonly problem?: string
}

const askOnce = async (id: string, url: string, isOwnOrigin: boolean): Promise<RouteAnswer> => {
  const asked = { id, url, isOwnOrigin }
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(ASK_LIMIT_MS) })
    const answered = lbz.safeParse(await response.json().catch(() => undefined))
    return { ...asked, status: response.status, ...(answered.success ? { answered: answered.data } : {}) }
  } catch (error) {
    return { ...asked, problem: messageOf(error) }
  }
}

const originOf = ({ id, address }: Pick<Instance, 'id' | 'address'>, publicUrl: string): string =>
  address ?? `${publicUrl}/i/${id}`

/** Asks for each instance a few times, as the carrier would. */
const askAll = async (up: readonly Instance[], publicUrl: string): Promise<RouteAnswer[]> => {
  const turns = Array.from({ length: ASKED_TIMES }, () => up).flat()
  return Promise.all(
    turns.map((each) => askOnce(each.id, `${originOf(each, publicUrl)}/lbz`, each.address !== undefined)),
  )
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)]

/** What is to be said of a proxy that answers so; one kind of mistake at a time, the one that explains the others first. */
export const judgeRouting = (answers: readonly RouteAnswer[]): Finding => {
  const first = (test: (answer: RouteAnswer) => boolean): RouteAnswer | undefined => answers.find(test)
  const unreached = first(({ problem }) => problem !== undefined)
  if (unreached)
    return failed(
      NAME,
      `${unreached.url} cannot be reached from here: ${unreached.problem}`,
      'Look at the proxy, and at the line public url.',
    )
  const moved = first(({ status = 0 }) => status >= 300 && status < 400)
  if (moved)
    return failed(
      NAME,
      `${moved.url} is answered with a redirection (${moved.status}): Twilio repeats a POST as a GET then`,
      'Have the proxy pass requests on itself.',
    )
  const foreign = first(({ answered }) => answered === undefined)
  if (foreign)
    return failed(
      NAME,
      `${foreign.url} is answered ${foreign.status}, and not by a gateway`,
      'Have the proxy send every path to the gateways, also those below /i/.',
    )
  const changed = first(({ id, isOwnOrigin, answered }) => !isOwnOrigin && answered?.asked !== id)
  if (changed)
    return failed(
      NAME,
      `the proxy changes the path: ${changed.url} arrives as ${changed.answered?.asked === undefined ? '/lbz' : `/i/${changed.answered.asked}/lbz`}`,
      'Have it pass path and query on as they come: signatures are made over them (docs/explanation/fleet.md).',
    )
  const wrong = answers.filter(({ id, answered }) => answered?.instance !== id)
  const asked = unique(answers.map(({ id }) => id))
  if (wrong.length === 0)
    return ok(NAME, `requests that name ${asked.join(', ')} reach ${asked.length > 1 ? 'them' : 'it'}`)
  const answering = unique(answers.map(({ answered }) => answered!.instance))
  const everyThing = answering.length === 1 && asked.length > 1
  const mixed = unique(wrong.map(({ id, answered }) => `those for ${id} by ${answered!.instance}`))
  return failed(
    NAME,
    everyThing
      ? `the proxy sends everything to ${answering[0]}, whoever the path names`
      : `requests are answered by another gateway than the one that the path names: ${mixed.join(', ')}`,
    'The proxy has to bring /i/NAME/ to the gateway NAME, and nobody else while that runs: compare its names and addresses with examples/fleet.',
  )
}

/** What `/metrics` says of requests that came to a wrong instance while the right one was up. */
export const misroutedIn = (metrics: string): number =>
  Number(/^llc_misrouted_total\{[^}]*owner="alive"[^}]*\} (\d+)/m.exec(metrics)?.[1] ?? 0)

const countMisrouted = async (up: readonly Instance[], env: RoutingEnv): Promise<Finding[]> => {
  // The token goes to PUBLIC_URL, and to no address that stands in the database: who writes there must not be told it.
  const asked = up.filter(({ address }) => address === undefined)
  if (asked.length === 0) return []
  const counts = await Promise.all(
    asked.map(async (each) => {
      const response = await fetch(`${originOf(each, env.PUBLIC_URL)}/metrics`, {
        headers: { authorization: `Bearer ${env.ADMIN_TOKEN}` },
        redirect: 'manual',
        signal: AbortSignal.timeout(ASK_LIMIT_MS),
      }).catch(() => undefined)
      return response?.ok ? { id: each.id, count: misroutedIn(await response.text()) } : undefined
    }),
  )
  const known = counts.filter((each) => each !== undefined)
  if (known.length === 0)
    return [ok(NAME, 'llc_misrouted_total not asked: the operator routes are not at the public URL')]
  const guilty = known.filter(({ count }) => count > 0)
  if (guilty.length === 0) return []
  return [
    warning(
      NAME,
      `since their start gateways have answered requests of others that were up: ${guilty.map(({ id, count }) => `${id} ${count}`).join(', ')}`,
      'If llc_misrouted_total{owner="alive"} grows, the proxy does not route by path, or a name in its list has a wrong address.',
    ),
  ]
}

/** Whether the proxy brings what names an instance to it, as it was sent. `up`: the instances that run. */
export const examineRouting = async (env: RoutingEnv, up: readonly Instance[]): Promise<Finding[]> => {
  const reachable = up.filter(({ state }) => ['ready', 'full', 'draining'].includes(state))
  if (reachable.length === 0) return []
  const found = judgeRouting(await askAll(reachable, env.PUBLIC_URL))
  if (found.outcome !== 'ok') return [found]
  const origins = reachable.map((each) => originOf(each, env.PUBLIC_URL))
  const signatures = await Promise.all(origins.map((origin) => examineSignature(origin, env.TWILIO_AUTH_TOKEN[0]!)))
  const refused = signatures.find(({ outcome }) => outcome !== 'ok')
  return [found, ...(refused ? [{ ...refused, name: NAME }] : []), ...(await countMisrouted(reachable, env))]
}
