import style from './timeline.module.css'
import { words } from './call-words.ts'

/** The rows of the picture from above, and how high each is (px). */
export const LANES = ['caller', 'assistant', 'tools', 'call', 'turns'] as const

/** The height of each row (px). */
export const ROW = { ticks: 24, caller: 26, assistant: 30, tools: 20, call: 22, turns: 20 } as const

/** Where a row begins (px). */
export const lanesTop = (lane: (typeof LANES)[number]): number =>
  ROW.ticks + LANES.slice(0, LANES.indexOf(lane)).reduce((sum, each) => sum + ROW[each], 0)

/** The names of the rows, which stay while the picture scrolls. */
export const LaneNames = () => (
  <ul className={style.names} aria-hidden="true">
    {LANES.map((lane) => (
      <li key={lane} style={{ blockSize: ROW[lane] }}>
        {words.lanes[lane]}
      </li>
    ))}
  </ul>
)

/** What the patterns mean. */
export const Legend = () => (
  <p className={style.legend}>
    {(['heard', 'cut', 'spoke', 'noise'] as const).map((kind) => (
      <span key={kind}>
        <i className={`${style.swatch} ${style[`${kind}Swatch`]}`} aria-hidden="true" /> {words.legend[kind]}
      </span>
    ))}
    <span>
      <b className={style.silentSwatch} aria-hidden="true" /> {words.legend.silent}
    </span>
  </p>
)
