import { useState } from 'react'
import { Link, useLocation, useParams } from 'wouter'
import { ApiError } from '../../api/client.ts'
import { useMay } from '../../app/session.ts'
import { Banner } from '../../parts/banner.tsx'
import { CallActions } from '../../parts/call-actions.tsx'
import { Page } from '../../parts/page.tsx'
import { sayError } from '../../parts/say.ts'
import { Empty, Failed, Reading } from '../../parts/states.tsx'
import { Tabs } from '../../parts/tabs.tsx'
import { ForgetCaller } from '../callers/forget-caller.tsx'
import { Beside } from './beside.tsx'
import { words } from './call-words.ts'
import style from './call.module.css'
import { entriesOf } from './entries.ts'
import { download, transcriptText } from './export.ts'
import { CallHeader, wholeCaller } from './facts.tsx'
import { Replay } from './replay.tsx'
import { StoryView } from './story-view.tsx'
import { isLive, type Story } from './story.ts'
import { useCall, useNowInCall } from './use-call.ts'

const Problems = ({ story }: { story: Story }) => {
  const last = story.problems.at(-1)
  if (!last || story.why) return null
  const count = story.problems.length
  return (
    <Banner tone="warn">
      {last.message} <code>{last.code}</code>
      {count > 1 ? ` and ${count - 1} more, in the transcript.` : ''} The call went on.
    </Banner>
  )
}

/** Deletes all that is kept of the other party, whose whole number is asked for first. */
const Forget = ({ callId }: { callId: string }) => {
  const [number, setNumber] = useState<string>()
  const [, navigate] = useLocation()
  return (
    <>
      <button
        type="button"
        className="danger"
        onClick={() => void wholeCaller(callId).then(setNumber, (error: unknown) => sayError(error))}
      >
        Delete this caller…
      </button>
      <ForgetCaller number={number} onClose={() => setNumber(undefined)} onForgotten={() => navigate('/calls')} />
    </>
  )
}

const CallPage = () => {
  const { id, '*': tab = '' } = useParams<{ id: string; '*'?: string }>()
  const { data: story, error, refetch } = useCall(id)
  const isOn = story !== undefined && isLive(story)
  const nowMs = useNowInCall(story?.startedAt, isOn)
  const isOwner = useMay('owner')
  const mayForget = useMay('manager')
  if (error instanceof ApiError && error.status === 404)
    return (
      <Page title="Call">
        <Empty>
          <p>{words.notThere}</p>
          <p>
            <Link href="/calls">All calls</Link>
          </p>
        </Empty>
      </Page>
    )
  if (error && !story)
    return (
      <Page title="Call">
        <Failed error={error} stillWorks="Calls are answered all the same." retry={refetch} />
      </Page>
    )
  if (!story)
    return (
      <Page title="Call">
        <Reading />
      </Page>
    )
  const name = story.caller || words.withheld
  const actions = (
    <>
      <Beside callId={story.callId} />
      {isOn ? <CallActions callId={story.callId} who={name} /> : null}
      <button
        type="button"
        onClick={() => download(`call-${story.callId}.json`, JSON.stringify(story, null, 2), 'application/json')}
      >
        JSON
      </button>
      <button
        type="button"
        onClick={() => download(`call-${story.callId}.txt`, transcriptText(story, entriesOf(story)), 'text/plain')}
      >
        Text
      </button>
      {mayForget && !isOn && story.caller ? <Forget callId={story.callId} /> : null}
    </>
  )
  return (
    <Page key={story.callId} title={`Call ${story.direction === 'inbound' ? 'from' : 'to'} ${name}`} actions={actions}>
      <CallHeader story={story} nowMs={nowMs} />
      {isOwner ? (
        <Tabs
          label="Parts of this call"
          tabs={[
            { href: `/calls/${id}`, title: 'Story' },
            { href: `/calls/${id}/events`, title: 'Events and replay' },
          ]}
        />
      ) : null}
      <div className={style.body}>
        {error ? <Failed error={error} stillWorks="What was read before is shown." retry={refetch} /> : null}
        {tab === 'events' ? (
          <Replay id={story.callId} isOn={isOn} />
        ) : (
          <>
            <Problems story={story} />
            <StoryView story={story} nowMs={nowMs} />
          </>
        )}
      </div>
    </Page>
  )
}

export default CallPage
