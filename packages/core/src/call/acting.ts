import type { Fault } from '../errors.ts'
import type { CallEvent, OperatorTransfer } from './events.ts'
import type { CallState } from './state.ts'
import { noteRefusal, transferRefusal } from './steps/operator.ts'
import type { Story } from './story.ts'
import type { TrackListener, Tracks } from './tracks.ts'

/** What people at the business do in a call that is up; the story tells each, with who it was. */
export interface Acting {
  /** Tells the assistant something; `saysIt`: it is to speak about it at once. Returns why that cannot be. */
  note(by: string, text: string, saysIt: boolean): Fault | undefined
  /** Sends the caller elsewhere. Returns why that cannot be. */
  transfer(by: string, to: OperatorTransfer): Fault | undefined
  /** Listens in; `by` is absent for the recording, which the story does not tell. Returns how to stop. */
  listen(listener: TrackListener, by?: string): () => void
}

/** The acting in one call. */
export const createActing = (call: {
  state(): CallState
  dispatch(event: CallEvent): void
  readonly story: Pick<Story, 'acted'>
  readonly tracks: Pick<Tracks, 'listen'>
}): Acting => ({
  note(by, text, saysIt) {
    const refusal = noteRefusal(call.state())
    if (refusal) return refusal
    call.story.acted({ kind: 'note', by, text })
    call.dispatch({ type: 'noteGiven', text, saysIt })
    return undefined
  },
  transfer(by, to) {
    const refusal = transferRefusal(call.state(), to)
    if (refusal) return refusal
    const { route } = to.departure ?? to.consultation ?? {}
    call.story.acted({ kind: 'transfer', by, ...(route === undefined ? {} : { route }) })
    call.dispatch({ type: 'transferAsked', ...to })
    return undefined
  },
  listen(listener, by) {
    if (call.state().phase === 'ended') {
      listener.over()
      return () => {}
    }
    const ended = by === undefined ? () => {} : call.story.acted({ kind: 'listen', by })
    const stop = call.tracks.listen({
      block: listener.block,
      over() {
        ended()
        listener.over()
      },
    })
    return () => {
      stop()
      ended()
    }
  },
})
