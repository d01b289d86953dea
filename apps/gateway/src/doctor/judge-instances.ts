import type { Instance } from '@llc-phone/store'
import { livesStill } from '../fleet/presence.ts'
import { checkEachOther } from '../fleet/secret-mark.ts'
import { failed, ok, warning, type Finding } from './finding.ts'

const NAME = 'fleet'
/** Who has said nothing for longer was taken away for good. */
const MISSED_FOR_MS = 3_600_000

/** What is known of the gateway whose environment the doctor reads. */
export interface OwnFleetFacts {
  readonly secretMark: string | undefined
}

/** Whether a gateway has said something lately, and did not say that it ends. */
export const isUp = (instance: Instance): boolean => livesStill(instance, instance.silentMs)

const listText = (names: readonly string[]): string => names.join(', ')

const sameIds = (up: readonly Instance[]): Finding[] => {
  const twice = [...new Set(up.map(({ id }) => id))].filter((id) => up.filter((each) => each.id === id).length > 1)
  return twice.map((id) =>
    failed(
      NAME,
      `two gateways that run are called ${id}: requests of the calls of one reach the other`,
      'Stop one of them, and give it an INSTANCE_ID of its own.',
    ),
  )
}

const secrets = (up: readonly Instance[], own: OwnFleetFacts): Finding[] => {
  const pairs = up.flatMap((one, index) =>
    up
      .slice(index + 1)
      .filter((other) => !checkEachOther(one.secretMark, other.secretMark))
      .map((other) => `${one.id} and ${other.id}`),
  )
  const set =
    'Set the same list on all of them. To change it: OLD,NEW everywhere, then NEW,OLD, then NEW (docs/guides/fleet.md).'
  if (pairs.length > 0)
    return [
      failed(NAME, `FLEET_SECRET differs between ${listText(pairs)}: neither can go on with calls of the other`, set),
    ]
  const odd = up.filter(({ secretMark }) => !checkEachOther(own.secretMark, secretMark))
  if (own.secretMark === undefined || odd.length === 0) return []
  return [failed(NAME, `FLEET_SECRET here is another one than that of ${listText(odd.map(({ id }) => id))}`, set)]
}

const versions = (up: readonly Instance[]): Finding[] => {
  if (new Set(up.map(({ version }) => version)).size < 2) return []
  const each = up.map(({ id, version }) => `${id} ${version}`)
  return [
    warning(
      NAME,
      `several versions run: ${listText(each)}`,
      'That is as it should be during a deployment; otherwise bring the older ones up to date.',
    ),
  ]
}

/** The last start of each gateway that went without a word. */
const silent = (instances: readonly Instance[], up: readonly Instance[]): Finding[] => {
  const isBack = ({ id, startedAt }: Instance): boolean =>
    instances.some((other) => other.id === id && (isUp(other) || other.startedAt > startedAt))
  const gone = instances.filter(
    (each) => each.state !== 'closed' && !up.includes(each) && each.silentMs < MISSED_FOR_MS && !isBack(each),
  )
  return gone.map(({ id, silentMs }) =>
    warning(
      NAME,
      `${id} has said nothing for ${Math.round(silentMs / 1_000)} s, and did not end by itself`,
      'It was killed, is frozen, or does not reach Postgres: look at its machine. If it was taken away for good, this line goes within an hour.',
    ),
  )
}

const fenced = (up: readonly Instance[]): Finding[] =>
  up
    .filter(({ state }) => state === 'fenced')
    .map(({ id }) =>
      failed(
        NAME,
        `a gateway called ${id} runs whose place another one has taken: it takes no calls`,
        'Restart it with an INSTANCE_ID of its own, or end it.',
      ),
    )

const takers = (up: readonly Instance[]): Finding[] => {
  if (up.length === 0) return []
  if (!up.some(({ state }) => state === 'ready'))
    return [
      failed(
        NAME,
        'no gateway takes new calls: callers hear the fallback of the number',
        'Start one more if they are full; POST /admin/undrain if they rest.',
      ),
    ]
  return up.length > 1
    ? []
    : [
        warning(
          NAME,
          `only ${up[0]!.id} runs: nobody takes over its calls when it ends`,
          'Start another one with the same DATABASE_URL, PUBLIC_URL and FLEET_SECRET, and an INSTANCE_ID of its own.',
        ),
      ]
}

/** What is to be said of the gateways that a database has seen within a day. */
export const judgeInstances = (instances: readonly Instance[], own: OwnFleetFacts): Finding[] => {
  const up = instances.filter(isUp)
  const states = up.map(({ id, state, active, rated }) => `${id} ${state} (${active} of ${rated} calls)`)
  const running =
    up.length === 0
      ? warning(NAME, 'no gateway runs on this database', './phone start starts this one.')
      : ok(NAME, listText(states))
  return [
    running,
    ...takers(up),
    ...sameIds(up),
    ...fenced(up),
    ...secrets(up, own),
    ...versions(up),
    ...silent(instances, up),
  ]
}
