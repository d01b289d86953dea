import type { Turn } from './call-story.ts'
import { MAX_ID_LENGTH, shortenText } from './shorten-text.ts'

/** Audio of one item, as the playout ledger knows it. */
export interface PlayedItem {
  readonly itemId: string
  readonly sentMs: number
  readonly heardMs: number
}

/** When and how long somebody spoke in a turn, in milliseconds since the call began. */
export type TurnTime = Pick<Turn, 'startedMs' | 'endedMs' | 'sentMs' | 'heardMs' | 'latencyMs'>

interface Time {
  startedMs?: number
  endedMs?: number
  sentMs: number
  heardMs: number
  latencyMs?: number
}

/** Items whose times are kept; a story keeps fewer turns. */
const MAX_ITEMS = 500

/** Collects the times of turns: of the caller by what is reported of their speech, of the assistant by the playout ledger. */
export const createTurnTimes = (now: () => number) => {
  const times = new Map<string, Time>()
  /** Speech of the caller that belongs to no turn yet. */
  let speech: Pick<Time, 'startedMs' | 'endedMs'> = {}
  let latest: Time | undefined

  const of = (itemId: string): Time => {
    const id = shortenText(itemId, MAX_ID_LENGTH)
    const found = times.get(id)
    if (found) return found
    const time: Time = { sentMs: 0, heardMs: 0 }
    times.set(id, time)
    if (times.size > MAX_ITEMS) times.delete(times.keys().next().value!)
    return time
  }

  return {
    callerBegan(): void {
      speech = { startedMs: now() }
    },
    callerStopped(): void {
      speech.endedMs = now()
    },
    /** The caller's latest speech has become this item. */
    callerTurn(itemId: string): void {
      if (speech.startedMs === undefined) return
      Object.assign(of(itemId), speech)
      speech = {}
    },
    /** The first audio of the item was sent, and will be heard in so many milliseconds. */
    began(itemId: string, inMs: number): void {
      latest = of(itemId)
      latest.startedMs ??= Math.round(now() + inMs)
    },
    /** The ledger forgets the item: so much of it was sent, and heard. */
    left({ itemId, sentMs, heardMs }: PlayedItem): void {
      const time = of(itemId)
      time.sentMs += sentMs
      time.heardMs += heardMs
    },
    /** The first audio after the caller's last turn was sent this long after its end. */
    answered(latencyMs: number): void {
      if (latest) latest.latencyMs ??= latencyMs
    },
    /** The times of an item; `playing` is what the ledger still has. */
    tell(itemId: string, playing: readonly PlayedItem[]): TurnTime {
      const time = times.get(itemId)
      if (!time) return {}
      const { startedMs, endedMs, latencyMs } = time
      const mine = playing.filter((each) => shortenText(each.itemId, MAX_ID_LENGTH) === itemId)
      const sentMs = Math.round(mine.reduce((sum, each) => sum + each.sentMs, time.sentMs))
      const heardMs = Math.round(mine.reduce((sum, each) => sum + each.heardMs, time.heardMs))
      const untilMs = endedMs ?? (startedMs === undefined || sentMs === 0 ? undefined : startedMs + heardMs)
      return {
        ...(startedMs === undefined ? {} : { startedMs: Math.round(startedMs) }),
        ...(untilMs === undefined ? {} : { endedMs: Math.round(untilMs) }),
        ...(sentMs === 0 ? {} : { sentMs, heardMs }),
        ...(latencyMs === undefined ? {} : { latencyMs }),
      }
    },
  }
}
