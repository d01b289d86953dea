import type { CallChanges } from './memory.ts'
import type { LatencyMeasure } from './observer.ts'
import type { ToolRun, Turn } from './call-story.ts'

/** Entries of tool runs and latencies that are written while the call lasts; its end writes all that the story has. */
const MAX_APPENDED = 2_000

interface PlacedEntry {
  readonly position: number
}

interface Changed extends Pick<CallChanges, 'turns' | 'tools' | 'latency'> {
  readonly transfersChanged: boolean
  readonly usageChanged: boolean
}

/** Notes which parts of a story have changed since they were last taken, so that a writer never reads all of it. */
export const createChangeLog = <Entry extends PlacedEntry>() => {
  const changed = new Map<number, Entry>()
  const gone = new Set<number>()
  /** The text that was last taken of a turn; null when it is not known whether that was written. */
  const taken = new Map<number, string | null>()
  let tools: (ToolRun & PlacedEntry)[] = []
  let latency: ({ readonly measure: LatencyMeasure; readonly ms: number } & PlacedEntry)[] = []
  let toolsSeen = 0
  let latencySeen = 0
  let transfersChanged = false
  let usageChanged = false

  return {
    get isEmpty() {
      const lists = changed.size + gone.size + tools.length + latency.length
      return lists === 0 && !transfersChanged && !usageChanged
    },
    /** The turn is new or has changed. */
    turn(entry: Entry): void {
      if (gone.delete(entry.position)) taken.set(entry.position, null)
      changed.set(entry.position, entry)
    },
    /** Nothing is at this position any more. */
    gone({ position }: PlacedEntry): void {
      changed.delete(position)
      gone.add(position)
    },
    tool(run: ToolRun): void {
      if (toolsSeen < MAX_APPENDED) tools.push({ ...run, position: toolsSeen++ })
    },
    measured(mark: { readonly measure: LatencyMeasure; readonly ms: number }): void {
      if (latencySeen < MAX_APPENDED) latency.push({ ...mark, position: latencySeen++ })
    },
    transfers: () => void (transfersChanged = true),
    usage: () => void (usageChanged = true),
    /** Hands the changes over; `tell` is what is written of a turn. */
    take(tell: (entry: Entry) => Turn): Changed {
      const turns: (Turn & PlacedEntry)[] = []
      for (const [position, entry] of changed) {
        const turn = tell(entry)
        const before = taken.get(position)
        if (before === turn.text || (before === undefined && turn.text === '')) continue
        taken.set(position, turn.text)
        turns.push({ ...turn, position })
      }
      for (const position of gone)
        if (taken.delete(position)) turns.push({ speaker: 'caller', text: '', atMs: 0, position })
      const all = { turns, tools, latency, transfersChanged, usageChanged }
      changed.clear()
      gone.clear()
      tools = []
      latency = []
      transfersChanged = usageChanged = false
      return all
    },
    /** Notes changes again that could not be written. `entryAt` finds the turn of a position, if it is still there. */
    putBack(
      lost: Pick<CallChanges, 'turns' | 'tools' | 'latency' | 'transfers' | 'usage'>,
      entryAt: (position: number) => Entry | undefined,
    ): void {
      for (const { position } of lost.turns) {
        taken.set(position, null)
        const entry = entryAt(position)
        if (entry) changed.set(position, entry)
        else gone.add(position)
      }
      tools = [...lost.tools, ...tools]
      latency = [...lost.latency, ...latency]
      transfersChanged ||= lost.transfers !== undefined
      usageChanged ||= lost.usage !== undefined
    },
  }
}
