import { hostname } from 'node:os'
import { isLoopback } from '@llc-phone/core'
import { isPostgresUrl } from '@llc-phone/database'
import * as z from 'zod'

/** Schemas shared with other parts of the environment. */
export interface FleetFields {
  wholeNumber(least: number, most: number): z.ZodType<number, string>
  /** A URL without a path. */
  readonly origin: z.ZodType<string, string>
}

/** What an instance may be for: calls that come in, and placing calls. */
const roles = ['calls', 'dial'] as const

/** A word of INSTANCE_ROLES. */
export type InstanceRole = (typeof roles)[number]

const LEAST_SECRET_BYTES = 32
const INSTANCE_ID = /^[a-z0-9-]{1,32}$/

/** Calls of an instance in Postgres unless told otherwise. */
const INSTANCE_CALLS = 100

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean)

const secretList = z
  .string()
  .transform(listOf)
  .refine(
    (secrets) => secrets.length > 0 && secrets.every((secret) => Buffer.byteLength(secret) >= LEAST_SECRET_BYTES),
    'must have at least 32 characters, for example from: openssl rand -hex 32. Several, separated by commas, allow rotation: the first one signs',
  )

const roleList = z
  .string()
  .transform((text) => [...new Set(listOf(text))])
  .refine(
    (words): words is InstanceRole[] => words.length > 0 && words.every((word) => roles.includes(word as InstanceRole)),
    'must be calls, dial, or both: calls,dial',
  )

/** The variables of one gateway among several. */
export const fleetEnv = ({ wholeNumber, origin }: FleetFields) => ({
  INSTANCE_ID: z
    .string()
    .regex(INSTANCE_ID, 'must be 1 to 32 of a-z, 0-9 and -: it stands in every URL that the carrier is given')
    .optional(),
  INSTANCE_URL: origin.optional(),
  FLEET_SECRET: secretList.optional(),
  INSTANCE_MAX_CALLS: wholeNumber(1, 100_000).optional(),
  FLEET_MAX_CALLS: wholeNumber(1, 1_000_000).optional(),
  INSTANCE_ROLES: roleList.prefault('calls,dial'),
})

type FleetEnv = Pick<
  z.output<z.ZodObject<ReturnType<typeof fleetEnv>>>,
  'INSTANCE_ID' | 'INSTANCE_URL' | 'FLEET_SECRET' | 'INSTANCE_ROLES'
>

/** Mistakes between variables that are each valid, by the name of the variable to set. */
export const fleetEnvProblems = (
  { INSTANCE_ID: id, INSTANCE_URL: url, FLEET_SECRET: secrets, INSTANCE_ROLES: words }: FleetEnv,
  { database, isInProduction }: { readonly database: string; readonly isInProduction: boolean },
): ReadonlyMap<string, string> => {
  const problems = new Map<string, string>()
  if (isPostgresUrl(database) && id !== undefined && secrets === undefined)
    problems.set(
      'FLEET_SECRET',
      'is missing: with Postgres and INSTANCE_ID every instance needs the same one, for example from: openssl rand -hex 32',
    )
  if (!isPostgresUrl(database) && words.length < roles.length)
    problems.set('INSTANCE_ROLES', 'must be calls,dial with a database in a file: no other instance does the rest')
  if (isInProduction && url?.startsWith('http:') && !isLoopback(url))
    problems.set(
      'INSTANCE_URL',
      'must be https: outside this machine, because Twilio opens media streams over wss: only',
    )
  return problems
}

/** The first label of a host name as an id; `undefined` when nothing of it can be one. */
export const instanceIdOf = (host: string): string | undefined => {
  const label = host
    .split('.', 1)[0]!
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 32)
  return label === '' ? undefined : label
}

/** What follows from the variables: with Postgres there may be several instances, so each has an id and a limit. */
export const fleetDefaults = (env: {
  readonly DATABASE_URL: string
  readonly INSTANCE_ID?: string | undefined
  readonly INSTANCE_MAX_CALLS?: number | undefined
  readonly MAX_CALLS?: number | undefined
}) => {
  const isShared = isPostgresUrl(env.DATABASE_URL)
  return {
    INSTANCE_ID: env.INSTANCE_ID ?? (isShared ? (instanceIdOf(hostname()) ?? 'gateway') : undefined),
    MAX_CALLS: env.INSTANCE_MAX_CALLS ?? env.MAX_CALLS ?? (isShared ? INSTANCE_CALLS : undefined),
  }
}

/** What stands before the path of every URL that the carrier is given for a call. */
export const callUrlOf = (env: {
  readonly PUBLIC_URL: string
  readonly INSTANCE_URL?: string | undefined
  readonly INSTANCE_ID?: string | undefined
}): string =>
  env.INSTANCE_URL ?? (env.INSTANCE_ID === undefined ? env.PUBLIC_URL : `${env.PUBLIC_URL}/i/${env.INSTANCE_ID}`)
