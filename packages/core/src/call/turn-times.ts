import type { TokenUsage } from '../model.ts'
import type { Turn } from './call-story.ts'
import { isOurs } from './phrase-id.ts'
import { MAX_ID_LENGTH, shortenText } from './shorten-text.ts'

/** Audio of one item, as the playout ledger knows it. */
export interface PlayedItem {
  readonly itemId: string
  readonly sentMs: number
  readonly heardMs: number
}

/** When and how long somebody spoke in a turn, in milliseconds since the call began. */
export type TurnTime = Pick<
  Turn,
  'startedMs' | 'endedMs' | 'sentMs' | 'heardMs' | 'generatedMs' | 'deltaMs' | 'latencyMs' | 'usage'
>

interface Time {
  startedMs?: number
  endedMs?: number
  sentMs: number
  heardMs: number
  /** What the model made of it, where that is known to be more than was sent. */
  generatedMs?: number
  deltaMs?: number
  latencyMs?: number
  usage?: TokenUsage
}

/** Generated audio is told from sent audio when it is longer than a frame. */
const FRAME_MS = 20

const plus = <Tokens extends Record<string, number>>(one: Tokens, other: Tokens): Tokens =>
  Object.fromEntries(Object.entries(one).map(([kind, count]) => [kind, count + (other[kind] ?? 0)])) as Tokens

const sum = (one: TokenUsage | undefined, other: TokenUsage): TokenUsage =>
  one ? { input: plus(one.input, other.input), output: plus(one.output, other.output) } : other

/** Items whose times are kept; a story keeps fewer turns. */
const MAX_ITEMS = 500

/** Collects the times of turns: of the caller by what is reported of their speech, of the assistant by the playout ledger. */
export const createTurnTimes = (now: () => number) => {
  const times = new Map<string, Time>()
  /** Speech of the caller that belongs to no turn yet. */
  let speech: Pick<Time, 'startedMs' | 'endedMs'> = {}
  let latest: Time | undefined
  let deltaMs: number | undefined
  /** The item that the reply being generated has begun to speak. */
  let replying: Time | undefined
  /** Counted for replies that have spoken nothing: it belongs to the next item. */
  let unspoken: TokenUsage | undefined

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
      if (isOurs(itemId)) return
      replying = latest
      if (unspoken) latest.usage = sum(latest.usage, unspoken)
      unspoken = undefined
    },
    /** The next item is that of another reply. */
    replyBegan(): void {
      replying = undefined
    },
    /** A reply has ended, and so much was counted for it. */
    counted(usage: TokenUsage): void {
      if (replying) replying.usage = sum(replying.usage, usage)
      else unspoken = sum(unspoken, usage)
      replying = undefined
    },
    /** So much of the item has come from the model, although not all of it was sent. */
    generated(itemId: string, generatedMs: number): void {
      of(itemId).generatedMs = generatedMs
    },
    /** The ledger forgets the item: so much of it was sent, and heard. */
    left({ itemId, sentMs, heardMs }: PlayedItem): void {
      const time = of(itemId)
      time.sentMs += sentMs
      time.heardMs += heardMs
    },
    /** The model's first audio after the caller's last turn came this long after its end. */
    came(ms: number): void {
      deltaMs = ms
    },
    /** The first audio after the caller's last turn was sent this long after its end. */
    answered(latencyMs: number): void {
      if (latest && latest.latencyMs === undefined) {
        latest.latencyMs = latencyMs
        if (deltaMs !== undefined) latest.deltaMs = deltaMs
      }
      deltaMs = undefined
    },
    /** The times of an item; `playing` is what the ledger still has. */
    tell(itemId: string, playing: readonly PlayedItem[]): TurnTime {
      const time = times.get(itemId)
      if (!time) return {}
      const { startedMs, endedMs, generatedMs = 0, deltaMs: cameMs, latencyMs, usage } = time
      const mine = playing.filter((each) => shortenText(each.itemId, MAX_ID_LENGTH) === itemId)
      const sentMs = Math.round(mine.reduce((all, each) => all + each.sentMs, time.sentMs))
      const heardMs = Math.round(mine.reduce((all, each) => all + each.heardMs, time.heardMs))
      const untilMs = endedMs ?? (startedMs === undefined || sentMs === 0 ? undefined : startedMs + heardMs)
      return {
        ...(startedMs === undefined ? {} : { startedMs: Math.round(startedMs) }),
        ...(untilMs === undefined ? {} : { endedMs: Math.round(untilMs) }),
        ...(sentMs === 0 ? {} : { sentMs, heardMs }),
        ...(generatedMs > sentMs + FRAME_MS ? { generatedMs: Math.round(generatedMs) } : {}),
        ...(cameMs === undefined ? {} : { deltaMs: cameMs }),
        ...(latencyMs === undefined ? {} : { latencyMs }),
        ...(usage ? { usage } : {}),
      }
    },
  }
}
