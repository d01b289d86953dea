import type { CallResult, TimelineType } from '@llc-phone/sim'

/** Longest silence that a caller may hear while it is our turn. That it is kept to the ms is shown with a fake clock, in core. */
const LONGEST_SILENCE_MS = 2_500
/** What voices, ears and other tests on the same machine may add to it. */
const BUSY_MS = 700
/** From here on somebody else is heard: a person, a tone to speak after. */
const HANDED_OVER: readonly TimelineType[] = ['bridged', 'record', 'conference', 'ended']
/** Twilio's codes for a media socket that was lost, or never came about: what a test does on purpose. */
const SOCKET_CODES = [31_901, 31_902, 31_920, 31_924]

interface Ending {
  readonly disposition?: string | undefined
}

/** Our turns: from the answer, the end of the caller's words or keys, until the caller speaks or is handed over. */
const ourTurns = ({ timeline }: Pick<CallResult, 'timeline'>) => {
  const turns: { fromMs: number; untilMs: number; isLast: boolean }[] = []
  let fromMs: number | undefined
  for (const { type, atMs } of timeline) {
    const ends = type === 'caller-start' || type === 'dtmf' || HANDED_OVER.includes(type)
    if (ends && fromMs !== undefined) {
      turns.push({ fromMs, untilMs: atMs, isLast: HANDED_OVER.includes(type) })
      fromMs = undefined
    }
    if (HANDED_OVER.includes(type)) break
    if (type === 'answered' || type === 'caller-stop' || type === 'dtmf') fromMs = atMs
  }
  return turns
}

/**
 * What a caller had to bear, in words; empty when all went as it should: no silence of more than 2.5 s on our turn, none of Twilio's
 * error messages, no hang-up without a sentence. The pause behind our last words of a turn is the caller's.
 */
export const hardships = (
  result: Pick<CallResult, 'timeline' | 'errors' | 'warnings'>,
  { disposition }: Ending,
): string[] => {
  const { timeline, errors, warnings } = result
  const sounds = timeline.flatMap(({ type, atMs }, index) =>
    type === 'assistant-start'
      ? [
          {
            fromMs: atMs,
            untilMs:
              timeline.slice(index).find((later) => later.type === 'assistant-stop')?.atMs ?? Number.POSITIVE_INFINITY,
          },
        ]
      : [],
  )
  const silences = ourTurns(result).flatMap(({ fromMs, untilMs, isLast }) => {
    const heard = sounds.filter((sound) => sound.untilMs > fromMs && sound.fromMs < untilMs)
    let quietSinceMs = fromMs
    const gaps = heard.map((sound) => {
      const gapMs = sound.fromMs - quietSinceMs
      quietSinceMs = Math.max(quietSinceMs, sound.untilMs)
      return { atMs: sound.fromMs, gapMs }
    })
    // Who hangs up while it is our turn has waited as well.
    if (heard.length === 0) gaps.push({ atMs: untilMs, gapMs: untilMs - fromMs })
    const long = gaps.filter(({ gapMs }) => gapMs > LONGEST_SILENCE_MS + BUSY_MS)
    const wordless = isLast && heard.length === 0 && disposition !== 'caller_hung_up'
    return [
      ...long.map(({ atMs, gapMs }) => `silence of ${Math.round(gapMs)} ms until ${Math.round(atMs)}`),
      ...(wordless ? [`left without a sentence at ${Math.round(untilMs)}`] : []),
    ]
  })
  const notices = [...errors, ...warnings].filter(({ code }) => !SOCKET_CODES.includes(code))
  return [...silences, ...notices.map(({ code, message }) => `Twilio: ${code} ${message}`)]
}
