import { useMemo, useState } from 'react'
import { preciseText } from '../../parts/figures.ts'
import { Table, type Column } from '../../parts/table.tsx'
import type { Entry } from './entries.ts'
import { tickText } from './scale.ts'
import { answerTimes, silencedIn, type Story } from './story.ts'
import { actText, words } from './call-words.ts'
import style from './call.module.css'

const exactly = (ms: number | undefined): string => (ms === undefined ? '–' : tickText(Math.round(ms / 100) * 100))

const lengthOf = (entry: Entry): number | undefined => {
  if (entry.kind === 'turn' && entry.turn.endedMs !== undefined) return entry.turn.endedMs - entry.atMs
  if (entry.kind === 'speech' && entry.speech.endedMs !== undefined) return entry.speech.endedMs - entry.atMs
  if (entry.kind === 'act' && entry.act.endedMs !== undefined) return entry.act.endedMs - entry.atMs
  return entry.kind === 'tool' ? entry.tool.durationMs : undefined
}

const whatOf = (entry: Entry): string => {
  switch (entry.kind) {
    case 'turn':
      return entry.turn.text || words.notHeardAtAll
    case 'speech':
      return entry.speech.as === 'noise' ? words.noise : entry.speech.as === 'kept' ? words.kept : 'no words understood'
    case 'tool':
      return `${entry.tool.name}: ${entry.tool.outcome.replace('_', ' ')}`
    case 'transfer':
      return `${entry.transfer.kind} to ${entry.transfer.label ?? entry.transfer.route ?? 'somebody'}${entry.transfer.outcome ? `: ${entry.transfer.outcome.replace('_', ' ')}` : ''}`
    case 'problem':
      return `${entry.problem.code}: ${entry.problem.message}`
    case 'act':
      return `${actText(entry.act, entry.to)}${entry.act.text ? `: ${entry.act.text}` : ''}`
    case 'note':
      return entry.text
  }
}

/** Rows shown at once: a longer table would make the page wait. */
const ROWS = 100

const turnOf = (entry: Entry) => (entry.kind === 'turn' ? entry.turn : undefined)

const columnsOf = (story: Story): readonly Column<Entry>[] => [
  { title: 'From', cell: ({ atMs }) => exactly(atMs), isFigure: true },
  { title: 'Length', cell: (entry) => preciseText(lengthOf(entry)), isFigure: true },
  {
    title: 'Who',
    cell: (entry) =>
      entry.kind === 'turn'
        ? words.who[entry.turn.speaker]
        : entry.kind === 'speech'
          ? words.who.caller
          : words.who[entry.kind],
  },
  { title: 'What', cell: whatOf },
  {
    title: 'Heard of sent',
    cell: (entry) => {
      const turn = turnOf(entry)
      return turn?.sentMs === undefined
        ? '–'
        : `${preciseText(turn.heardMs)} of ${preciseText(turn.sentMs)}${turn.cut ? ', cut' : ''}`
    },
    isFigure: true,
  },
  {
    title: 'Delay',
    cell: (entry) => {
      const turn = turnOf(entry)
      const times = turn ? answerTimes(story, turn) : undefined
      return preciseText(times?.heardMs ?? times?.sentMs)
    },
    isFigure: true,
  },
  {
    title: 'Silent after',
    cell: (entry) => {
      const turn = turnOf(entry)
      return preciseText(turn ? silencedIn(story, turn)?.earMs : undefined)
    },
    isFigure: true,
  },
]

/** The picture as a table: the same facts in the same order, a page at a time, beginning with the one of `selected`. */
export const StoryTable = (props: { story: Story; entries: readonly Entry[]; selected: Entry | undefined }) => {
  const { story, entries, selected } = props
  const [first, setFirst] = useState(() => Math.floor(Math.max(0, entries.indexOf(selected!)) / ROWS) * ROWS)
  const columns = useMemo(() => columnsOf(story), [story])
  const end = Math.min(entries.length, first + ROWS)
  return (
    <>
      <Table
        caption="The call in order of time"
        columns={columns}
        rows={entries.slice(first, end)}
        rowKey={({ id }) => id}
      />
      {entries.length > ROWS ? (
        <nav aria-label="Parts of the table" className={style.parts}>
          <button type="button" disabled={first === 0} onClick={() => setFirst(first - ROWS)}>
            Before
          </button>
          <output>
            {first + 1}–{end} of {entries.length}
          </output>
          <button type="button" disabled={end === entries.length} onClick={() => setFirst(first + ROWS)}>
            After
          </button>
        </nav>
      ) : null}
    </>
  )
}
