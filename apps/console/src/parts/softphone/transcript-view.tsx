import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { FoldedJson } from '../folded-json.tsx'
import { preciseText } from '../figures.ts'
import { phone } from './phone.ts'
import style from './softphone.module.css'
import { briefOf, linesOf, type TranscriptLine } from './transcript.ts'
import { secondsText, TOOL_OUTCOMES } from './softphone-words.ts'

const TICK_MS = 200
/** Within so many pixels of the end, a reader follows. */
const FOLLOWS_WITHIN = 40

/** The time, often enough for words to appear as they are spoken, while they are. */
const useSpokenNow = (isSpeaking: boolean): number => {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!isSpeaking) return
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [isSpeaking])
  return now
}

const Tool = ({ line }: { line: Extract<TranscriptLine, { kind: 'tool' }> }) => (
  <li className={style.tool}>
    <details>
      <summary>
        <span aria-hidden="true">⚙</span> <code>{line.name}</code> {briefOf(line.input)} →{' '}
        {line.outcome === 'done' ? briefOf(line.result) || TOOL_OUTCOMES[line.outcome] : TOOL_OUTCOMES[line.outcome]} ·{' '}
        {preciseText(line.durationMs)}
      </summary>
      {line.input === undefined ? null : <FoldedJson value={line.input} label={`What ${line.name} was asked`} />}
      {line.result === undefined ? null : <FoldedJson value={line.result} label={`What ${line.name} answered`} />}
    </details>
  </li>
)

const Turn = ({ line }: { line: Extract<TranscriptLine, { kind: 'turn' }> }) => (
  // Read out once it is complete: then it is an element of its own.
  <li className={style.turn} data-speaker={line.speaker} aria-hidden={line.isSpoken ? undefined : true}>
    <span className={style.speaker}>{line.speaker === 'caller' ? 'You' : 'Assistant'}</span>
    <span>
      {line.heard}{' '}
      {line.rest === '' ? null : line.isCut ? (
        <del className={style.cut}>{line.rest}</del>
      ) : (
        <span className={style.toCome}>{line.rest}</span>
      )}{' '}
      {line.isCut && line.heardMs !== undefined && line.generatedMs !== undefined ? (
        <span className={style.share}>
          ✂ heard {secondsText(line.heardMs)} of {secondsText(line.generatedMs)} s
        </span>
      ) : null}
    </span>
  </li>
)

/** What was said, as it is spoken, with the words that an interruption has cut. */
export const TranscriptView = ({ isUp }: { isUp: boolean }) => {
  const news = useSyncExternalStore(phone.news.subscribe, phone.news.get)
  const now = useSpokenNow(isUp)
  const list = useRef<HTMLDivElement>(null)
  const follows = useRef(true)
  const lines = linesOf(news, Math.max(now, news.readAtMs))
  useEffect(() => {
    if (follows.current) list.current?.scrollTo({ top: list.current.scrollHeight })
  })
  const onScroll = () => {
    const { scrollHeight, scrollTop, clientHeight } = list.current!
    follows.current = scrollHeight - scrollTop - clientHeight < FOLLOWS_WITHIN
  }
  return (
    <div
      ref={list}
      className={style.transcript}
      role="log"
      aria-label="Transcript"
      // It scrolls: the keyboard has to get there.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onScroll={onScroll}
    >
      {lines.length === 0 ? <p className={style.quiet}>{isUp ? 'Nothing said yet.' : 'Nothing was said.'}</p> : null}
      <ol>
        {lines.map((line) =>
          line.kind === 'tool' ? (
            <Tool key={line.key} line={line} />
          ) : (
            <Turn key={line.isSpoken ? line.key : `${line.key} …`} line={line} />
          ),
        )}
      </ol>
    </div>
  )
}
