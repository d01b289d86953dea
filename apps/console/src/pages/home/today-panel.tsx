import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useBusiness } from '../../app/business.ts'
import { countText, moneyText, preciseText } from '../../parts/figures.ts'
import { Panel } from '../../parts/panel.tsx'
import { Failed, Reading } from '../../parts/states.tsx'
import { useToday } from './home-queries.ts'
import style from './home.module.css'
import { changeText, outcomesUntil, type OutcomeHour } from './today.ts'
import { words } from './home-words.ts'

const Figure = ({ name, change, children }: { name: string; change?: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>
      {children} {change ? <span className={style.change}>{change}</span> : null}
    </dd>
  </div>
)

const BAR_WIDTH = 10
const BARS_HEIGHT = 36

/** Calls by hour, as bars; read aloud as a list. */
const Hours = ({ hours, zone }: { hours: readonly OutcomeHour[]; zone: string }) => {
  const most = Math.max(1, ...hours.map(({ calls }) => calls))
  const hourOf = new Intl.DateTimeFormat(undefined, { timeZone: zone, hour: 'numeric' })
  const busy = hours.filter(({ calls }) => calls > 0)
  return (
    <svg
      className={style.hours}
      // The day on which the clocks go back has 25 hours.
      viewBox={`0 0 ${Math.max(24, hours.length) * BAR_WIDTH} ${BARS_HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Calls by hour: ${busy.map(({ from, calls }) => `${hourOf.format(new Date(from))} ${calls}`).join(', ')}`}
    >
      {hours.map(({ from, calls }, at) => {
        const height = Math.max(1, (calls / most) * (BARS_HEIGHT - 2))
        return <rect key={from} x={at * BAR_WIDTH + 1} y={BARS_HEIGHT - height} width={BAR_WIDTH - 2} height={height} />
      })}
    </svg>
  )
}

/** What today was like so far, against the same weekday a week ago up to the same hour. */
export const TodayPanel = () => {
  const { zone } = useBusiness()
  const { data, error, refetch } = useToday()
  const content = () => {
    if (!data) return error ? <Failed error={error} stillWorks={words.historyLost} retry={refetch} /> : <Reading />
    const now = outcomesUntil(data.hours, data.now, zone)
    const before = outcomesUntil(data.before, data.now, zone)
    if (now.calls === 0 && before.calls === 0) return <p className={style.none}>{words.noCalls}</p>
    const { latency, cost } = data
    const weekday = new Intl.DateTimeFormat('en', { timeZone: zone, weekday: 'long' }).format(data.now)
    return (
      <>
        <dl className={style.figures}>
          <Figure name="calls" change={changeText(now.calls, before.calls)}>
            {countText(now.calls)}
          </Figure>
          <Figure name="to the end" change={changeText(now.toTheEnd, before.toTheEnd)}>
            {countText(now.toTheEnd)}
          </Figure>
          <Figure name="handed over" change={changeText(now.handedOver, before.handedOver)}>
            {countText(now.handedOver)}
          </Figure>
          <Figure name="went wrong" change={changeText(now.wentWrong, before.wentWrong)}>
            {countText(now.wentWrong)}
          </Figure>
          <Figure name="first words, p50">
            {latency?.tooFew ? <small>{words.tooFew}</small> : preciseText(latency?.p50Ms)}
          </Figure>
          <Figure name="first words, p95">
            {latency?.tooFew ? <small>{words.tooFew}</small> : preciseText(latency?.p95Ms)}
          </Figure>
          <Figure name="cost">{moneyText(cost?.usd)}</Figure>
        </dl>
        <Hours hours={data.hours} zone={zone} />
        <p className={style.note}>{words.since(weekday)}</p>
      </>
    )
  }
  return (
    <Panel title={words.today} actions={<Link href="/quality">Quality</Link>}>
      {content()}
    </Panel>
  )
}
