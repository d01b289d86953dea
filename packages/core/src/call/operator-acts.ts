/** What somebody at the business did in a call that was up. */
export interface OperatorAct {
  /** `note`: told the assistant something; `transfer`: sent the caller to a route; `listen`: listened in. */
  readonly kind: 'note' | 'transfer' | 'listen'
  /** Their name. */
  readonly by: string
  /** Milliseconds since the call began. */
  readonly atMs: number
  /** What was told. */
  readonly text?: string
  /** The key of the route. */
  readonly route?: string
  /** Of listening: when it ended; absent while it goes on. */
  readonly endedMs?: number
}

/** More than anybody does; the first ones stay. */
const MAX_ACTS = 200

/** Keeps what operators did, in order. */
export const createOperatorActs = (sinceStart: () => number, changed: (act: OperatorAct) => void) => {
  const acts: OperatorAct[] = []
  return {
    /** Adds one; returns how to note its end. */
    add(act: Omit<OperatorAct, 'atMs' | 'endedMs'>): () => void {
      const index = acts.length
      const begun: OperatorAct = { ...act, atMs: Math.round(sinceStart()) }
      if (index < MAX_ACTS) acts.push(begun)
      changed(begun)
      return () => {
        if (acts[index]?.endedMs !== undefined) return
        const ended = { ...begun, endedMs: Math.round(sinceStart()) }
        if (index < MAX_ACTS) acts[index] = ended
        changed(ended)
      }
    },
    entries: (): OperatorAct[] => [...acts],
  }
}
