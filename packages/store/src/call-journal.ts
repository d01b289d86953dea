import { type LegNews } from '@llc-phone/core'
import type { PageOfCalls } from './page.ts'
import type { CallExtras, CallOpening, CallSummary, RecordedCall } from './recorded-call.ts'
import { type LiveJournal } from './live-journal.ts'

/** The stories of all calls, kept for good; of live ones also what another process would need to go on with them. */
export interface CallJournal extends LiveJournal {
  /** Adds a call; does nothing if it exists. */
  begin(call: CallOpening): Promise<void>
  /**
   * Writes the whole story in one transaction, and forgets what was kept to go on with the call. A later story replaces it,
   * also for a call that was marked `cut_off`, but not for one that another process has taken over.
   */
  finish(story: RecordedCall, extras?: CallExtras): Promise<void>
  /**
   * Marks this process as alive, and ends as `cut_off` the calls of processes without a mark for twelve seconds that do not
   * answer either.
   * Call it every few seconds. Resolves to how many calls were ended. For two more minutes such a call can be resumed.
   */
  tend(at: Date): Promise<number>
  /** By our id, or by Twilio's CallSid. */
  find(id: string): Promise<RecordedCall | undefined>
  /** The latest first. Rows are read on the thread that carries audio: some hundred at a time. */
  recent(limit: number, page?: PageOfCalls): Promise<readonly CallSummary[]>
  /**
   * Notes what became of a caller whom the assistant has left, by the id of the leg. Resolves to whether there was such a call.
   */
  legReported(legId: string, news: LegNews, at: Date): Promise<boolean>
}
