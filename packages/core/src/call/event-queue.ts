/**
 * Processes events one after the other: events dispatched while another is being processed wait for their turn. An
 * exception in one is reported by `failed`, and neither reaches the caller nor blocks the following events.
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
