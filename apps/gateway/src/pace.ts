/** Gives out turns at a steady pace; each call takes one, and returns how long (ms) to wait for it. `now` is a clock in ms. */
export const createPace = (everyMs: number, now: () => number): (() => number) => {
  let freeAt = Number.NEGATIVE_INFINITY
  return () => {
    const at = now()
    const turnAt = Math.max(at, freeAt)
    freeAt = turnAt + everyMs
    return turnAt - at
  }
}
