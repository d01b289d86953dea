import { lazy, Suspense } from 'react'
import { Link } from 'wouter'
import { useFreshLiveCalls, useLiveCalls } from '../../api/feed.ts'
import { useBusiness, useInForce } from '../../app/business.ts'
import { useMay } from '../../app/session.ts'
import { answeredAs } from '../../parts/assistant-name.ts'
import { LastWords, Running, Speaking } from '../../parts/live-cells.tsx'
import { Page } from '../../parts/page.tsx'
import { Panel } from '../../parts/panel.tsx'
import { phaseText } from '../../parts/phase-words.ts'
import { PhoneNumber } from '../../parts/phone-number.tsx'
import { Reading } from '../../parts/states.tsx'
import { useHalfMinutes } from '../../parts/use-now.ts'
import { useMessagesToDo, useWrongCalls } from './home-queries.ts'
import style from './home.module.css'
import { NeedsYou } from './needs-you.tsx'
import { TodayPanel } from './today-panel.tsx'
import { words } from './home-words.ts'

const SetUpList = lazy(async () => ({ default: (await import('../business/set-up-list.tsx')).SetUpList }))

const SHOWN = 6

const LivePanel = () => {
  const calls = useLiveCalls()
  const mayTry = useMay('operator')
  return (
    <Panel title={words.live} actions={<Link href="/live">{words.allLive}</Link>}>
      {calls === undefined ? <Reading /> : null}
      {calls?.length === 0 ? (
        <p className={style.none}>
          {words.quiet} {mayTry ? <Link href="/try">{words.tryIt}</Link> : null}
        </p>
      ) : null}
      <ul className={style.calls}>
        {calls?.slice(0, SHOWN).map((call) => (
          <li key={call.callId}>
            <Speaking call={call} />
            <Link href={`/calls/${call.callId}`}>
              <PhoneNumber number={call.caller} />
            </Link>
            <span className={style.mode}>{answeredAs(call)}</span>
            <Running startedAt={call.startedAt} />
            <span className={style.last}>{call.words ? <LastWords call={call} /> : phaseText(call.phase)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

/** How things are, in a sentence. */
const Lead = () => {
  const { zone } = useBusiness()
  const live = useLiveCalls()
  const { data: messages } = useMessagesToDo()
  const { data: wrong } = useWrongCalls()
  const now = useHalfMinutes()
  const hour = Number(new Intl.DateTimeFormat('en', { timeZone: zone, hour: 'numeric', hourCycle: 'h23' }).format(now))
  const wrongCount = wrong ? `${wrong.calls.length}${wrong.next ? '+' : ''}` : undefined
  const parts = [
    live ? words.liveCount(live.length) : '',
    messages?.toDo ? words.toDo(messages.toDo) : '',
    wrongCount && wrongCount !== '0' ? words.wrong(wrongCount) : '',
  ]
  return (
    <p className={style.lead}>
      {words.greetingAt(hour)} {parts.filter(Boolean).join(' · ')}
    </p>
  )
}

const HomePage = () => {
  const { data: settings } = useInForce()
  const maySetUp = useMay('manager')
  useFreshLiveCalls()
  return (
    <Page title={words.title}>
      <Lead />
      {maySetUp && settings?.source === 'seed' ? (
        <Suspense fallback={<Reading />}>
          <SetUpList />
        </Suspense>
      ) : null}
      <div className={style.panels}>
        <LivePanel />
        <NeedsYou />
        <div className={style.wide}>
          <TodayPanel />
        </div>
      </div>
    </Page>
  )
}

export default HomePage
