import { setImmediate } from 'node:timers/promises'

/** Work that can be left off between its steps, because audio must move meanwhile. */
export type Steps<Of> = Generator<undefined, Of, undefined>

/** Does the work without a pause. */
export const atOnce = <Of>(steps: Steps<Of>): Of => {
  let step = steps.next()
  while (!step.done) step = steps.next()
  return step.value
}

/** Does the work with everything else that waits between its steps. */
export const inTurns = async <Of>(steps: Steps<Of>): Promise<Of> => {
  let step = steps.next()
  while (!step.done) {
    // oxlint-disable-next-line no-await-in-loop -- the pauses are the point
    await setImmediate()
    step = steps.next()
  }
  return step.value
}
