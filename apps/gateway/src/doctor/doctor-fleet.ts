import { examineServer, isPostgresUrl, openStore } from '@llc-phone/database'
import type { Env } from '../configuration/env.ts'
import { secretMarkOf } from '../fleet/secret-mark.ts'
import { messageOf } from './checks.ts'
import { examineRouting } from './doctor-routing.ts'
import { failed, ok, type Finding } from './finding.ts'
import { isUp, judgeInstances } from './judge-instances.ts'

const NAME = 'fleet'

const examineCalls = async (database: object): Promise<Finding> => {
  const name = 'queue'
  try {
    const { examineQueue } = await import('@llc-phone/queue-postgres')
    return (await examineQueue(database))
      ? ok(name, 'outbound calls wait in a queue of all gateways (pg-boss), which this version knows')
      : ok(name, 'no gateway has made the queue of outbound calls yet')
  } catch (error) {
    return failed(
      name,
      messageOf(error),
      'Run the version that made it, or update this one; the user of DATABASE_URL has to own the schema pgboss.',
    )
  }
}

/** What several gateways need beside what each needs: that they know each other, and a proxy that knows them. */
export const examineFleet = async (env: Env): Promise<Finding[]> => {
  const url = env.DATABASE_URL
  if (!isPostgresUrl(url))
    return [
      failed(
        NAME,
        'DATABASE_URL is a file, which one gateway has for itself',
        'To run several, have Postgres: docs/guides/fleet.md. With one gateway, ./phone doctor is enough.',
      ),
    ]
  try {
    const { isNew, missingMigrations, isReadOnly } = await examineServer(url)
    // Opening it would bring its tables up to date. What is wrong with it is said in the line database.
    if (isNew || missingMigrations > 0 || isReadOnly)
      return [failed(NAME, 'the gateways are not known: see the line database', 'Do what is said there first.')]
    const store = await openStore({ url, connections: 1 })
    const instances = await store.fleet.list()
    const queue = await examineCalls(store.database)
    await store.close()
    const own = { secretMark: secretMarkOf(env.FLEET_SECRET) }
    return [...judgeInstances(instances, own), ...(await examineRouting(env, instances.filter(isUp))), queue]
  } catch (error) {
    return [failed(NAME, messageOf(error), 'Do what is said, then run ./phone doctor --fleet again.')]
  }
}
