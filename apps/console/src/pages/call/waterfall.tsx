import { countText, moneyText, preciseText } from '../../parts/figures.ts'
import { answerTimes, BUDGET, setUpOf, silencedIn, type Story, type Turn } from './story.ts'
import style from './waterfall.module.css'
import { words } from './call-words.ts'

interface Row {
  readonly name: string
  readonly ms: number
}

/** Rows of bars from zero on, with a line at the budget (ms). */
const Bars = ({ rows, budgetMs }: { rows: readonly Row[]; budgetMs: number }) => {
  const most = Math.max(budgetMs * 1.15, ...rows.map(({ ms }) => ms))
  return (
    <table className={style.bars}>
      <tbody>
        {rows.map(({ name, ms }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className={style.ms}>
              {ms > budgetMs ? <span className={style.over}>▲ {preciseText(ms)}</span> : preciseText(ms)}
            </td>
            <td className={style.track} aria-hidden="true">
              <svg width="100%" height="12">
                <rect
                  width={`${Math.max(0.8, (ms / most) * 100)}%`}
                  y="2"
                  height="8"
                  rx="2"
                  className={ms > budgetMs ? style.barOver : style.bar}
                />
                <line
                  x1={`${(budgetMs / most) * 100}%`}
                  x2={`${(budgetMs / most) * 100}%`}
                  y1="0"
                  y2="12"
                  className={style.budget}
                />
              </svg>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const tokensText = ({ usage, costUsd }: Turn): string | undefined => {
  if (!usage) return undefined
  const { input, output } = usage
  const cached = input.cachedText + input.cachedAudio
  const cost = costUsd === undefined ? '' : ` · ${moneyText(costUsd)}`
  return `${countText(input.text + input.audio)} tokens in (${countText(cached)} cached), ${countText(output.text + output.audio)} out${cost}`
}

const Amounts = ({ story, turn }: { story: Story; turn: Turn }) => {
  const silenced = silencedIn(story, turn)
  const tokens = tokensText(turn)
  return (
    <>
      {silenced ? (
        <p>
          <b>Interrupted:</b> told to be silent after {preciseText(silenced.sentMs)}, silent in the ear after{' '}
          {preciseText(silenced.earMs)}.
        </p>
      ) : null}
      {turn.sentMs === undefined ? null : (
        <p>
          Heard {preciseText(turn.heardMs)} of {preciseText(turn.sentMs)} sent
          {turn.generatedMs === undefined ? '' : `, ${preciseText(turn.generatedMs)} generated`}.
        </p>
      )}
      {tokens ? <p className={style.about}>{tokens}</p> : null}
    </>
  )
}

/** Where the time of one answer went, what it took to fall silent, and what it cost. */
export const TurnTimes = ({ story, turn }: { story: Story; turn: Turn }) => {
  const times = turn.speaker === 'assistant' ? answerTimes(story, turn) : undefined
  const isGreeting = turn.speaker === 'assistant' && story.turns.find(({ speaker }) => speaker === 'assistant') === turn
  if (isGreeting && !times && story.firstWordsMs !== undefined)
    return (
      <>
        <p className={style.about}>After the caller was connected; the line is at {preciseText(BUDGET.firstWordsMs)}</p>
        <Bars rows={[{ name: 'first words', ms: story.firstWordsMs }]} budgetMs={BUDGET.firstWordsMs} />
        <Amounts story={story} turn={turn} />
      </>
    )
  const rows = times
    ? [
        ...(times.deltaMs === undefined ? [] : [{ name: 'first sound from the model', ms: times.deltaMs }]),
        { name: 'handed to the line', ms: times.sentMs },
        ...(times.heardMs === undefined ? [] : [{ name: 'heard by the caller', ms: times.heardMs }]),
      ]
    : []
  return (
    <>
      {rows.length > 0 ? (
        <>
          <p className={style.about}>
            After the caller stopped speaking; the line is at {preciseText(BUDGET.answerMs)}
          </p>
          <Bars rows={rows} budgetMs={BUDGET.answerMs} />
        </>
      ) : (
        <p className={style.about}>
          {turn.speaker === 'caller'
            ? `The caller spoke for ${preciseText((turn.endedMs ?? turn.atMs) - (turn.startedMs ?? turn.atMs))}.`
            : 'The caller had not spoken before it: there is no delay to measure.'}
        </p>
      )}
      <Amounts story={story} turn={turn} />
    </>
  )
}

/** From the webhook to the first sound: what came when, and for how long it rang. */
export const SetUp = ({ story }: { story: Story }) => {
  const steps = setUpOf(story)
  if (steps.length === 0) return <p className={style.about}>Not kept of this call.</p>
  const media = steps.find(({ name }) => name === 'media')
  return (
    <>
      <p className={style.about}>
        {media && story.direction === 'inbound'
          ? `Since the webhook. The caller heard it ring for ${preciseText(media.atMs)}; the rest happened while it rang or after.`
          : 'Since the call began.'}
      </p>
      <Bars
        rows={steps.map(({ name, atMs }) => ({ name: words.setUp[name], ms: atMs }))}
        budgetMs={(media?.atMs ?? 0) + BUDGET.firstWordsMs}
      />
    </>
  )
}
