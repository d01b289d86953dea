import type { CallFacts, E164 } from '@llc-phone/core'
import type { Situation } from '../situation.ts'
import type { Entry } from '../trace.ts'
import type { Built, WorldBuilder } from './builder.ts'
import { hours, openOn } from './business.ts'
import { csrWorld } from './csr-world.ts'
import { ivrWorld } from './ivr-world.ts'
import { outboundWorld } from './outbound-world.ts'
import { receptionistWorld } from './receptionist-world.ts'
import { watchTools } from './watch-tools.ts'

/** One call's surroundings: the mode as it ships, over stores of its own. */
export interface World extends Built {
  readonly caller: CallFacts['caller']
  readonly dialled: E164
  readonly startsAt: Date
  close(): Promise<void>
}

const builders: Readonly<Record<Situation['mode'], WorldBuilder>> = {
  ivr: ivrWorld,
  receptionist: receptionistWorld,
  csr: csrWorld,
  outbound: outboundWorld,
}

/** Noon on a Thursday in New York, when everybody is there. */
export const USUAL_TIME = '2026-03-05T17:00:00Z'
export const DIALLED = '+14155550100' as E164
const CALLER = '+14155550187'

/** Opens the world of a situation; what its tools do is told to `note`. `openToday`: whatever hour it is, somebody is there. */
export const openWorld = async (
  { mode: name, world: settings = {} }: Pick<Situation, 'mode' | 'world'>,
  note: (entry: Entry) => void,
  {
    startsAt = new Date(settings.at ?? USUAL_TIME),
    openToday = false,
  }: { readonly startsAt?: Date; readonly openToday?: boolean } = {},
): Promise<World> => {
  const number = settings.number === undefined ? CALLER : settings.number
  const caller: CallFacts['caller'] = {
    ...(number === null ? {} : { number: number as E164 }),
    ...(settings.name === undefined ? {} : { name: settings.name }),
  }
  const built = await builders[name](settings, startsAt, openToday ? openOn(startsAt) : hours)
  return {
    ...built,
    mode: watchTools(built.mode, note),
    caller,
    dialled: DIALLED,
    startsAt,
    close: async () => built.close?.(),
  }
}
