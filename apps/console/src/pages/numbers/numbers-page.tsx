import { lazy, Suspense, useState } from 'react'
import { Link, Route, Switch } from 'wouter'
import { useInForce } from '../../app/business.ts'
import { NotForYou } from '../../app/not-for-you.tsx'
import { useMay } from '../../app/session.ts'
import { assistantName } from '../../parts/assistant-name.ts'
import { Badge } from '../../parts/badge.tsx'
import { Banner } from '../../parts/banner.tsx'
import { Confirm } from '../../parts/dialog.tsx'
import { Page } from '../../parts/page.tsx'
import { openSoftphone } from '../../parts/softphone/open.ts'
import { Empty, Failed, Reading } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { useHalfMinutes } from '../../parts/use-now.ts'
import { When } from '../../parts/when.tsx'
import { AddNumber } from './add-number.tsx'
import { AtTwilio } from './at-twilio.tsx'
import { NumberHistory } from './number-history.tsx'
import { useLastCall, useMove, useNumbers } from './numbers-api.ts'
import style from './numbers.module.css'
import { hoursText, optionText, SOURCES, type NumbersNow } from './numbers-words.ts'

// Brings the forms of the settings with it.
const NumberOptions = lazy(() => import('./number-options.tsx'))

type Row = NumbersNow['numbers'][number]

const AnswersAs = ({ row, now }: { row: Row; now: NumbersNow }) => {
  const mayMove = useMay('operator')
  const move = useMove()
  const [wanted, setWanted] = useState<string>()
  const isBuilt = now.instances.find(({ name }) => name === row.mode)?.isBuilt ?? false
  const lost = now.lost.find(({ number }) => number === row.number)
  return (
    <span className={style.stack}>
      {mayMove ? (
        <select
          aria-label={`What ${row.number} answers as`}
          value={row.mode}
          onChange={(event) => setWanted(event.target.value)}
        >
          {now.instances.map(({ name, isBuilt: can }) => (
            <option key={name} value={name} disabled={!can}>
              {can ? assistantName(name) : `${assistantName(name)} (cannot be built)`}
            </option>
          ))}
        </select>
      ) : (
        assistantName(row.mode)
      )}
      <span className={style.small}>{SOURCES[row.source]}</span>
      {isBuilt ? null : <Badge tone="bad">cannot be built: callers go to the fallback</Badge>}
      {lost ? <Badge tone="warn">was set to {assistantName(lost.mode)}, which is gone</Badge> : null}
      <Confirm
        title={`Have “${assistantName(wanted ?? '')}” answer ${row.number}?`}
        isOpen={wanted !== undefined}
        action={`Answer as ${assistantName(wanted ?? '')}`}
        onClose={() => setWanted(undefined)}
        onConfirm={() => move.mutateAsync({ number: row.number, mode: wanted! })}
      >
        <p>
          {assistantName(row.mode)} → <strong>{assistantName(wanted ?? '')}</strong>, from the next call on. Calls that
          are up go on as they are.
        </p>
      </Confirm>
    </span>
  )
}

const LastCall = ({ number }: { number: string }) => {
  const { data, error } = useLastCall(number)
  if (error) return <span className={style.quiet}>cannot be read</span>
  if (data === undefined) return null
  if (data === null) return <span className={style.quiet}>none yet</span>
  return (
    <Link href={`/calls/${data.callId}`}>
      <When at={data.startedAt} form="ago" />
    </Link>
  )
}

/** The options that calls to this number alone have, by the settings in force, and where they are changed. */
const Options = ({ number }: { number: string }) => {
  const { data } = useInForce()
  const mayEdit = useMay('manager')
  const list = (data?.document['numbers'] as { list?: Record<string, Record<string, unknown>> } | undefined)?.list
  const own = Object.entries(list?.[number] ?? {}).filter(([name]) => name !== 'mode')
  return (
    <>
      {own.length > 0 ? (
        <span className={style.small}>{own.map(([name, value]) => optionText(name, value)).join(' · ')}</span>
      ) : null}
      {mayEdit ? (
        <Link href={`/numbers/${encodeURIComponent(number)}`}>
          Options<span className="unseen"> of {number}</span>
        </Link>
      ) : null}
    </>
  )
}

const NothingYet = () => (
  <Empty>
    <p>No number yet. Three ways to begin:</p>
    <ul className={style.ways}>
      <li>
        <button type="button" onClick={() => openSoftphone()}>
          Ring it from this page
        </button>{' '}
        needs no number at all
      </li>
      <li>Buy a number at Twilio, set its account in .env, then add the number here</li>
      <li>
        <code>./phone dev</code> comes with three numbers of a simulated Twilio
      </li>
    </ul>
  </Empty>
)

const AllNumbers = () => {
  const { data, error, refetch } = useNumbers()
  const mayMove = useMay('operator')
  const mayEdit = useMay('manager')
  const [isAdding, setIsAdding] = useState(false)
  const [historyOf, setHistoryOf] = useState<string>()
  const now = useHalfMinutes()
  const add = mayMove && data && (
    <button type="button" className="primary" onClick={() => setIsAdding(true)}>
      Add a number
    </button>
  )
  return (
    <Page title="Numbers" actions={add}>
      {error ? <Failed error={error} stillWorks="Calls are answered as before." retry={refetch} /> : null}
      {!data ? error ? null : <Reading /> : null}
      {data ? (
        <>
          {data.instances.some(({ isBuilt }) => !isBuilt) ? (
            <Banner tone="bad">
              {data.instances.flatMap(({ name, isBuilt }) => (isBuilt ? [] : assistantName(name))).join(', ')} cannot be
              built from the settings in force: its callers go to the fallback.
            </Banner>
          ) : null}
          {data.numbers.length === 0 ? (
            <NothingYet />
          ) : (
            <Table
              caption="Our numbers"
              rows={data.numbers}
              rowKey={({ number }) => number}
              columns={[
                {
                  title: 'Number',
                  cell: ({ number }) => (
                    <span className={style.stack}>
                      <strong className={style.number}>{number}</strong>
                      <Options number={number} />
                    </span>
                  ),
                },
                { title: 'Answers as', cell: (row) => <AnswersAs row={row} now={data} /> },
                { title: 'Now', cell: () => hoursText(data.business, now) },
                { title: 'At Twilio', cell: ({ number }) => <AtTwilio number={number} /> },
                { title: 'Last call', cell: ({ number }) => <LastCall number={number} /> },
                {
                  title: 'More',
                  cell: ({ number }) => (
                    <span className={style.more}>
                      <button type="button" onClick={() => openSoftphone({ ring: number })}>
                        Ring it<span className="unseen">: {number}</span>
                      </button>
                      <button type="button" onClick={() => setHistoryOf(number)}>
                        History<span className="unseen"> of {number}</span>
                      </button>
                    </span>
                  ),
                },
              ]}
            />
          )}
          <p className={style.rest}>
            Any other number that rings answers as <strong>{assistantName(data.unknown)}</strong>. When the model is not
            available, callers {data.fallback ? <>go to {data.fallback.label}</> : 'hear an apology'}.{' '}
            {mayEdit ? <Link href="/business">Change it in the settings</Link> : null}
          </p>
          <AddNumber now={data} isOpen={isAdding} onClose={() => setIsAdding(false)} />
          <NumberHistory number={historyOf} onClose={() => setHistoryOf(undefined)} />
        </>
      ) : null}
    </Page>
  )
}

const OptionsPage = ({ number }: { number: string }) => (
  <Page title="Numbers">
    {useMay('manager') ? (
      <Suspense fallback={<Reading />}>
        <NumberOptions number={number} />
      </Suspense>
    ) : (
      <NotForYou needed="manager" />
    )}
  </Page>
)

const NumbersPage = () => (
  <Switch>
    <Route path="/numbers/:number">{({ number }) => <OptionsPage number={decodeURIComponent(number)} />}</Route>
    <Route>
      <AllNumbers />
    </Route>
  </Switch>
)

export default NumbersPage
