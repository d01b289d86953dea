import { isPerson, maskNumber, telephoneText, type PersonRoute } from '@llc-phone/core'
import { openStore } from '@llc-phone/store'
import { configureGateway } from '../../gateway.config.ts'
import type { Env } from './env.ts'
import { createLog } from '../watching/log.ts'
import { kindsOfCall, type KindOfCall } from './wishes.ts'

/** A summary of the configuration, for checks. */
export interface Configured {
  /** The people that calls may be transferred to, one text each: "sales +1415•••0111 ext. 22". */
  readonly people: readonly string[]
  readonly kinds: readonly KindOfCall[]
}

/** Reads gateway.config.ts. Throws `config_invalid` or `mode_invalid` when it has a mistake. */
export const readConfiguration = async (env: Env, configure = configureGateway): Promise<Configured> => {
  // A store in memory: the configuration is only built to be checked.
  const store = await openStore({ url: 'file::memory:' })
  try {
    const log = createLog({ level: 'silent', secrets: [] })
    const { numbers, outbound } = await configure({ env, store, log, demoData: false })
    const answers = numbers.list().map(({ number }) => numbers.resolve(number))
    const routes = answers.flatMap(({ mode, fallback }) => [
      ...Object.entries(mode.routes),
      ...(fallback ? ([['fallback', fallback]] as const) : []),
    ])
    const people = routes.flatMap(([key, route]) => (isPerson(route) ? [`${key} ${shown(route)}`] : []))
    return { people: [...new Set(people)], kinds: kindsOfCall(numbers, outbound) }
  } finally {
    await store.close()
  }
}

const shown = ({ number, extension }: PersonRoute): string => telephoneText({ number: maskNumber(number), extension })
