import type { Clock } from '../clock.ts'
import type { Disposition, TransferOutcome } from '../departure.ts'
import { isPerson, type Route } from '../route.ts'
import type { CallStory } from './call-story.ts'
import type { Transfer } from './transfers.ts'

/** What a carrier reports of a caller whose assistant has left. */
export interface LegNews {
  readonly transfer?: TransferOutcome
  readonly voicemail?: 'recorded' | 'empty' | 'lost'
  /** The caller's leg is over, or about to be: there is nothing more to say to them. */
  readonly isOver: boolean
}

/** The route key of the fallback in stories. */
const FALLBACK_ROUTE = 'fallback'

/** Ends of the assistant's part after which the caller is still on the line, with somebody else. */
const STAYS: ReadonlySet<Disposition> = new Set(['fallback', 'transferred', 'drained'])

/** Ends of our part that say nothing of the caller's leg. */
const LEG_MAY_LIVE: ReadonlySet<Disposition> = new Set(['drained', 'cut_off', 'fallback'])

/** Whether the caller's leg is over when a call is ended like this. */
export const endsLeg = (disposition: Disposition): boolean => !LEG_MAY_LIVE.has(disposition)

/** The outcome that news report of the fallback, as a transfer has it. */
export const fallbackOutcome = ({ transfer, voicemail }: LegNews): Transfer['outcome'] =>
  transfer ?? (voicemail === 'lost' ? 'failed' : voicemail)

/** What becomes of the caller's leg once the assistant's part of the call is over. It refers to nothing of the session. */
export interface Aftermath {
  /** The assistant's part is over. */
  partEnded(disposition: Disposition | undefined): void
  /** The caller was sent to the fallback route, because of this; `false` when that was known. */
  toFallback(route: Route, reason: string | undefined): boolean
  /** Notes news; whether they change the story. */
  note(news: LegNews): boolean
  /** The story with what is known of the leg; told twice, it says the same. */
  tell(story: CallStory): CallStory
}

/** Creates it for a call that began `elapsedMs` ago, by the wall clock at `startedAt`. */
export const createAftermath = (clock: Clock, startedAt: Date, elapsedMs: number): Aftermath => {
  const beganAt = clock.now() - elapsedMs
  const sinceStart = (): number => Math.round(clock.now() - beganAt)
  let fallback: Transfer | undefined
  let stays = false
  let overMs: number | undefined

  return {
    partEnded(disposition) {
      stays ||= disposition !== undefined && STAYS.has(disposition)
    },
    toFallback(route, reason) {
      if (fallback) return false
      fallback = {
        kind: 'fallback',
        route: FALLBACK_ROUTE,
        label: route.label,
        ...(isPerson(route) ? { number: route.number } : {}),
        ...(reason === undefined ? {} : { reason }),
        atMs: sinceStart(),
      }
      // A caller whose end was reported too early is still there.
      stays = true
      overMs = undefined
      return true
    },
    note(news) {
      const outcome = fallbackOutcome(news)
      const isNew = fallback !== undefined && fallback.outcome === undefined && outcome !== undefined
      if (isNew) fallback = { ...fallback!, outcome }
      const ends = news.isOver && overMs === undefined
      if (ends) overMs = sinceStart()
      return isNew || (ends && stays)
    },
    tell(story) {
      const partEndedAt = story.assistantEndedAt ?? story.endedAt
      const { endedAt: _ended, assistantEndedAt: _part, ...rest } = story
      const transfers = [...story.transfers.filter(({ kind }) => kind !== 'fallback'), ...(fallback ? [fallback] : [])]
      const told = { ...rest, transfers }
      if (partEndedAt === undefined) return told
      if (!stays) return { ...told, endedAt: partEndedAt }
      if (overMs === undefined) return { ...told, assistantEndedAt: partEndedAt }
      const endedAt = new Date(startedAt.getTime() + overMs).toISOString()
      return endedAt > partEndedAt
        ? { ...told, endedAt, assistantEndedAt: partEndedAt }
        : { ...told, endedAt: partEndedAt }
    },
  }
}
