import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { api } from '../../api/client.ts'
import { useFeedState, useFreshLiveCalls, useLiveCalls } from '../../api/feed.ts'
import type { LiveCall } from '../../api/live-calls.ts'
import { useMay } from '../../app/session.ts'
import { answeredAs, assistantName } from '../../parts/assistant-name.ts'
import { Badge } from '../../parts/badge.tsx'
import { countOf, moneyText } from '../../parts/figures.ts'
import { LastWords, Running, Speaking } from '../../parts/live-cells.tsx'
import { Page } from '../../parts/page.tsx'
import { phaseText } from '../../parts/phase-words.ts'
import { PhoneNumber } from '../../parts/phone-number.tsx'
import { Empty, Failed, Reading } from '../../parts/states.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import style from './live.module.css'
import { words } from './live-words.ts'

const columns: readonly Column<LiveCall>[] = [
  {
    title: 'Caller',
    cell: (call) => (
      <span className={style.caller}>
        <Speaking call={call} />
        <Link href={`/calls/${call.callId}`}>
          <PhoneNumber number={call.caller} />
        </Link>
        {call.test ? <Badge tone="quiet">{words.test}</Badge> : null}
      </span>
    ),
  },
  { title: 'Number', cell: ({ dialled }) => <PhoneNumber number={dialled} /> },
  { title: 'Answers as', cell: answeredAs },
  {
    title: 'Now',
    cell: ({ phase, problem }) =>
      problem ? (
        <>
          {phaseText(phase)} <Badge tone="warn">{problem}</Badge>
        </>
      ) : (
        phaseText(phase)
      ),
  },
  { title: 'For', cell: ({ startedAt }) => <Running startedAt={startedAt} />, isFigure: true },
  { title: 'Last words', cell: (call) => <LastWords call={call} /> },
  { title: 'Cost', cell: ({ costUsd }) => moneyText(costUsd), isFigure: true },
]

const keyOf = ({ callId }: LiveCall): string => callId

/** Nobody calls: which numbers can be rung. */
const Quiet = () => {
  const { data } = useQuery({
    queryKey: ['numbers', 'live'],
    queryFn: async () => (await api.GET('/numbers')).data!,
  })
  const mayTry = useMay('operator')
  return (
    <Empty>
      <p>{words.quiet}</p>
      {mayTry ? (
        <p>
          {words.ring} <Link href="/try">{words.tryIt}</Link>.
        </p>
      ) : null}
      <ul className={style.numbers}>
        {data?.numbers.map(({ number, mode }) => (
          <li key={number}>
            {number} <span>{assistantName(mode)}</span>
          </li>
        ))}
      </ul>
    </Empty>
  )
}

const LivePage = () => {
  const calls = useLiveCalls()
  const { state } = useFeedState()
  useFreshLiveCalls()
  return (
    <Page title={words.title}>
      <output className="unseen">{calls ? countOf(calls.length, 'live call') : ''}</output>
      {calls === undefined ? (
        state === 'lost' ? (
          <Failed error={words.listFailed} />
        ) : (
          <Reading />
        )
      ) : calls.length === 0 ? (
        <Quiet />
      ) : (
        <div className={state === 'lost' ? style.old : undefined}>
          <Table caption={words.caption} columns={columns} rows={calls} rowKey={keyOf} />
        </div>
      )}
    </Page>
  )
}

export default LivePage
