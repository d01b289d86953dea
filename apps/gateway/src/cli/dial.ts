import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { asCalled } from '@llc-phone/files'
import {
  CommandFailed,
  createAdminClient,
  REACHING,
  Refused,
  runCommand,
  UsageError,
  type AdminClient,
} from './admin-client.ts'
import { followCall } from './follow-call.ts'

const HELP = `Usage: ./phone dial NUMBER [--scenario NAME] [--context FIELD=VALUE]... [--context-json JSON]

Has the running gateway call NUMBER (E.164, +14155550120, or with an extension, '+14155550120 ext 22') and follows the call: what
becomes of it, and what is said.

Options:
  --scenario NAME     why we call: callback (default), confirmation, survey, custom
  --context FIELD=VALUE, --context-json JSON
                      what the scenario needs to know
  --name NAME         whom we call
  --from NUMBER       one of our numbers; default TWILIO_PHONE_NUMBER
  --mode NAME         an outbound mode of the settings
  --greet WHEN        immediately, or afterSilence: the callee speaks first
  --key KEY           Idempotency-Key: the same key never calls twice within 24 hours
  --no-follow         say only that the call was taken on
${REACHING}
Ctrl-C stops following; the call goes on. survey and custom need a consent on record: ./phone contacts --help.

Examples:
  ./phone dial +14155550120
  ./phone dial +14155550120 --scenario confirmation --context appointmentDate=2030-12-02 --context appointmentTime=14:30
  ./phone dial +14155550120 --scenario survey --context-json '{ "topic": "your visit", "questions": ["How was it?"] }'`

/** The model may take ten seconds, the carrier five, and looking up a lost answer half a minute. */
const PLACING_TIMEOUT_MS = 90_000

const contextOf = (fields: readonly string[], json: string | undefined): object | undefined => {
  if (fields.length === 0 && json === undefined) return undefined
  const pairs = fields.map((field) => {
    const at = field.indexOf('=')
    if (at < 1) throw new UsageError(`--context ${field}: write FIELD=VALUE, like appointmentDate=2030-12-02.`)
    return [field.slice(0, at), field.slice(at + 1)] as const
  })
  return { ...parsed(json), ...Object.fromEntries(pairs) }
}

const parsed = (json: string | undefined): object => {
  try {
    const value: unknown = JSON.parse(json ?? '{}')
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // reported below
  }
  throw new UsageError('--context-json is not a JSON object.')
}

const inWords = (error: Refused, key: string): string => {
  const until = error.until === undefined ? '' : ` It is closed until ${new Date(error.until).toLocaleString()}.`
  if (error.gate === 'consent')
    return `Not called, the gate "consent" is closed: ${error.message} Store one with ./phone contacts consent NUMBER PURPOSE --source TEXT.`
  if (error.gate !== undefined) return `Not called, the gate "${error.gate}" is closed: ${error.message}${until}`
  if (error.code === 'idempotency_conflict') return `Not called: ${error.message} (--key ${key})`
  return `Not called: ${error.message}`
}

const place = async (gateway: AdminClient, body: object, key: string): Promise<{ callId: string }> => {
  try {
    const answer = await gateway.json({
      method: 'POST',
      path: '/outbound-call',
      headers: { 'idempotency-key': key },
      body,
      timeoutMs: PLACING_TIMEOUT_MS,
    })
    return answer as { callId: string }
  } catch (error) {
    throw error instanceof Refused ? new CommandFailed(inWords(error, key)) : error
  }
}

runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      url: { type: 'string' },
      scenario: { type: 'string' },
      context: { type: 'string', multiple: true, default: [] },
      'context-json': { type: 'string' },
      name: { type: 'string' },
      from: { type: 'string' },
      mode: { type: 'string' },
      greet: { type: 'string' },
      key: { type: 'string' },
      'no-follow': { type: 'boolean' },
    },
    allowPositionals: true,
  })
  if (values.help) return console.log(asCalled(HELP))
  const [to, ...rest] = positionals
  if (to === undefined || rest.length > 0) throw new UsageError(HELP)
  const gateway = createAdminClient(values.url)
  const key = values.key ?? randomUUID()
  const { scenario, name: callerName, from, mode, greet } = values
  const context = contextOf(values.context, values['context-json'])
  const body = Object.fromEntries(
    Object.entries({ to, from, mode, scenario, context, callerName, greet }).filter(([, value]) => value !== undefined),
  )
  if (values['no-follow']) return console.log(JSON.stringify(await place(gateway, body, key), undefined, 2))
  let callId: string | undefined
  // Interrupting this command does not hang up: a person is on the telephone.
  process.once('SIGINT', () => {
    console.log(
      callId === undefined
        ? `The call may be placed all the same; with --key ${key} the same command follows it.`
        : `The call goes on. POST /calls/${callId}/hangup ends it.`,
    )
    process.exit(130)
  })
  const isReached = await followCall(
    gateway,
    async () => {
      const placed = await place(gateway, body, key)
      ;({ callId } = placed)
      return placed
    },
    (line) => console.log(line),
  )
  process.exitCode = isReached ? 0 : 1
})
