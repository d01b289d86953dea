import type { E164 } from './telephone/e164.ts'
import type { WeeklyHours } from './time/hours.ts'

interface RouteBase {
  /** The name callers hear: "the billing department". */
  readonly label: string
  /** What callers want who belong here; the model chooses by it. */
  readonly when?: string
  /** When it is open; always when absent. */
  readonly hours?: WeeklyHours
  /** The key of the route to offer outside these hours. */
  readonly afterHours?: string
  /** Also reached on the closed days of the business, as an emergency line is; a recorded message always is. */
  readonly openOnClosures?: boolean
}

/** A route to a person who can be rung. */
export interface PersonRoute extends RouteBase {
  readonly number: E164
  /** Keys to send once the number has answered: digits, `*`, `#`, and `w` to wait for half a second. */
  readonly extension?: string
}

/** A route to a recorded message. */
export interface VoicemailRoute extends RouteBase {
  readonly voicemail: true
}

/** A destination of transfers. The model only names the key of a route, never a number. */
export type Route = PersonRoute | VoicemailRoute

/** Routes by key. */
export type Routes = Readonly<Record<string, Route>>

/** The number of a route to a person, and its extension if there is one. */
export const reachOf = ({ number, extension }: Pick<PersonRoute, 'number' | 'extension'>) => ({
  number,
  ...(extension === undefined ? {} : { extension }),
})

/** Whether the route leads to a person. */
export const isPerson = (route: Route): route is PersonRoute => 'number' in route
