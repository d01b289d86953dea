import type { Layout } from './lane-layout.ts'
import type { Lanes } from './lanes.ts'
import style from './timeline.module.css'
import { words } from './call-words.ts'

/** The names of the rows, which stay while the picture scrolls. */
export const LaneNames = ({ layout }: { layout: Layout }) => (
  <ul className={style.names} aria-hidden="true">
    {layout.rows.map(({ lane, height }) => (
      <li key={lane} style={{ blockSize: height }}>
        {words.lanes[lane]}
      </li>
    ))}
  </ul>
)

const PATTERNS = ['heard', 'cut', 'unsent', 'spoke', 'noise', 'kept'] as const

/** What the patterns mean, of those that this picture has. */
export const Legend = ({ lanes }: { lanes: Lanes }) => {
  const kinds = new Set<string>([...lanes.caller, ...lanes.assistant].map(({ kind }) => kind))
  return (
    <p className={style.legend}>
      {PATTERNS.filter((kind) => kinds.has(kind)).map((kind) => (
        <span key={kind}>
          <i className={`${style.swatch} ${style[`${kind}Swatch`]}`} aria-hidden="true" /> {words.legend[kind]}
        </span>
      ))}
      {lanes.marks.some(({ kind }) => kind === 'silent') ? (
        <span>
          <b className={style.silentSwatch} aria-hidden="true" /> {words.legend.silent}
        </span>
      ) : null}
    </p>
  )
}
