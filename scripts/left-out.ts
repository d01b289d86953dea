import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { postgresPrograms } from '../packages/store-postgres/src/testing/cluster.ts'

/** Says which tests are left out on this machine, because a program that they need is not installed. Run by `pnpm test`. */

const isInstalled = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })

/** Each with the package of Debian that brings it. */
const NEEDS: readonly (readonly [suites: string, bringsIt: string, isThere: boolean])[] = [
  [
    'the store on a real Postgres, races between processes, copies into Postgres, several gateways',
    'postgresql',
    postgresPrograms() !== undefined,
  ],
  ['several gateways behind HAProxy', 'haproxy', isInstalled('haproxy')],
  ['several gateways behind nginx', 'nginx', isInstalled('nginx')],
  ['several gateways behind Caddy', 'caddy', isInstalled('caddy')],
  ['alerts and the dashboard on a real Prometheus', 'prometheus', isInstalled('promtool')],
  [
    'the console in a browser',
    'chromium',
    process.env.CHROMIUM_PATH !== undefined || isInstalled('chromium') || isInstalled('google-chrome'),
  ],
]

for (const [suites, bringsIt, isThere] of NEEDS)
  if (!isThere) console.log(`Left out: ${suites}. They need what apt-get install ${bringsIt} brings.`)
