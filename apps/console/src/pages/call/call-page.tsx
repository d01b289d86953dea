import { useId, useMemo, useState } from 'react'
import { useParams } from 'wouter'
import { useMay } from '../../app/session.ts'
import { CallActions } from '../../parts/call-actions.tsx'
import { Banner } from '../../parts/banner.tsx'
import { Page } from '../../parts/page.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Failed, Reading } from '../../parts/states.tsx'
import { Tabs } from '../../parts/tabs.tsx'
import { Beside } from './beside.tsx'
import style from './call.module.css'
import { entriesOf, entryAt } from './entries.ts'
import { download, transcriptText } from './export.ts'
import { CallCodes, CallHeader } from './facts.tsx'
import { HangUp } from './hang-up.tsx'
import { lanesOf } from './lanes.ts'
import { Replay } from './replay.tsx'
import { useSelection } from './selection.ts'
import { StoryTable } from './story-table.tsx'
import { isLive, type Story } from './story.ts'
import { Timeline } from './timeline.tsx'
import { Transcript } from './transcript.tsx'
import { useCall, useNowInCall } from './use-call.ts'
import { SetUp, TurnTimes } from './waterfall.tsx'
import { words } from './call-words.ts'

/** Where the recording of a call is, when there is one. */
const recordingOf = (story: Story): string | undefined =>
  'recording' in story && story['recording'] ? `/calls/${story.callId}/recording` : undefined

const CallView = ({ story, nowMs }: { story: Story; nowMs: number | undefined }) => {
  const isOn = nowMs !== undefined
  const [isTable, setIsTable] = useState(false)
  const entries = useMemo(() => entriesOf(story), [story])
  const lanes = useMemo(() => lanesOf(story, nowMs), [story, nowMs])
  const audioId = useId()
  const recording = isOn ? undefined : recordingOf(story)
  const selection = useSelection(entries, isOn, recording === undefined ? undefined : audioId)
  const { entry, isFollowing } = selection
  const shown = isFollowing ? entries.findLast((each) => each.kind === 'turn') : entry
  const turn = shown?.kind === 'turn' ? shown : undefined
  return (
    <>
      <Panel
        title="What was heard"
        actions={
          <button type="button" aria-pressed={isTable} onClick={() => setIsTable(!isTable)}>
            {isTable ? 'Show as picture' : 'Show as table'}
          </button>
        }
      >
        {recording ? (
          // oxlint-disable-next-line jsx-a11y/media-has-caption -- the transcript below is its text
          <audio
            id={audioId}
            className={style.player}
            controls
            preload="metadata"
            src={recording}
            onTimeUpdate={(event) => selection.played(event.currentTarget.currentTime * 1_000)}
          />
        ) : null}
        {isTable ? (
          <StoryTable story={story} entries={entries} />
        ) : (
          <>
            <Timeline
              lanes={lanes}
              selection={{
                atMs: isFollowing ? lanes.endMs : selection.atMs,
                turn: isFollowing ? undefined : turn?.index,
              }}
              onSelect={(atMs) => selection.goTo(atMs, entryAt(entries, atMs))}
              isFollowing={isFollowing}
              onScrolled={selection.stopFollowing}
            />
          </>
        )}
        {story.speech ? null : <p className={style.old}>{words.oldCall}</p>}
        {isOn && !isFollowing ? (
          <button type="button" className="primary" onClick={selection.follow}>
            Follow the call
          </button>
        ) : null}
      </Panel>
      <div className={style.columns}>
        <Panel
          title="Transcript"
          actions={
            <span className={style.hint}>
              <kbd>j</kbd> <kbd>k</kbd> next, before
            </span>
          }
        >
          <Transcript
            entries={entries}
            selected={isFollowing ? undefined : entry}
            nowMs={nowMs}
            isFollowing={isFollowing}
            onSelect={(chosen) => selection.goTo(chosen.atMs, chosen)}
            onScrolled={selection.stopFollowing}
          />
        </Panel>
        <div className={style.side}>
          {turn ? (
            <Panel title={`Turn ${turn.index + 1}: where the time went`}>
              <TurnTimes story={story} turn={turn.turn} />
            </Panel>
          ) : null}
          <Panel title="Set-up">
            <SetUp story={story} />
          </Panel>
          <Panel title="Codes and counts">
            <CallCodes story={story} />
          </Panel>
        </div>
      </div>
    </>
  )
}

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

const CallPage = () => {
  const { id, '*': tab = '' } = useParams<{ id: string; '*'?: string }>()
  const { data: story, error, refetch } = useCall(id)
  const isOn = story !== undefined && isLive(story)
  const nowMs = useNowInCall(story?.startedAt, isOn)
  const isOwner = useMay('owner')
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
  const name = story.caller ?? 'withheld number'
  const actions = (
    <>
      <Beside story={story} />
      {isOn ? <CallActions callId={story.callId} who={name} /> : null}
      {isOn ? <HangUp callId={story.callId} caller={name} /> : null}
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
            <CallView story={story} nowMs={nowMs} />
          </>
        )}
      </div>
    </Page>
  )
}

export default CallPage
