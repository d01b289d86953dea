/** A 20 ms clock that does not drift. */

/** One frame of audio, in ms. */
export const FRAME_MS = 20
/** One frame of 8 kHz μ-law, in bytes. */
export const FRAME_BYTES = 160

/** Calls `onFrame` once per 20 ms since now, against the start time: a late timer makes up for what it missed in a burst. Returns the stop function. */
export function startFrameClock(onFrame: (frame: number) => void): () => void {
  const startedMs = performance.now()
  let frame = 0
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const tick = (): void => {
    const due = Math.floor((performance.now() - startedMs) / FRAME_MS)
    while (frame <= due) {
      onFrame(frame++)
      if (stopped) return
    }
    timer = setTimeout(tick, Math.max(0, startedMs + frame * FRAME_MS - performance.now()))
  }
  timer = setTimeout(tick, 0)
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
