import { fileURLToPath } from 'node:url'
import {
  extensionSchema,
  GatewayError,
  isLoopback,
  notE164,
  readDayHours,
  readTelephone,
  tryE164,
} from '@llc-phone/core'
import { isPostgresUrl, passwordsOf, readPostgresUrl } from '@llc-phone/database'
import { loadDotEnv as loadEnvironment, TextProblem } from '@llc-phone/files'
import { twilioEnv, twilioEnvProblems, twilioSecrets } from '@llc-phone/line-twilio'
import { toolDataPolicies } from '../watching/tool-data.ts'
import * as z from 'zod'
import { fleetDefaults, fleetEnv, fleetEnvProblems } from './fleet-env.ts'
import { LEAST_TOKEN_CHARACTERS } from './token-length.ts'
import { tracesEnv } from './traces-env.ts'

/** In `dev`, simulators and fictional numbers replace missing variables; `start` requires them. */
export type EnvMode = 'start' | 'dev'

const text = (hint: string) => z.string(`is missing: ${hint}`)

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be a whole number from ${least} to ${most}`)

const amount = (least: number, most: number) => {
  const message = `must be a number from ${least} to ${most}`
  return z
    .string()
    .regex(/^\d+(?:\.\d+)?$/, message)
    .transform(Number)
    .refine((value) => value >= least && value <= most, message)
}

/** When we may call, on the callee's wall clock. */
const callingHours = z
  .string()
  .superRefine((value, context) => {
    const read = readDayHours(value)
    if (typeof read === 'string')
      context.addIssue({
        code: 'custom',
        message: `must be the hours of a day, like 08:00-21:00 or 09:00-12:00, 14:00-20:00 (${read})`,
      })
  })
  .transform((value) => {
    const [, from, to] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(value) ?? []
    return from !== undefined && to !== undefined ? { from, to } : value
  })

/** `ours`: our own number, in whose country a number without a country code is read. */
const phoneNumberOf = (ours: readonly string[]) =>
  z.string('is missing: one of your Twilio numbers, like +14155550100').transform((value, check) => {
    const number = tryE164(value)
    if (number !== undefined) return number
    check.addIssue({ code: 'custom', message: notE164(value, ours) })
    return z.NEVER
  })

const url = (protocols: readonly string[], example: string) =>
  z.string(`is missing: for example ${example}`).refine(
    (value) => {
      const parsed = URL.parse(value)
      return parsed !== null && protocols.includes(parsed.protocol)
    },
    `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}, like ${example}`,
  )

/** Twilio signs the URL it was given, so anything but a bare origin would make every signature fail. */
const origin = url(['https:', 'http:'], 'https://phone.example.com')
  .refine((value) => {
    const parsed = URL.parse(value)
    return parsed === null || (/^\/+$/.test(parsed.pathname) && !parsed.search && !parsed.hash && !parsed.username)
  }, 'must be an origin alone, without path, query or credentials, like https://phone.example.com')
  .transform((value) => URL.parse(value)?.origin ?? value)

/** Without a scheme it is http, as in other programs. */
const proxy = z
  .string()
  .transform((value) => (/^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`))
  .refine(
    (value) => ['http:', 'https:'].includes(URL.parse(value)?.protocol ?? ''),
    'must be an HTTP proxy, like http://proxy.example.com:3128',
  )
  .refine((value) => {
    const { username = '', password = '' } = URL.parse(value) ?? {}
    return !/%(?![\da-f]{2})/i.test(`${username}${password}`)
  }, 'has a % in its name or password: write it %25')

/** A file of SQLite's, or a database of a Postgres server. */
const databaseUrl = z.string().superRefine((value, context) => {
  const place = isPostgresUrl(value) ? readPostgresUrl(value) : undefined
  const isFile = /^file:./.test(value)
  if (isFile || typeof place === 'object') return
  const message =
    place ??
    'must be a SQLite file, like file:data/llc-phone.db, or a Postgres database, like postgres://user:password@host/database'
  context.addIssue({ code: 'custom', message })
})

/** The origin of an address to listen at. */
const originAt = (host: string): string => `http://${host.includes(':') ? `[${host}]` : host}`

const OPENAI_URL = 'wss://api.openai.com/v1/realtime'

const schemaOf = (mode: EnvMode, ours: readonly string[]) => {
  const phoneNumber = phoneNumberOf(ours)
  const inDev = <Schema extends z.ZodType<unknown, string>>(schema: Schema, value: string) =>
    mode === 'dev' ? schema.prefault(value as z.input<Schema>) : schema.optional()
  return z
    .object({
      PORT: wholeNumber(0, 65_535).prefault('8081'),
      HOST: z.string().default(mode === 'dev' ? '127.0.0.1' : '0.0.0.0'),
      ADMIN_PORT: wholeNumber(0, 65_535).optional(),
      ADMIN_HOST: z.string().optional(),
      PUBLIC_URL: origin,
      OPENAI_API_KEY: text('your key from https://platform.openai.com/api-keys'),
      OPENAI_REALTIME_URL: url(['wss:', 'ws:'], OPENAI_URL).default(OPENAI_URL),
      OPENAI_STATUS_URL: url(['https:', 'http:'], 'https://status.openai.com').optional(),
      OPENAI_REALTIME_DIALECT: z.enum(['auto', 'ga', 'flat'], 'must be auto, ga or flat').default('auto'),
      OPENAI_MODEL: z.string().default('gpt-realtime-1.5'),
      OPENAI_VOICE: z.string().default('cedar'),
      RECORD_PHRASES: z.enum(['on', 'off'], 'must be on or off').optional(),
      ...twilioEnv({ text, phoneNumber, url }),
      PREWARM_TIMEOUT_MS: wholeNumber(100, 120_000).prefault('10000'),
      MODEL_POOL: wholeNumber(0, 1_000).prefault('0'),
      MODEL_SESSION_MINUTES: wholeNumber(2, 1_440).prefault('60'),
      MODEL_REFRESH_TOKENS: wholeNumber(2_000, 10_000_000).optional(),
      DATABASE_URL: databaseUrl.default('file:data/llc-phone.db'),
      // One statement of each kind at least: a transaction must not wait for itself.
      DATABASE_POOL: wholeNumber(2, 1_000).prefault('8'),
      KEEP_TRANSCRIPTS_DAYS: wholeNumber(1, 36_500).prefault('365'),
      KEEP_EVENTS_DAYS: z
        .string()
        .regex(/^(?:off|\d{1,4})$/, 'must be a whole number of days, or off')
        .transform((days) => (days === 'off' ? 0 : Number(days)))
        .prefault('30'),
      KEEP_RECORDINGS_DAYS: wholeNumber(1, 3_650).prefault('30'),
      KEEP_TOOL_DATA: z.enum(toolDataPolicies, 'must be off, redacted or full').prefault('redacted'),
      ADMIN_TOKEN: text('a long random string, for example from: openssl rand -hex 32').min(
        mode === 'dev' ? 1 : LEAST_TOKEN_CHARACTERS,
        'is too short to be safe: use at least 16 characters, for example from: openssl rand -hex 32',
      ),
      IVR_DID: inDev(phoneNumber, '+14155550101'),
      RECEPTIONIST_DID: inDev(phoneNumber, '+14155550102'),
      CSR_DID: inDev(phoneNumber, '+14155550103'),
      SALES_NUMBER: inDev(phoneNumber, '+14155550111'),
      SUPPORT_NUMBER: inDev(phoneNumber, '+14155550112'),
      BILLING_NUMBER: inDev(phoneNumber, '+14155550113'),
      SCHEDULING_NUMBER: inDev(phoneNumber, '+14155550114'),
      SALES_EXTENSION: extensionSchema.optional(),
      SUPPORT_EXTENSION: extensionSchema.optional(),
      BILLING_EXTENSION: extensionSchema.optional(),
      SCHEDULING_EXTENSION: extensionSchema.optional(),
      SETTINGS: z.string().optional(),
      MESSAGE_WEBHOOK_URL: url(['https:', 'http:'], 'https://crm.example.com/messages').optional(),
      MESSAGE_WEBHOOK_SECRET: z.string().optional(),
      MESSAGE_EMAIL_TO: z.email('must be an e-mail address').optional(),
      MESSAGE_EMAIL_FROM: z.email('must be an e-mail address').optional(),
      MESSAGE_EMAIL_SMTP_URL: url(['smtps:', 'smtp:'], 'smtps://user:password@mail.example.com').optional(),
      OUTBOUND_WEBHOOK_URL: url(['https:', 'http:'], 'https://crm.example.com/calls').optional(),
      OUTBOUND_WEBHOOK_SECRET: z.string().optional(),
      TEST_CALLS_DAILY_SPEND_USD: amount(0, 100_000).prefault('5'),
      OUTBOUND_DAILY_SPEND_USD: amount(0, 100_000).prefault('50'),
      OUTBOUND_CALLS_PER_SECOND: amount(0.1, 100).prefault('1'),
      OUTBOUND_MAX_CONCURRENT: wholeNumber(1, 10_000).prefault('10'),
      OUTBOUND_MAX_WAIT_S: wholeNumber(1, 86_400).prefault('60'),
      OUTBOUND_CALLING_HOURS: callingHours.optional(),
      PREWARM_PRIMING: z
        .enum(['on', 'off'], 'must be on or off')
        .default('on')
        .transform((word) => word === 'on'),
      MAX_CALLS: wholeNumber(1, 100_000).optional(),
      MAX_STARTS_PER_SECOND: amount(0.1, 100_000).prefault('20'),
      MAX_LOOP_DELAY_MS: wholeNumber(10, 60_000).prefault(mode === 'dev' ? '1000' : '60'),
      MAX_CALLS_PER_CALLER: wholeNumber(1, 100_000).prefault('5'),
      MAX_STARTS_PER_CALLER: wholeNumber(1, 100_000).optional(),
      HTTPS_PROXY: proxy.optional(),
      HTTP_PROXY: proxy.optional(),
      NO_PROXY: z.string().optional(),
      ...fleetEnv({ wholeNumber, origin }),
      ...tracesEnv(url),
      LOG_LEVEL: z
        .enum(
          ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
          'must be trace, debug, info, warn, error, fatal or silent',
        )
        .default('info'),
    })
    .superRefine((env, check) => {
      const problem = (name: string, message: string) => check.addIssue({ code: 'custom', path: [name], message })
      for (const [name, message] of twilioEnvProblems(env)) problem(name, message)
      for (const [name, message] of fleetEnvProblems(env, {
        database: env.DATABASE_URL,
        isInProduction: mode === 'start',
      }))
        problem(name, message)
      if (env.ADMIN_PORT !== undefined && env.ADMIN_PORT === env.PORT && env.PORT !== 0)
        problem('ADMIN_PORT', 'must be another port than PORT, or be left out')
      if (env.ADMIN_HOST !== undefined && env.ADMIN_PORT === undefined)
        problem('ADMIN_PORT', 'is missing: ADMIN_HOST says only where that port listens')
      const isHere = isLoopback(env.PUBLIC_URL) && isLoopback(originAt(env.HOST))
      if (mode === 'dev' && !isHere && env.ADMIN_TOKEN.length < LEAST_TOKEN_CHARACTERS)
        problem(
          'ADMIN_TOKEN',
          `is known to everybody, and ${isLoopback(env.PUBLIC_URL) ? 'HOST' : 'PUBLIC_URL'} lets others in, who could place calls: set at least 16 characters, for example from: openssl rand -hex 32`,
        )
      const together = (names: readonly (keyof typeof env)[]) => {
        if (names.every((name) => env[name] === undefined)) return
        for (const name of names)
          if (env[name] === undefined)
            problem(name, `is missing: it goes together with ${names.filter((each) => each !== name).join(' and ')}`)
      }
      // The secrets alone are no mistake: the settings document may name the destinations.
      const needs = (name: keyof typeof env, others: readonly (keyof typeof env)[]) => {
        if (env[name] === undefined) return
        for (const other of others) if (env[other] === undefined) problem(other, `is missing: ${name} needs it`)
      }
      needs('MESSAGE_WEBHOOK_URL', ['MESSAGE_WEBHOOK_SECRET'])
      needs('MESSAGE_EMAIL_TO', ['MESSAGE_EMAIL_FROM', 'MESSAGE_EMAIL_SMTP_URL'])
      together(['OUTBOUND_WEBHOOK_URL', 'OUTBOUND_WEBHOOK_SECRET'])
      together(['MESSAGE_EMAIL_FROM', 'MESSAGE_EMAIL_SMTP_URL'])
      if (mode === 'start' && env.PUBLIC_URL.startsWith('http:') && !isLoopback(env.PUBLIC_URL))
        problem('PUBLIC_URL', 'must be https: outside this machine, because Twilio opens media streams over wss: only')
      for (const name of ENCRYPTED) {
        const address = env[name]
        const isPlain = ['http:', 'ws:'].includes(URL.parse(address ?? '')?.protocol ?? '')
        if (mode === 'start' && address !== undefined && isPlain && !isLoopback(address))
          problem(
            name,
            `must start with ${name === 'OPENAI_REALTIME_URL' ? 'wss' : 'https'}: outside this machine, because keys and what callers say go there`,
          )
      }
    })
    .transform(({ OUTBOUND_CALLING_HOURS: hours, RECORD_PHRASES: records, MAX_STARTS_PER_CALLER: starts, ...env }) => {
      /** Derived: Twilio is simulated, so no real telephone rings. */
      const TWILIO_IS_SIMULATED = mode === 'dev' && isLoopback(env.TWILIO_API_URL ?? '')
      // Recording phrases costs money: an unknown server is used for it only when set explicitly, and never in development.
      const RECORD_PHRASES =
        mode === 'start' && (records ?? (env.OPENAI_REALTIME_URL === OPENAI_URL ? 'on' : 'off')) === 'on'
      return {
        ...env,
        ...fleetDefaults(env),
        RECORD_PHRASES,
        TWILIO_IS_SIMULATED,
        // Nobody outside this machine, unless somebody says so.
        ADMIN_HOST: env.ADMIN_HOST ?? '127.0.0.1',
        OUTBOUND_CALLING_HOURS: hours ?? (TWILIO_IS_SIMULATED ? ALL_DAY : BY_DAY),
        // In development one number calls again and again.
        MAX_STARTS_PER_CALLER: starts ?? (TWILIO_IS_SIMULATED ? 120 : 30),
      }
    })
}

/** URLs that receive secrets or callers' words. Mail has its own rule: `smtp:` must offer STARTTLS. */
const ENCRYPTED = ['OPENAI_REALTIME_URL', 'TWILIO_API_URL', 'MESSAGE_WEBHOOK_URL', 'OUTBOUND_WEBHOOK_URL'] as const

const BY_DAY = { from: '08:00', to: '21:00' }
const ALL_DAY = { from: '00:00', to: '24:00' }

/** The checked environment, under the names of docs/reference/env.md. Optional numbers are absent when not set. */
export type Env = z.output<ReturnType<typeof schemaOf>> & {
  /** Derived: PUBLIC_URL as the operator wrote it, if that differs. Twilio signs URLs as they were written. */
  readonly PUBLIC_URL_AS_WRITTEN?: string
}

/** The checked environment, or what to write instead by the name of a variable. Values are not repeated: some are secrets. */
export type ReadEnv = { readonly env: Env } | { readonly problems: ReadonlyMap<string, string> }

/** Checks the environment, without throwing. */
export const readEnv = (variables: Readonly<Record<string, string | undefined>>, mode: EnvMode): ReadEnv => {
  // `NAME=` in a .env file means "not set".
  const given = Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()]] : [])),
  )
  // Both spellings are common; if they differ, lower case wins, as for curl.
  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'])
    given[name] = given[name.toLowerCase()] ?? given[name] ?? ''
  for (const [name, value] of Object.entries(given)) if (value === '') delete given[name]
  for (const department of ['SALES', 'SUPPORT', 'BILLING', 'SCHEDULING']) {
    const { number, extension } = readTelephone(given[`${department}_NUMBER`] ?? '') ?? {}
    if (number === undefined || extension === undefined) continue
    given[`${department}_NUMBER`] = number
    given[`${department}_EXTENSION`] ??= extension
  }
  if (mode === 'dev') given.PUBLIC_URL ??= `http://127.0.0.1:${given.PORT ?? '8081'}`
  const parsed = schemaOf(mode, [given.TWILIO_PHONE_NUMBER ?? '']).safeParse(given)
  if (parsed.success) {
    const written = given.PUBLIC_URL!.replace(/\/+$/, '')
    const isAsWritten = written === parsed.data.PUBLIC_URL
    return { env: { ...parsed.data, ...(isAsWritten ? {} : { PUBLIC_URL_AS_WRITTEN: written }) } }
  }
  const issues = parsed.error.issues.toReversed().map((issue) => [issue.path.join('.'), issue.message] as const)
  return { problems: new Map([...new Map(issues)].toReversed()) }
}

/**
 * Checks the environment. Throws one `config_invalid` that names every problem and what to write instead. Values are not
 * repeated, because some are secrets, except for a telephone number in another form.
 */
export const parseEnv = (variables: Readonly<Record<string, string | undefined>>, { mode }: { mode: EnvMode }): Env => {
  const read = readEnv(variables, mode)
  if ('env' in read) return read.env
  const { problems } = read
  const names = [...problems.keys()]
  const width = Math.max(...names.map((name) => name.length))
  throw new GatewayError(
    'config_invalid',
    [
      `The environment is not complete. ${names.length === 1 ? 'One variable' : `${names.length} variables`} to set in .env (see .env.example) or in the shell:`,
      ...names.map((name) => `  ${name.padEnd(width)}  ${problems.get(name)}`),
    ].join('\n'),
  )
}

/** A password of a URL, as written and percent-decoded. */
const passwordsIn = (address: string | undefined): string[] => {
  const { password = '' } = URL.parse(address ?? '') ?? {}
  return password === '' ? [] : [password, decodeURIComponent(password)]
}

/** The values that must never appear in a log line. */
export const secretsOf = (env: Env): string[] => [
  env.OPENAI_API_KEY,
  ...twilioSecrets(env),
  env.ADMIN_TOKEN,
  ...(env.FLEET_SECRET ?? []),
  ...[env.HTTPS_PROXY, env.HTTP_PROXY].flatMap(passwordsIn),
  ...(isPostgresUrl(env.DATABASE_URL) ? passwordsOf(env.DATABASE_URL) : []),
  ...Object.values(env.OTEL_EXPORTER_OTLP_HEADERS ?? {}),
  ...[env.MESSAGE_WEBHOOK_SECRET, env.MESSAGE_EMAIL_SMTP_URL, env.OUTBOUND_WEBHOOK_SECRET].filter(
    (secret) => secret !== undefined,
  ),
]

/** Where `.env` is: at the repository root, or in the folder that a build lies in. */
export const DOT_ENV = fileURLToPath(new URL('../../../../.env', import.meta.url))

/** The names of all variables that {@link parseEnv} reads. */
export const variableNames = (): string[] => Object.keys(schemaOf('start', []).in.shape)

/** Reads `.env` at the repository root; a real variable wins over the file. Throws `config_invalid` when it is no text. */
export const loadDotEnv = (file = DOT_ENV): void => {
  try {
    loadEnvironment(file)
  } catch (error) {
    throw error instanceof TextProblem ? new GatewayError('config_invalid', `${file} ${error.message}.`) : error
  }
}
