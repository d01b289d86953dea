/**
 * Takes events one after the other: those that an event gives rise to wait until its own step is done. A defect in one
 * step reaches neither the next ones nor whoever dispatched, and locks nothing.
 */
export const createEventQueue = <Event extends { readonly type: string }>(
  take: (event: Event) => void,
  failed: (what: string, cause: unknown) => void,
): ((event: Event) => void) => {
  let waiting: Event[] | undefined
  return (event) => {
    if (waiting) return void waiting.push(event)
    waiting = [event]
    try {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        try {
          take(next)
        } catch (cause) {
          failed(`The event ${next.type} could not be handled.`, cause)
        }
      }
    } finally {
      waiting = undefined
    }
  }
}
