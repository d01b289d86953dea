import type { ModelEvent, ModelListener } from '../model.ts'

/** A defect that every event hits is told a few times, not fifty times a second. */
const MAX_DEFECTS = 10

/** Tells the call, and keeps what throws there from the socket: it is our defect, and would end the process with everybody's calls. */
export const createTell = (listener: ModelListener) => {
  let defects = 0
  const defect = (cause: unknown): void => {
    if (++defects > MAX_DEFECTS) return
    try {
      listener.event({
        type: 'warning',
        code: 'internal',
        message: 'A message of the model could not be handled.',
        cause,
      })
    } catch {
      // It cannot be told any better.
    }
  }
  const tell = (event: ModelEvent): void => {
    try {
      listener.event(event)
    } catch (cause) {
      defect(cause)
    }
  }
  return { tell, defect }
}
