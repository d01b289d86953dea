import { isPerson, type Route } from '../route.ts'
import { isOpen, nextOpening, type BusinessTimes } from '../time/business.ts'

/** The closed days of the business as they count for a route. */
const timesOf = (route: Route, business: BusinessTimes): BusinessTimes =>
  isPerson(route) && !route.openOnClosures ? business : { timeZone: business.timeZone }

/** Whether callers can be connected with a route now; without hours of its own it is closed only when the business has a closed day. */
export const isRouteOpen = (route: Route, business: BusinessTimes, at: Date): boolean =>
  isOpen(timesOf(route, business), at, route.hours ?? 'any')

/** When a closed route next opens, as people say it; `undefined` when it never does. */
export const nextRouteOpening = (route: Route, business: BusinessTimes, at: Date): string | undefined =>
  nextOpening(timesOf(route, business), at, route.hours ?? 'any')
