/** Frames of a microphone between two clocks: they come in bursts, and are read one per 20 ms. */

/** A queue that makes up for bursts, and does not grow old. */
export interface MicrophoneQueue {
  push(frame: Buffer): void
  /** The next frame; undefined while too little waits. */
  read(): Buffer | undefined
}

/** Browsers hand out audio every 16 to 48 ms: with so many frames waiting, the next burst may be late. */
const BEGIN_WITH = 3
/** 300 ms: more would make answers late, so the oldest go. */
const MOST = 15
/** A clock that is faster than ours leaves ever more waiting; looked at once a second. */
const LOOK_EVERY = 50

/** An empty queue. */
export function createMicrophoneQueue(): MicrophoneQueue {
  const frames: Buffer[] = []
  let isFlowing = false
  let reads = 0
  let fewest = MOST

  return {
    push(frame) {
      frames.push(frame)
      if (frames.length > MOST) frames.splice(0, frames.length - BEGIN_WITH)
    },
    read() {
      if (!isFlowing && frames.length < BEGIN_WITH) return undefined
      const frame = frames.shift()
      isFlowing = frame !== undefined
      fewest = Math.min(fewest, frames.length)
      if (++reads % LOOK_EVERY === 0) {
        if (fewest > BEGIN_WITH) frames.splice(0, fewest - BEGIN_WITH)
        fewest = MOST
      }
      return frame
    },
  }
}
