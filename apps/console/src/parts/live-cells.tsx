import type { LiveCall } from '../api/live-calls.ts'
import { clockText } from './figures.ts'
import style from './live-cells.module.css'
import { useSeconds } from './use-now.ts'

/** For how long something has been going on, as a running clock; `startedAt` is ISO 8601. */
export const Running = ({ startedAt }: { startedAt: string }) => {
  const now = useSeconds()
  return <span className={style.clock}>{clockText(now - Date.parse(startedAt))}</span>
}

/** A dot while the caller hears the assistant. */
export const Speaking = ({ call }: { call: LiveCall }) => (
  <span
    className={call.speaking ? style.speaking : style.silent}
    title={call.speaking ? 'the assistant speaks' : undefined}
  >
    {call.speaking ? <span className="unseen">the assistant speaks</span> : null}
  </span>
)

/** What was said last, and by whom. */
export const LastWords = ({ call }: { call: LiveCall }) =>
  call.words ? (
    <span className={style.words}>
      <span className={style.speaker}>{call.speaker === 'caller' ? 'Caller' : 'Assistant'}:</span> {call.words}
    </span>
  ) : (
    <span className={style.speaker}>–</span>
  )
