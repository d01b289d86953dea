import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useBusiness } from '../../app/business.ts'
import { useSession } from '../../app/session.ts'
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

const HOUR_MS = 3_600_000
const BAR_WIDTH = 10
const BARS_HEIGHT = 36

/** Calls by hour, as bars before those of a week ago; read aloud as a list. */
const Hours = (props: { hours: readonly OutcomeHour[]; before: readonly OutcomeHour[]; zone: string }) => {
  const { hours, before, zone } = props
  const most = Math.max(1, ...[...hours, ...before].map(({ calls }) => calls))
  const hourOf = new Intl.DateTimeFormat(undefined, { timeZone: zone, hour: 'numeric' })
  const busy = hours.filter(({ calls }) => calls > 0)
  return (
    <figure className={style.day}>
      <svg
        className={style.hours}
        // The day on which the clocks go back has 25 hours.
        viewBox={`0 0 ${Math.max(24, hours.length, before.length) * BAR_WIDTH} ${BARS_HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Calls by hour: ${busy.map(({ from, calls }) => `${hourOf.format(new Date(from))} ${calls}`).join(', ')}`}
      >
        {[before, hours].map((day) =>
          day.map(({ from, calls }, at) => {
            const height = (calls / most) * BARS_HEIGHT
            const y = BARS_HEIGHT - height
            return (
              <rect
                key={from}
                className={day === before ? style.before : undefined}
                x={at * BAR_WIDTH + (day === before ? 0.5 : 2)}
                y={y}
                width={BAR_WIDTH - (day === before ? 1 : 4)}
                height={height}
              />
            )
          }),
        )}
      </svg>
      <figcaption aria-hidden="true" className={style.scale}>
        {[0, 6, 12, 18].map((hour) => (
          <span key={hour}>{hourOf.format(Date.parse((hours[0] ?? before[0])!.from) + hour * HOUR_MS)}</span>
        ))}
      </figcaption>
    </figure>
  )
}

/** What today was like so far, against the same weekday a week ago up to the same hour. */
export const TodayPanel = () => {
  const { zone } = useBusiness()
  const { data, error, refetch } = useToday()
  const { data: session } = useSession()
  const content = () => {
    if (!data) return error ? <Failed error={error} stillWorks={words.historyLost} retry={refetch} /> : <Reading />
    const now = outcomesUntil(data.hours, data.now, zone)
    const before = outcomesUntil(data.before, data.now, zone)
    if (now.calls === 0 && before.calls === 0)
      return (
        <p className={style.none}>
          {session?.isCarrierSimulated ? (
            <>
              {words.onlyTests} <Link href="/calls">{words.seeTests}</Link>.
            </>
          ) : (
            words.noCalls
          )}
        </p>
      )
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
          <Figure name="first words, half within">
            {latency?.tooFew ? <small>{words.tooFew}</small> : preciseText(latency?.p50Ms)}
          </Figure>
          <Figure name="19 of 20 within">
            {latency?.tooFew ? <small>{words.tooFew}</small> : preciseText(latency?.p95Ms)}
          </Figure>
          <Figure name="cost">{moneyText(cost?.usd)}</Figure>
        </dl>
        <Hours hours={data.hours} before={data.before} zone={zone} />
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
