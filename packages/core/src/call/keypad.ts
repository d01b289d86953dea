import { canReach, type LineCapabilities } from '../line.ts'
import type { Mode } from '../mode/mode.ts'
import { isPerson, reachOf } from '../route.ts'
import type { Departure } from '../departure.ts'

/** Keys that choose a route without the model: routes without hours that the line can reach. */
export const keypadOf = (
  { keypad, routes }: Mode,
  can: Pick<LineCapabilities, 'records' | 'sendsKeys'>,
): Readonly<Record<string, Departure>> =>
  Object.fromEntries(
    Object.entries(keypad).flatMap(([keys, route]) => {
      const to = routes[route]
      if (!to || to.hours || !canReach(can, to)) return []
      const { label } = to
      const reason = `pressed ${keys}`
      const departure: Departure = isPerson(to)
        ? { kind: 'transfer', route, ...reachOf(to), label, reason }
        : { kind: 'voicemail', route, label, reason }
      return [[keys, departure]]
    }),
  )
