import type { ModelEvent, ModelListener } from '../model.ts'

/** Defects reported per connection: one that every event hits must not be logged fifty times a second. */
const MAX_DEFECTS = 10

/** Reports to the call and catches exceptions thrown there: a defect of ours, which would end the process and all calls. */
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
      // There is no other place to report it.
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
