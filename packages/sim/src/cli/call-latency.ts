/** Takes the latency of each step from a call's timeline. */
import type { TimelineEntry, TimelineType } from '@llc-phone/virtual-carrier/types'

/** One measured step; undefined where it did not come to an end. */
export interface LatencyStep {
  step: string
  ms: number | undefined
}

/** From the webhook to the caller's ear, then from the end of each utterance to the first sound of the answer. */
export function measureLatency(timeline: readonly TimelineEntry[]): LatencyStep[] {
  const first = (type: TimelineType, fromMs = 0) =>
    timeline.find((entry) => entry.type === type && entry.atMs >= fromMs)
  const between = (from: TimelineEntry | undefined, to: TimelineEntry | undefined): number | undefined =>
    from && to ? Math.max(0, Math.round(to.atMs - from.atMs)) : undefined
  const media = first('media-start')
  const steps: LatencyStep[] = [
    { step: 'webhook → TwiML', ms: between(first('webhook'), first('twiml')) },
    { step: 'TwiML → media start', ms: between(first('twiml'), media) },
    { step: 'media start → first audio heard', ms: between(media, media && first('assistant-start', media.atMs)) },
  ]
  // The end of an utterance is reported for the moment of its last sound, which the order of the list may not show.
  const sounds = timeline
    .filter(({ type }) => type.startsWith('caller-') || type.startsWith('assistant-'))
    .toSorted((a, b) => a.atMs - b.atMs)
  for (const [index, entry] of sounds.entries()) {
    if (entry.type === 'caller-start') {
      const lastSound = sounds.slice(0, index).findLast(({ type }) => type.startsWith('assistant-'))
      if (lastSound?.type !== 'assistant-start') continue
      const silent = sounds.slice(index).find(({ type }) => type === 'assistant-stop')
      steps.push({ step: `interrupted by ${quote(entry)} → assistant silent`, ms: between(entry, silent) })
    }
    if (entry.type === 'caller-stop') {
      const next = sounds.slice(index + 1).find(({ type }) => type === 'assistant-start' || type === 'caller-start')
      steps.push({
        step: `${quote(entry)} → first audio heard`,
        ms: next?.type === 'assistant-start' ? between(entry, next) : undefined,
      })
    }
  }
  return steps
}

const quote = ({ text = '' }: TimelineEntry): string => {
  const short = text.length > 28 ? `${text.slice(0, 27).trimEnd()}…` : text
  return text === '(audio)' ? text : `"${short}"`
}
