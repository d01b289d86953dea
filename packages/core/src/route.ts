import type { E164 } from './telephone/e164.ts'
import type { WeeklyHours } from './time/hours.ts'

interface RouteBase {
  /** How people call it: "the billing department". */
  readonly label: string
  /** What brings callers here, for the model to choose by. */
  readonly when?: string
  /** When somebody is there; always when absent. */
  readonly hours?: WeeklyHours
  /** The key of the route to offer outside the hours. */
  readonly afterHours?: string
}

/** Somebody who can be rung. */
export interface PersonRoute extends RouteBase {
  readonly number: E164
  /** Keys that are pressed once somebody or something has answered: digits, `*`, `#`, and `w` to wait for half a second. */
  readonly extension?: string
}

/** Where the caller can leave a recorded message. */
export interface VoicemailRoute extends RouteBase {
  readonly voicemail: true
}

/** Where a call may go. The model only ever names the key of a route, never a number. */
export type Route = PersonRoute | VoicemailRoute

/** Routes by key. */
export type Routes = Readonly<Record<string, Route>>

/** Where a person is rung: the number, and the extension when there is one. */
export const reachOf = ({ number, extension }: Pick<PersonRoute, 'number' | 'extension'>) => ({
  number,
  ...(extension === undefined ? {} : { extension }),
})

/** Whether a person can be rung there. */
export const isPerson = (route: Route): route is PersonRoute => 'number' in route
