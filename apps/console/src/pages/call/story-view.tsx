import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useId, useMemo, useState, type ComponentProps } from 'react'
import { api } from '../../api/client.ts'
import { useMay } from '../../app/session.ts'
import { countOf } from '../../parts/figures.ts'
import { Panel } from '../../parts/panel.tsx'
import style from './call.module.css'
import { words } from './call-words.ts'
import { entryAt, rememberEntries } from './entries.ts'
import { CallCodes } from './facts.tsx'
import { lanesOf } from './lanes.ts'
import { Player } from './player.tsx'
import { useSelection } from './selection.ts'
import { StoryTable } from './story-table.tsx'
import { hasLostWords, lengthOf, setUpOf, type Story } from './story.ts'
import { Timeline } from './timeline.tsx'
import { Transcript } from './transcript.tsx'
import { SetUp, TurnTimes } from './waterfall.tsx'

/** The loudness of a recording, as the gateway has counted it; without it the recording is played all the same. */
const usePeaks = (callId: string, isWanted: boolean) =>
  useQuery({
    queryKey: ['call', callId, 'peaks'],
    queryFn: async () => (await api.GET('/calls/{id}/recording/peaks', { params: { path: { id: callId } } })).data!,
    enabled: isWanted,
    staleTime: Infinity,
    placeholderData: () => undefined,
  }).data

const nothingText = (story: Story, isOn: boolean): string =>
  isOn ? words.nothingYet : hasLostWords(story) ? words.wordsDeleted : words.nothingSaid

const Picture = (
  props: { story: Story; nowMs: number | undefined } & Omit<ComponentProps<typeof Timeline>, 'lanes'>,
) => {
  const { story, nowMs, ...rest } = props
  const lanes = useMemo(() => lanesOf(story, nowMs), [story, nowMs])
  return <Timeline lanes={lanes} {...rest} />
}

/** What was heard, on one clock: picture or table, transcript, and what it took. Live it grows. */
export const StoryView = ({ story, nowMs }: { story: Story; nowMs: number | undefined }) => {
  const isOn = nowMs !== undefined
  const [isTable, setIsTable] = useState(false)
  const [remember] = useState(rememberEntries)
  const entries = useMemo(() => remember(story), [remember, story])
  // The words first: together with the picture a long call would make the page wait.
  const isDrawn = useDeferredValue(true, false)
  const audioId = useId()
  const isRecorded = useMay('operator') && !isOn && story.recording !== undefined
  const peaks = usePeaks(story.callId, isRecorded)
  const selection = useSelection(entries, isOn, isRecorded ? audioId : undefined)
  const { entry, isFollowing } = selection
  const shown = isFollowing ? entries.findLast((each) => each.kind === 'turn') : entry
  const turn = shown?.kind === 'turn' ? shown : undefined
  const nothing = nothingText(story, isOn)
  const isNothing = !isOn && entries.length === 0 && (story.phases ?? []).length === 0
  return (
    <>
      {isNothing ? (
        <Panel title="What was heard">
          <p className={style.old}>{nothing}</p>
        </Panel>
      ) : (
        <Panel
          title="What was heard"
          actions={
            <button type="button" aria-pressed={isTable} onClick={() => setIsTable(!isTable)}>
              {isTable ? 'Show as picture' : 'Show as table'}
            </button>
          }
        >
          {isRecorded ? <Player callId={story.callId} id={audioId} onPlayed={selection.played} /> : null}
          {isTable ? (
            <StoryTable story={story} entries={entries} selected={entry} />
          ) : isDrawn ? (
            <Picture
              story={story}
              nowMs={nowMs}
              peaks={peaks}
              selection={{
                atMs: isFollowing ? lengthOf(story, nowMs) : selection.atMs,
                turn: isFollowing ? undefined : turn?.index,
              }}
              onSelect={(atMs) => selection.goTo(atMs, entryAt(entries, atMs))}
              isFollowing={isFollowing}
              onScrolled={selection.stopFollowing}
            />
          ) : (
            <div className={style.undrawn} />
          )}
          {story.speech || story.turns.length === 0 ? null : <p className={style.old}>{words.oldCall}</p>}
          {isOn && !isFollowing ? (
            <button type="button" className="primary" onClick={selection.follow}>
              Follow the call
            </button>
          ) : null}
        </Panel>
      )}
      <div className={style.columns}>
        {isNothing ? null : (
          <Panel
            title="Transcript"
            actions={
              <span className={style.hint}>
                <kbd>j</kbd> <kbd>k</kbd> next, before
                {isRecorded ? (
                  <>
                    {' '}
                    · <kbd>space</kbd> play
                  </>
                ) : null}
              </span>
            }
          >
            {hasLostWords(story) && entries.length > 0 ? <p className={style.old}>{words.wordsDeleted}</p> : null}
            <Transcript
              entries={entries}
              selected={isFollowing ? undefined : entry}
              nowMs={nowMs}
              isFollowing={isFollowing}
              nothing={nothing}
              onSelect={(chosen) => selection.goTo(chosen.atMs, chosen)}
              onScrolled={selection.stopFollowing}
            />
            {story.omitted?.['turns'] ? (
              <p className={style.old}>
                {countOf(story.omitted['turns'], 'turn')} in the middle of the call are left out.
              </p>
            ) : null}
          </Panel>
        )}
        <div className={style.side}>
          {turn ? (
            <Panel title={`Turn ${turn.index + 1}: where the time went`}>
              <TurnTimes story={story} turn={turn.turn} />
            </Panel>
          ) : null}
          {isNothing && setUpOf(story).length === 0 ? null : (
            <Panel title="Set-up">
              <SetUp story={story} />
            </Panel>
          )}
          <Panel title="Codes and counts">
            <CallCodes story={story} />
          </Panel>
        </div>
      </div>
    </>
  )
}
