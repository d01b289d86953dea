import { parseArgs } from 'node:util'
import { asCalled, pasteable } from '@llc-phone/files'
import { createAdminClient, REACHING, runCommand, UsageError, type AdminClient } from './admin-client.ts'

const HELP = `Usage: ./phone people list
       ./phone people add NAME ROLE
       ./phone people role NAME ROLE
       ./phone people remove NAME
       ./phone people key NAME [--label TEXT]
       ./phone people revoke KEY_ID
       ./phone people audit [--who NAME] [--action ACTION] [--from DATE] [--to DATE] [--limit N]

Keeps who may use the operator routes and these commands. ROLE is viewer (reads), operator (also acts), manager (also changes
settings and reads the audit log) or owner (also keeps people and keys). key issues a key and shows it once; its person sets
it as ADMIN_TOKEN in their own shell. revoke takes the id of a key, which list shows. audit shows who did what.

Options:
  --label TEXT    where the key is kept, such as laptop
  --who, --action, --from, --to, --limit
                  which lines of the audit log; the latest 20 unless told otherwise
${REACHING}

Examples:
  ./phone people add ann operator
  ./phone people key ann --label laptop
  ./phone people audit --who ann --from 2026-03-01`

interface Person {
  readonly name: string
  readonly role: string
}

interface Key {
  readonly id: string
  readonly person: string
  readonly label?: string
  readonly addedAt: string
  readonly lastUsedAt?: string
  readonly revokedAt?: string
}

interface Line {
  readonly at: string
  readonly who: string
  readonly action: string
  readonly target?: string
  readonly details?: object
  readonly address?: string
}

const dayOf = (moment: string): string => moment.slice(0, 10)
const minuteOf = (moment: string): string => moment.slice(0, 16).replace('T', ' ')

const keyText = ({ id, label, addedAt, lastUsedAt }: Key): string =>
  [
    `    key ${id}`,
    ...(label === undefined ? [] : [label]),
    `since ${dayOf(addedAt)}`,
    lastUsedAt === undefined ? 'never used' : `last used ${minuteOf(lastUsedAt)} UTC`,
  ].join('  ')

const list = async (gateway: AdminClient): Promise<string> => {
  const { people } = (await gateway.json({ path: '/people' })) as { people: Person[] }
  const { keys } = (await gateway.json({ path: '/keys' })) as { keys: Key[] }
  if (people.length === 0) return 'There is nobody yet; the ADMIN_TOKEN alone opens everything.'
  return people
    .flatMap(({ name, role }) => [
      `${name}  ${role}`,
      ...keys.filter(({ person, revokedAt }) => person === name && revokedAt === undefined).map(keyText),
    ])
    .join('\n')
}

const lineText = ({ at, who, action, target, details, address }: Line): string =>
  [minuteOf(at), who, action, target, details && JSON.stringify(details), address && `from ${address}`]
    .filter((part) => part !== undefined)
    .join('  ')

runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      url: { type: 'string' },
      label: { type: 'string' },
      who: { type: 'string' },
      action: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      limit: { type: 'string' },
    },
    allowPositionals: true,
  })
  if (values.help) return console.log(asCalled(HELP))
  const gateway = createAdminClient(values.url)
  const [command = '', name = '', role = ''] = positionals
  const path = `/people/${encodeURIComponent(name)}`
  const told = ({ name: who, role: as }: Person, what = '') => console.log(`${who}  ${as}${what}`)
  switch (`${command} ${positionals.length - 1}`) {
    case 'list 0':
      return console.log(await list(gateway))
    case 'add 2':
      told((await gateway.json({ method: 'POST', path: '/people', body: { name, role } })) as Person)
      return console.log(pasteable(`Next, a key: ./phone people key ${JSON.stringify(name)}`))
    case 'role 2':
      return told((await gateway.json({ method: 'PUT', path, body: { role } })) as Person)
    case 'remove 1':
      return told(
        (await gateway.json({ method: 'DELETE', path })) as Person,
        '  removed; their keys open nothing any more',
      )
    case 'key 1': {
      const body = values.label === undefined ? {} : { label: values.label }
      const { key, id } = (await gateway.json({ method: 'POST', path: `${path}/keys`, body })) as Key & { key: string }
      return console.log(`${key}\nThis is shown once. Its id, to revoke it by: ${id}`)
    }
    case 'revoke 1': {
      const revoked = await gateway.json({ method: 'DELETE', path: `/keys/${encodeURIComponent(name)}` })
      return console.log(`${(revoked as Key).id}  of ${(revoked as Key).person}  revoked`)
    }
    case 'audit 0': {
      const { who, action, from, to, limit = '20' } = values
      const wanted = Object.entries({ who, action, from, to, limit }).filter(([, value]) => value !== undefined)
      const query = new URLSearchParams(wanted as [string, string][])
      const { lines } = (await gateway.json({ path: `/audit?${query.toString()}` })) as { lines: Line[] }
      return console.log(lines.map(lineText).join('\n') || 'Nobody has done anything like that.')
    }
    default:
      throw new UsageError(HELP)
  }
})
