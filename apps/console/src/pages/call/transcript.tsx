import { memo, useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { FoldedJson } from '../../parts/folded-json.tsx'
import { preciseText } from '../../parts/figures.ts'
import { useFilling } from '../../parts/use-filling.ts'
import { rememberParts, wordsHeard, type Entry } from './entries.ts'
import { tickText } from './scale.ts'
import { heardBy, type Story } from './story.ts'
import style from './transcript.module.css'
import { actText, words } from './call-words.ts'

const seconds = (ms: number): string => (ms / 1_000).toFixed(1)

/** Whole seconds: a transcript is read, not measured. */
const clock = (ms: number): string => tickText(Math.floor(ms / 1_000) * 1_000)

const TRANSFER_OUTCOMES: Record<string, string> = {
  bridged: 'connected',
  no_answer: 'nobody answered',
  busy: 'busy',
  failed: 'could not be put through',
  declined: 'they did not take it',
  recorded: 'a message was recorded',
  empty: 'nothing was recorded',
}

const TRANSFER_KINDS = {
  cold: 'connects with',
  warm: 'announces the call to',
  voicemail: 'records a message for',
  fallback: 'sends the caller to',
}

const Said = ({ entry, nowMs }: { entry: Extract<Entry, { kind: 'turn' }>; nowMs: number | undefined }) => {
  const { turn, isKept } = entry
  const { text, cut, unheard, sentMs = 0, heardMs = 0 } = turn
  if (turn.speaker === 'caller')
    return (
      <>
        <span>{text}</span>
        {isKept ? <small className={style.remark}>{words.kept}</small> : null}
      </>
    )
  const spoken = cut ? text.replace(/ —$/, '') : wordsHeard(text, heardBy(turn, nowMs), sentMs)
  return (
    <>
      <span>{spoken}</span>
      {cut && unheard ? (
        <>
          {' '}
          <del>
            <span className="unseen">not heard: </span>
            {unheard}
          </del>
        </>
      ) : null}
      {cut ? (
        <small className={style.cut}>
          <span aria-hidden="true">✂</span>{' '}
          {heardMs === 0 ? words.notHeardAtAll : `heard ${seconds(heardMs)} of ${seconds(sentMs)} s`}
        </small>
      ) : null}
    </>
  )
}

const Ran = ({ tool, isKept }: { tool: NonNullable<Story['tools']>[number]; isKept: boolean }) => {
  const hasData = tool.input !== undefined || tool.result !== undefined
  return (
    <details className={style.tool}>
      <summary>
        <code>{tool.name}</code> {tool.outcome === 'done' ? '' : <b>{tool.outcome.replace('_', ' ')} </b>}
        <small>{preciseText(tool.durationMs)}</small>
      </summary>
      {tool.input === undefined ? null : <FoldedJson value={tool.input} label="What the assistant asked for" />}
      {tool.result === undefined ? null : <FoldedJson value={tool.result} label="What it was told" />}
      {hasData || !isKept ? null : <p>{words.toolDataGone}</p>}
    </details>
  )
}

const whoOf = (entry: Entry): string => {
  switch (entry.kind) {
    case 'turn':
      return words.who[entry.turn.speaker]
    case 'speech':
      return words.who.caller
    default:
      return words.who[entry.kind]
  }
}

const What = ({ entry, nowMs, isOver }: { entry: Entry; nowMs: number | undefined; isOver: boolean }) => {
  switch (entry.kind) {
    case 'turn':
      return <Said entry={entry} nowMs={nowMs} />
    case 'speech':
      return (
        <small className={style.remark}>
          {entry.speech.as === 'noise'
            ? words.noise
            : entry.speech.as === 'kept'
              ? words.kept
              : 'spoke, no words understood'}{' '}
          · {preciseText(entry.speech.endedMs! - entry.speech.startedMs)}
        </small>
      )
    case 'tool':
      return <Ran tool={entry.tool} isKept={isOver} />
    case 'transfer': {
      const { kind, label, route, number, reason, outcome } = entry.transfer
      return (
        <>
          {TRANSFER_KINDS[kind]} <b>{label ?? route ?? 'somebody'}</b> {number}
          {reason ? <> ({reason})</> : null}
          <small className={style.remark}>
            {outcome ? (TRANSFER_OUTCOMES[outcome] ?? outcome) : 'outcome not known'}
          </small>
        </>
      )
    }
    case 'problem':
      return (
        <>
          {entry.problem.message} <code>{entry.problem.code}</code>
        </>
      )
    case 'note':
      return <span>{entry.text}</span>
    case 'act':
      return (
        <>
          <span className={style.deed}>{actText(entry.act, entry.to)}</span>
          {entry.act.text ? <> {entry.act.text}</> : null}
        </>
      )
  }
}

const Line = memo(
  (props: {
    entry: Entry
    isSelected: boolean
    nowMs: number | undefined
    isOver: boolean
    onSelect: (entry: Entry) => void
  }) => {
    const { entry, isSelected, nowMs, isOver, onSelect } = props
    const side = entry.kind === 'turn' ? entry.turn.speaker : entry.kind
    return (
      <li
        id={entry.id}
        className={`${style.line} ${style[side]} ${isSelected ? style.selected : ''}`}
        aria-current={isSelected ? 'true' : undefined}
      >
        <button
          type="button"
          className={style.when}
          // Where there is a recording, the space bar plays it wherever the focus is; Enter chooses the line.
          data-passes-keys="true"
          onClick={() => onSelect(entry)}
        >
          {clock(entry.atMs)}
          <span className="unseen">, select</span>
        </button>
        <span className={style.who}>{whoOf(entry)}</span>
        {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- the button beside it does the same */}
        <div className={style.what} onClick={() => onSelect(entry)}>
          <What entry={entry} nowMs={nowMs} isOver={isOver} />
        </div>
      </li>
    )
  },
)

/** Lines that are drawn together. */
const PART = 50
const PARTS_AT_FIRST = 1
/** How high a line is, roughly: until the browser has seen it. */
const LINE_PX = 34
/** Only the newest lines of a live call still change. */
const CHANGING = 4

const Part = memo(
  (props: {
    entries: readonly Entry[]
    selected: Entry | undefined
    nowMs: number | undefined
    isOver: boolean
    onSelect: (entry: Entry) => void
  }) => {
    const { entries, selected, nowMs, isOver, onSelect } = props
    return (
      <ol className={style.part} style={{ containIntrinsicBlockSize: `auto ${entries.length * LINE_PX}px` }}>
        {entries.map((entry, index) => (
          <Line
            key={entry.id}
            entry={entry}
            isSelected={entry === selected}
            nowMs={index >= entries.length - CHANGING ? nowMs : undefined}
            isOver={isOver}
            onSelect={onSelect}
          />
        ))}
      </ol>
    )
  },
)

const SCROLLING = new Set(['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End'])

/** What was said and done, in order of time. A long call is drawn part by part: of one that goes on, the end first. */
export const Transcript = (props: {
  entries: readonly Entry[]
  selected: Entry | undefined
  nowMs: number | undefined
  isFollowing: boolean
  /** What to say of a call that has no entries. */
  nothing: string
  onSelect: (entry: Entry) => void
  onScrolled: () => void
}) => {
  const { entries, selected, nowMs, isFollowing, nothing, onSelect, onScrolled } = props
  const list = useRef<HTMLDivElement>(null)
  const isLiveNow = nowMs !== undefined
  const [remember] = useState(() => rememberParts(PART))
  const parts = useMemo(() => remember(entries), [remember, entries])
  const count = useFilling(parts.length, PARTS_AT_FIRST)
  // The same function for as long as the list is there: lines that do not change are not drawn again.
  const latest = useRef(onSelect)
  useEffect(() => {
    latest.current = onSelect
  })
  const choose = useCallback((entry: Entry) => latest.current(entry), [])
  useEffect(() => {
    const element = list.current
    if (element && isFollowing) element.scrollTop = element.scrollHeight
  })
  useEffect(() => {
    if (isFollowing || !selected || !list.current) return
    const line = list.current.querySelector<HTMLElement>(`#${selected.id}`)
    if (!line) return
    const [place, own] = [list.current.getBoundingClientRect(), line.getBoundingClientRect()]
    // Only the list itself scrolls, so that the page stays where it is.
    if (own.top < place.top || own.bottom > place.bottom)
      list.current.scrollTop += own.top - place.top - place.height / 3
    // Again when a part has come: the line may be in it.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- as said
  }, [selected, isFollowing, count])
  if (entries.length === 0) return <p className={style.nothing}>{nothing}</p>
  const firstShown = isLiveNow ? parts.length - count : 0
  const scrolledByKey = ({ key }: KeyboardEvent) => {
    if (SCROLLING.has(key)) onScrolled()
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- it only notices that somebody scrolls
    <div
      ref={list}
      className={style.transcript}
      onWheel={onScrolled}
      onTouchMove={onScrolled}
      onKeyDown={scrolledByKey}
      role={isLiveNow ? 'log' : 'group'}
      aria-label="Transcript"
      aria-busy={count < parts.length}
    >
      {parts.slice(firstShown, firstShown + count).map((part, index) => (
        <Part
          key={part[0]!.id}
          entries={part}
          selected={selected && part.includes(selected) ? selected : undefined}
          nowMs={firstShown + index === parts.length - 1 ? nowMs : undefined}
          isOver={!isLiveNow}
          onSelect={choose}
        />
      ))}
    </div>
  )
}
