import { haproxyVersion } from '@llc-phone/example-fleet'
import { postgresPrograms } from '@llc-phone/store-postgres/testing'
import { expect, it } from 'vitest'
import { part as changes } from '../src/fleet/changes-part.ts'
import { part as deaths } from '../src/fleet/deaths-part.ts'
import { part as deploys } from '../src/fleet/deploys-part.ts'
import { part as routing } from '../src/fleet/routing-part.ts'
import { parseOptions } from '../src/options.ts'

// What is measured of several gateways, with few rounds: what must never happen on any machine. How long things take is measured by
// `pnpm bench --only fleet` alone, and so is what a call or an idle gateway costs. The other parts have tests of their own: races for
// the places of calls and for the first start in packages/store-postgres; calls placed while processes are killed or Postgres is away
// in packages/queue-postgres; frozen gateways, and calls while Postgres is away, in apps/gateway/test/takeover.test.ts.

const hasPostgres = postgresPrograms() !== undefined
const hasHaproxy = haproxyVersion() !== undefined
const { REQUIRE_POSTGRES, REQUIRE_HAPROXY } = process.env
if (!hasPostgres && REQUIRE_POSTGRES) throw new Error('REQUIRE_POSTGRES is set, and no Postgres server is installed.')
if (!hasHaproxy && REQUIRE_HAPROXY) throw new Error('REQUIRE_HAPROXY is set, and HAProxy is not installed.')
if (!hasPostgres || !hasHaproxy)
  console.log('Not tried: what is measured of several gateways, which needs a Postgres server and HAProxy.')

it.skipIf(!hasPostgres || !hasHaproxy).each([
  [routing, ['--routed', '600']],
  [changes, ['--changes', '1']],
  [deaths, ['--death-rounds', '1']],
  [deploys, ['--deploys', '1']],
] as const)('$name', { timeout: 180_000 }, async (part, numbers) => {
  const { verdicts } = await part.run(parseOptions([part], [...numbers, '--quick']))
  expect(verdicts.filter(({ isTiming = false, met }) => !isTiming && !met)).toEqual([])
})
