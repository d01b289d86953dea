import { isPerson, maskNumber, telephoneText, type PersonRoute } from '@llc-phone/core'
import { openSettingsCopy, openStore } from '@llc-phone/store'
import type { configureGateway } from '../../gateway.config.ts'
import { createLog } from '../watching/log.ts'
import type { Env } from './env.ts'
import { openConfiguration } from './open-configuration.ts'
import { kindsOfCall, type KindOfCall } from './wishes.ts'

/** A summary of the configuration, for checks. */
export interface Configured {
  /** The people that calls may be transferred to, one text each: "sales +1415•••0111 ext. 22". */
  readonly people: readonly string[]
  readonly kinds: readonly KindOfCall[]
}

/**
 * Reads gateway.config.ts and the settings: those of SETTINGS, or the copy of those in force, or the seed. Throws
 * `config_invalid` or `mode_invalid` when there is a mistake.
 */
export const readConfiguration = async (env: Env, configure?: typeof configureGateway): Promise<Configured> => {
  // A store in memory: the configuration is only built to be checked, beside a gateway that may be running.
  const store = await openStore({ url: 'file::memory:' })
  try {
    const { numbers, outbound } = await openConfiguration(env, {
      store,
      book: store.settings,
      copy: openSettingsCopy(env.DATABASE_URL),
      log: createLog({ level: 'silent', secrets: [] }),
      configure,
      nowOrLater: async () => undefined,
    })
    const answers = [undefined, ...numbers.list().map(({ number }) => number)].map((number) => numbers.resolve(number))
    const routes = answers.flatMap(({ mode, fallback }) => [
      ...Object.entries(mode?.routes ?? {}),
      ...(fallback ? ([['fallback', fallback]] as const) : []),
    ])
    const people = routes.flatMap(([key, route]) => (isPerson(route) ? [`${key} ${shown(route)}`] : []))
    return { people: [...new Set(people)], kinds: kindsOfCall(numbers, outbound) }
  } finally {
    await store.close()
  }
}

const shown = ({ number, extension }: PersonRoute): string => telephoneText({ number: maskNumber(number), extension })
