import type { Mode } from '../mode/mode.ts'
import { isPerson, reachOf } from '../mode/route.ts'
import type { Departure } from '../departure.ts'

/** Keys that need nobody's judgement: routes without hours. The others are left to the model. */
export const keypadOf = ({ keypad, routes }: Mode): Readonly<Record<string, Departure>> =>
  Object.fromEntries(
    Object.entries(keypad).flatMap(([keys, route]) => {
      const to = routes[route]
      if (!to || to.hours) return []
      const { label } = to
      const reason = `pressed ${keys}`
      const departure: Departure = isPerson(to)
        ? { kind: 'transfer', route, ...reachOf(to), label, reason }
        : { kind: 'voicemail', route, label, reason }
      return [[keys, departure]]
    }),
  )
