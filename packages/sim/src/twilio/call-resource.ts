/** A call as the REST API shows it, and the search among all of them. */
import { stirVerstatOf } from '@llc-phone/virtual-carrier/leg'
import type { Leg } from '@llc-phone/virtual-carrier/world'
import { pageOf, rfc2822, type Query } from './page.ts'

/** Dates RFC 2822 (whole seconds), numbers as strings, null for what is not known. */
export function callResource(leg: Leg): Record<string, unknown> {
  const { accountSid } = leg.world
  const endedMs = leg.timeline.find((entry) => entry.type === 'ended')?.atMs
  const talkedMs = endedMs === undefined || leg.answeredAtMs === undefined ? undefined : endedMs - leg.answeredAtMs
  const uri = `/2010-04-01/Accounts/${accountSid}/Calls/${leg.sid}`
  return {
    sid: leg.sid,
    account_sid: accountSid,
    parent_call_sid: leg.parentSid ?? null,
    to: leg.to,
    to_formatted: leg.to,
    from: leg.from,
    from_formatted: leg.from,
    phone_number_sid: null,
    status: restStatus(leg),
    direction: leg.direction,
    answered_by: leg.answeredBy ?? null,
    api_version: '2010-04-01',
    forwarded_from: null,
    group_sid: null,
    caller_name: leg.options.callerName ?? null,
    date_created: rfc2822(leg.createdAt),
    date_updated: rfc2822(new Date()),
    start_time: rfc2822(startOf(leg)),
    end_time: rfc2822(endedMs === undefined ? undefined : new Date(leg.createdAt.getTime() + endedMs)),
    // Empty for live calls and for unanswered ones.
    duration: talkedMs === undefined ? null : String(Math.round(talkedMs / 1000)),
    price: null,
    price_unit: 'USD',
    queue_time: String(Math.round(leg.dialledAtMs ?? 0)),
    stir_verstat: stirVerstatOf(leg),
    trunk_sid: null,
    uri: `${uri}.json`,
    subresource_uris: { recordings: `${uri}/Recordings.json`, notifications: `${uri}/Notifications.json` },
  }
}

/** The page of calls that a query asks for, the newest first; `StartTime<` and `StartTime>` include their end. */
export function callPage(legs: Iterable<Leg>, query: Query, uri: string) {
  const from = dayOrTime(query['StartTime>'])
  const until = dayOrTime(query['StartTime<'])
  const day = dayOrTime(query['StartTime'])
  const found = [...legs].filter(
    (leg) =>
      (!query['To'] || leg.to === query['To']) &&
      (!query['From'] || leg.from === query['From']) &&
      (!query['ParentCallSid'] || leg.parentSid === query['ParentCallSid']) &&
      (!query['Status'] || restStatus(leg) === query['Status']) &&
      (from === undefined || seconds(startOf(leg)) >= from) &&
      (until === undefined || seconds(startOf(leg)) <= until) &&
      (day === undefined || Math.floor(seconds(startOf(leg)) / DAY_S) === Math.floor(day / DAY_S)),
  )
  return pageOf('calls', found.toReversed().map(callResource), query, uri)
}

const DAY_S = 86_400

const restStatus = (leg: Leg): string => (leg.status === 'initiated' ? 'queued' : leg.status)

/** When it was dialled; a call that Twilio still keeps in its queue has not started. */
const startOf = (leg: Leg): Date | undefined =>
  leg.dialledAtMs === undefined ? undefined : new Date(leg.createdAt.getTime() + leg.dialledAtMs)

// Not a number for a call that has not started: it compares false with everything.
const seconds = (value: Date | undefined): number => Math.floor((value?.getTime() ?? Number.NaN) / 1000)

function dayOrTime(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000)
}
