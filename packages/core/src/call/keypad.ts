import { canReach, type LineCapabilities } from '../line.ts'
import type { Mode } from '../mode/mode.ts'
import { isRouteOpen } from '../mode/route-opening.ts'
import { isPerson, reachOf } from '../route.ts'
import type { Departure } from '../departure.ts'

/** Keys that choose a route without the model: routes without hours that the line can reach, unless the business is closed that day. */
export const keypadOf = (
  { keypad, routes, business }: Pick<Mode, 'keypad' | 'routes' | 'business'>,
  can: Pick<LineCapabilities, 'records' | 'sendsKeys'>,
  at: Date,
): Readonly<Record<string, Departure>> =>
  Object.fromEntries(
    Object.entries(keypad).flatMap(([keys, route]) => {
      const to = routes[route]
      if (!to || to.hours || !canReach(can, to) || (business && !isRouteOpen(to, business, at))) return []
      const { label } = to
      const reason = `pressed ${keys}`
      const departure: Departure = isPerson(to)
        ? { kind: 'transfer', route, ...reachOf(to), label, reason }
        : { kind: 'voicemail', route, label, reason }
      return [[keys, departure]]
    }),
  )
