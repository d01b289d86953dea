/** Whether a call was a good one, from what its caller heard. */
import type { CallStatus, TimelineEntry, TwilioNotice } from '@llc-phone/virtual-carrier/types'

const PATIENCE_MS = 5000

/** What is judged. */
interface Judged {
  status: CallStatus
  errors: readonly TwilioNotice[]
  timeline: readonly TimelineEntry[]
}

/** Undefined for a good call, else what was wrong with it in a sentence. */
export function faultOf({ status, errors, timeline }: Judged): string | undefined {
  if (status !== 'completed') return `The call was not completed: ${status}.`
  if (errors.length > 0) return 'Something went wrong on the way: see above.'
  if (timeline.some(({ type }) => type === 'assistant-start')) return undefined
  const answered = timeline.find(({ type }) => type === 'answered')
  const ended = timeline.find(({ type }) => type === 'ended')
  // Who hangs up at once has no reason to complain.
  const waitedMs = (ended?.atMs ?? 0) - (answered?.atMs ?? 0)
  if (answered && ended?.text === 'the caller hung up' && waitedMs < PATIENCE_MS) return undefined
  return 'The caller heard nothing.'
}

const untrusted = 'The gateway’s certificate is not trusted: name its authority with --ca FILE, or say --insecure.'
const plainPort =
  'The TwiML says wss:, and that port does not speak TLS. If a proxy would do that for the gateway, --insecure takes it as done.'
const hints: Record<number, string> = {
  11205:
    'The gateway did not answer. Start `./phone dev` in another terminal first, or say with --voice-url where it is.',
  11210: 'Nothing but this machine is contacted, unless `./phone sim serve --allow-host NAME` allows it.',
  11220: 'That address does not speak TLS: write http:.',
  11237: untrusted,
}

const GONE = 11205
const wentAway =
  'The gateway stopped answering during the call. Behind a proxy that holds requests a call survives a restart: docs/guides/deploy.md.'

/** What can be done about errors, in sentences. `wasAnswered`: the gateway had answered the call before. */
export const cures = (errors: readonly TwilioNotice[], wasAnswered = false): string[] => [
  ...new Set(
    errors.flatMap(({ code, message }) => {
      if (code === GONE && wasAnswered) return [wentAway]
      if (code === 31910) return [/SELF_SIGNED|UNABLE_TO/.test(message) ? untrusted : plainPort]
      return hints[code] ?? []
    }),
  ),
]
