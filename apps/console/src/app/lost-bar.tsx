import { useFeedState } from '../api/feed.ts'
import { lengthText } from '../parts/figures.ts'
import { useSeconds } from '../parts/use-now.ts'
import style from './lost-bar.module.css'

const SHOWN_AFTER_MS = 2_000

const Since = ({ lostAt }: { lostAt: number }) => {
  const lostMs = useSeconds() - lostAt
  if (lostMs < SHOWN_AFTER_MS) return null
  return (
    <aside aria-label="Connection" className={style.bar}>
      <output>The gateway is not reached. What you see may be old.</output>{' '}
      <span>Reconnecting since {lengthText(lostMs)}.</span>
    </aside>
  )
}

/** Says that the gateway, or what it tells of live calls, is lost. */
export const LostBar = () => {
  const { state, lostAt } = useFeedState()
  return state === 'lost' && lostAt !== undefined ? <Since lostAt={lostAt} /> : null
}
