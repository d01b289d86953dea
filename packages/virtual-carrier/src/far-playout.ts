/** A stream's audio that is played elsewhere: what comes back tells what was heard, within limits of the clock here. */
import { createPlayout, type Playout } from './playout.ts'

/** An ear that plays by its own clock, and says how far it has come. */
export interface FarEar {
  play(audio: Buffer): void
  /** Asks to be told, by `onMark`, when all before it was played or dropped. */
  mark(id: string): void
  /** Drops what was not played. */
  clear(): void
  /** Whether anybody listens; until somebody does again, the clock here decides. */
  readonly isThere: boolean
  onMark(listener: (id: string) => void): () => void
}

/** How much later than by our clock an ear may say that it has heard something, in ms. */
export const MARK_LIMIT_MS = 1000
/** What was cleared needs no playing. */
const CLEARED_LIMIT_MS = 300

interface Waiting {
  readonly id: string
  readonly name: string
  isHeard: boolean
  cleared: boolean
  /** When it has been played by our clock, on that of `performance.now()`. */
  dueMs?: number
}

let ids = 0

/**
 * A playout at a far ear. A mark is echoed when the ear says so: not before it can have been played by the clock here, at the
 * latest a second after. Marks keep their order, and an ear that skips one has heard it too.
 */
export function createFarPlayout(ear: FarEar, onMark: (name: string, cleared: boolean) => void): Playout {
  const waiting: Waiting[] = []

  const settle = (): void => {
    for (;;) {
      const [first] = waiting
      if (first?.dueMs === undefined || !first.isHeard) return
      waiting.shift()
      onMark(first.name, first.cleared)
    }
  }
  const near = createPlayout((id, cleared) => {
    const mark = waiting.find((one) => one.id === id)
    if (!mark) return
    mark.dueMs = performance.now()
    mark.cleared = cleared
    settle()
  })
  const leaveEar = ear.onMark((id) => {
    const at = waiting.findIndex((mark) => mark.id === id)
    for (const mark of waiting.slice(0, at + 1)) mark.isHeard = true
    settle()
  })
  const giveUp = (): void => {
    for (;;) {
      const [first] = waiting
      if (first?.dueMs === undefined) return
      const limitMs = !ear.isThere ? 0 : first.cleared ? CLEARED_LIMIT_MS : MARK_LIMIT_MS
      if (performance.now() - first.dueMs < limitMs) return
      first.isHeard = true
      settle()
    }
  }

  return {
    isFar: true,
    push(audio) {
      const fits = near.push(audio)
      if (fits) ear.play(audio)
      return fits
    },
    mark(name) {
      const id = String(++ids)
      waiting.push({ id, name, isHeard: false, cleared: false })
      ear.mark(id)
      near.mark(id)
    },
    clear() {
      const cleared = near.clear()
      ear.clear()
      return cleared
    },
    read() {
      giveUp()
      return near.read()
    },
    leave: leaveEar,
    get queuedBytes() {
      return near.queuedBytes
    },
  }
}
