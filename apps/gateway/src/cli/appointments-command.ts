import { parseArgs } from 'node:util'
import { asCalled } from '@llc-phone/files'
import { createAdminClient, REACHING, runCommand, UsageError } from './admin-client.ts'
import { limitIn, queryOf, readPages } from './list-pages.ts'

const HELP = `Usage: ./phone appointments list [--from DATE] [--to DATE] [--customer ID] [--q WORDS] [--all] [--limit N] [--json]

Appointments of customer service that are booked, the soonest first, from today on; --all shows cancelled ones too. --q is a
part of the customer's name or of the service. Customers themselves: ./phone customers.

Options:
${REACHING}

Examples:
  ./phone appointments list --from 2026-03-09 --to 2026-03-10`

interface Appointment {
  readonly id: string
  readonly startsAt: string
  readonly service: string
  readonly durationMinutes: number
  readonly status: string
  readonly customerId: string
  readonly customerName: string
}

const lineOf = ({ startsAt, service, durationMinutes, status, customerId, customerName }: Appointment): string => {
  const name = customerName.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ')
  return `${startsAt.slice(0, 16).replace('T', ' ')} UTC  ${service} (${durationMinutes} min)  ${name}  ${customerId}${status === 'booked' ? '' : `  [${status}]`}`
}

runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      url: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      customer: { type: 'string' },
      q: { type: 'string' },
      all: { type: 'boolean' },
      limit: { type: 'string' },
      json: { type: 'boolean' },
    },
    allowPositionals: true,
  })
  if (values.help) return console.log(asCalled(HELP))
  const limit = limitIn(values.limit)
  if (positionals.join(' ') !== 'list') throw new UsageError(HELP)
  if (limit === undefined) throw new UsageError('--limit is a whole number, like 100.')
  const { from = new Date().toISOString().slice(0, 10), to, customer, q, all } = values
  const query = queryOf({ from, to, customer, q, status: all ? undefined : 'booked' })
  const listed: Appointment[] = []
  const gateway = createAdminClient(values.url)
  const count = await readPages(gateway, { path: '/appointments', key: 'appointments', query, limit }, (entries) => {
    if (values.json) listed.push(...(entries as Appointment[]))
    else if (entries.length > 0) console.log((entries as Appointment[]).map(lineOf).join('\n'))
  })
  if (values.json) console.log(JSON.stringify(listed, null, 2))
  else if (count === 0) console.log('No appointment matches.')
})
