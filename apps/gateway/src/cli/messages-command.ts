import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { parseArgs } from 'node:util'
import { asCalled } from '@llc-phone/files'
import { createAdminClient, REACHING, runCommand, UsageError } from './admin-client.ts'
import { limitIn, queryOf, readPages } from './list-pages.ts'

const HELP = `Usage: ./phone messages list [--all | --done] [FILTER…] [--limit N] [--json]
       ./phone messages show ID
       ./phone messages done ID · undo ID
       ./phone messages assign ID NAME · assign ID none
       ./phone messages deliver ID
       ./phone messages export FILE.csv|FILE.json [FILTER…]

What callers left: messages, wishes to be called back or to come by, recordings, and notes of the assistant. list shows those
nobody has seen to, the latest first, with numbers masked; show and export have them whole. done says that somebody has seen
to one. deliver sends one again to where messages go now.

FILTER: --kind message|callback|visit|recording|note  --for NAME  --urgent  --q WORDS  --number NUMBER  --assigned NAME
        --failed (given up at some destination)  --from DATE  --to DATE

Options:
${REACHING}

Examples:
  ./phone messages list --kind callback
  ./phone messages done ID`

interface Delivery {
  readonly destination: string
  readonly state: string
  readonly attempts: number
  readonly nextAttemptAt?: string
  readonly answer?: string
}

interface Message {
  readonly id: string
  readonly createdAt: string
  readonly kind: string
  readonly callId: string
  readonly callerName: string
  readonly callerNumber: string | null
  readonly callerExtension?: string
  readonly recipient?: string
  readonly text: string
  readonly urgency: string
  readonly recordingUrl?: string
  readonly doneAt?: string
  readonly doneBy?: string
  readonly assignedTo?: string
  readonly delivery: string
  readonly deliveries: readonly Delivery[]
  readonly calledBack?: { readonly callId: string; readonly state: string; readonly requestedAt: string }
}

const when = (moment: string): string => moment.slice(0, 16).replace('T', ' ')

/** One line; what callers said must not move the cursor of a terminal. */
const plain = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').trim()

const who = ({ callerName, callerNumber, callerExtension: extension }: Message): string =>
  `${plain(callerName)} ${callerNumber ?? '(withheld)'}${extension === undefined ? '' : ` ext. ${extension}`}`

const marksOf = (message: Message): string[] => [
  ...(message.doneAt === undefined ? [] : ['done']),
  ...(message.urgency === 'urgent' ? ['URGENT'] : []),
  ...(message.kind === 'message' ? [] : [message.kind]),
  ...(message.recipient === undefined ? [] : [`for ${plain(message.recipient)}`]),
  ...(message.assignedTo === undefined ? [] : [`with ${plain(message.assignedTo)}`]),
  ...(message.delivery === 'given_up' || message.delivery === 'retrying' ? [`delivery: ${message.delivery}`] : []),
]

const lineOf = (message: Message): string => {
  const marks = marksOf(message)
  return `${message.id}  ${when(message.createdAt)}  ${who(message)}${marks.length > 0 ? `  [${marks.join(', ')}]` : ''}\n  ${plain(message.text)}`
}

const deliveryLine = ({ destination, state, attempts, nextAttemptAt, answer }: Delivery): string =>
  `  ${destination}: ${state.replace('_', ' ')}${attempts > 0 ? ` after ${attempts}` : ''}${answer === undefined ? '' : ` (${answer})`}${nextAttemptAt === undefined ? '' : `, next ${when(nextAttemptAt)}`}`

const textOf = (message: Message): string =>
  [
    lineOf(message),
    `  call: ${message.callId}`,
    ...(message.recordingUrl === undefined ? [] : [`  recording: ${message.recordingUrl}`]),
    ...(message.doneBy === undefined ? [] : [`  seen to by ${plain(message.doneBy)}, ${when(message.doneAt ?? '')}`]),
    ...(message.calledBack === undefined
      ? []
      : [
          `  called back: ${when(message.calledBack.requestedAt)}, ${message.calledBack.state} (${message.calledBack.callId})`,
        ]),
    ...(message.deliveries.length === 0
      ? ['  delivery: sent nowhere, because the settings had no destination for it (messages)']
      : message.deliveries.map(deliveryLine)),
  ].join('\n')

runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      url: { type: 'string' },
      all: { type: 'boolean' },
      done: { type: 'boolean' },
      kind: { type: 'string' },
      for: { type: 'string' },
      urgent: { type: 'boolean' },
      q: { type: 'string' },
      number: { type: 'string' },
      assigned: { type: 'string' },
      failed: { type: 'boolean' },
      from: { type: 'string' },
      to: { type: 'string' },
      limit: { type: 'string' },
      json: { type: 'boolean' },
    },
    allowPositionals: true,
  })
  if (values.help) return console.log(asCalled(HELP))
  const [command, id, name, ...rest] = positionals
  const gateway = createAdminClient(values.url)
  const filter = {
    kind: values.kind,
    for: values.for,
    urgent: values.urgent,
    q: values.q,
    number: values.number,
    assignedTo: values.assigned,
    delivery: values.failed ? 'failed' : undefined,
    from: values.from,
    to: values.to,
  }
  if (command === 'list' && id === undefined) {
    const done = values.all ? undefined : (values.done ?? false)
    const limit = limitIn(values.limit)
    if (limit === undefined) throw new UsageError('--limit is a whole number, like 100.')
    const query = queryOf({ ...filter, done })
    const all: Message[] = []
    const count = await readPages(gateway, { path: '/messages', key: 'messages', query, limit }, (entries) => {
      if (values.json) all.push(...(entries as Message[]))
      else if (entries.length > 0) console.log((entries as Message[]).map(lineOf).join('\n'))
    })
    if (values.json) return console.log(JSON.stringify(all, null, 2))
    if (count === 0) console.log(values.all || values.done ? 'No message matches.' : 'There is no message to see to.')
    return
  }
  if (id === undefined || rest.length > 0) throw new UsageError(HELP)
  const path = `/messages/${encodeURIComponent(id)}`
  const change = async (body: object): Promise<void> =>
    console.log(textOf((await gateway.json({ method: 'PATCH', path, body })) as Message))
  if (command === 'assign' && name !== undefined) return change({ assignedTo: name === 'none' ? null : name })
  if (name !== undefined) throw new UsageError(HELP)
  switch (command) {
    case 'show':
      return console.log(textOf((await gateway.json({ path: `${path}?reveal=true` })) as Message))
    case 'done':
      return change({ done: true })
    case 'undo':
      return change({ done: false })
    case 'deliver': {
      const { destinations } = (await gateway.json({ method: 'POST', path: `${path}/deliver` })) as {
        destinations: string[]
      }
      return console.log(
        destinations.length > 0
          ? `It is being sent to ${destinations.join(', ')}. ./phone messages show ${id} says what comes of it.`
          : 'It goes nowhere: the settings have no destination for it (messages in the settings document).',
      )
    }
    case 'export': {
      const format = /\.(csv|json)$/.exec(id)?.[1]
      if (format === undefined) throw new UsageError('Name a file that ends in .csv or .json.')
      const query = queryOf({ ...filter, done: values.done, format, reveal: 'true' })
      const response = await gateway.send({ path: `/messages/export?${query.toString()}`, timeoutMs: 600_000 })
      await pipeline(
        Readable.fromWeb(response.body as ReadableStream),
        createWriteStream(id, { flags: 'wx', mode: 0o600 }),
      ).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') throw new UsageError(`${id} exists already. Name another file.`)
        throw error
      })
      return console.log(`Written to ${id}. It holds names, numbers and words of callers.`)
    }
    default:
      throw new UsageError(HELP)
  }
})
