import { isPerson, maskNumber, telephoneText, type E164, type PersonRoute } from '@llc-phone/core'
import type { Finding } from '@llc-phone/settings'
import { openSettingsCopy, openStore } from '@llc-phone/database'
import type { configureGateway } from '../../gateway.config.ts'
import { createLog } from '../watching/log.ts'
import type { Env } from './env.ts'
import { notBuilt, type SettingsSource } from './in-force.ts'
import { openConfiguration, type Configuration } from './open-configuration.ts'
import { kindsOfCall, type KindOfCall } from './wishes.ts'

/** A summary of the configuration, for checks. */
export interface Configured {
  /** The people that calls may be transferred to, one text each: "sales +1415•••0111 ext. 22". */
  readonly people: readonly string[]
  readonly kinds: readonly KindOfCall[]
  /** Those that are listed or assigned. */
  readonly numbers: readonly E164[]
  /** Where messages are sent: e-mail addresses and URLs. */
  readonly destinations: readonly string[]
  readonly settings: {
    /** 0: the seed; absent for a file that has none yet. */
    readonly version?: number | undefined
    readonly source: SettingsSource
    readonly business: string
    readonly isExample: boolean
    readonly notBuilt: readonly string[]
    readonly findings: readonly Finding[]
  }
}

/** What the doctor says of a configuration. */
export const summaryOf = ({
  settings,
  numbers,
  outbound,
}: Pick<Configuration, 'settings' | 'numbers' | 'outbound'>): Configured => {
  const { inForce, isExample } = settings
  const { built, version, source, findings } = inForce
  const listed = numbers.list().map(({ number }) => number)
  const answers = [undefined, ...listed].map((number) => numbers.resolve(number))
  const routes = answers.flatMap(({ mode, fallback }) => [
    ...Object.entries(mode?.routes ?? {}),
    ...(fallback ? ([['fallback', fallback]] as const) : []),
  ])
  const people = routes.flatMap(([key, route]) => (isPerson(route) ? [`${key} ${shown(route)}`] : []))
  return {
    people: [...new Set(people)],
    kinds: kindsOfCall(numbers, outbound),
    numbers: listed,
    destinations: built.messages.map(({ to }) => to),
    settings: {
      version,
      source,
      business: built.document.business.name,
      isExample,
      notBuilt: notBuilt(inForce),
      findings,
    },
  }
}

/**
 * Reads gateway.config.ts and the settings: those of SETTINGS, or the copy of those in force, or the seed. Throws
 * `config_invalid` or `mode_invalid` when there is a mistake.
 */
export const readConfiguration = async (env: Env, configure?: typeof configureGateway): Promise<Configured> => {
  // A store in memory: the configuration is only built to be checked, beside a gateway that may be running.
  const store = await openStore({ url: 'file::memory:' })
  try {
    const configuration = await openConfiguration(env, {
      store,
      book: store.settings,
      copy: openSettingsCopy(env.DATABASE_URL),
      log: createLog({ level: 'silent', secrets: [] }),
      configure,
      nowOrLater: async () => undefined,
    })
    return summaryOf(configuration)
  } finally {
    await store.close()
  }
}

const shown = ({ number, extension }: PersonRoute): string => telephoneText({ number: maskNumber(number), extension })
