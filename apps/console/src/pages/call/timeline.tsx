import {
  memo,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type PointerEvent,
  type RefObject,
} from 'react'
import { preciseText } from '../../parts/figures.ts'
import { lanesTop, type LANES, LaneNames, Legend, ROW } from './lane-rows.tsx'
import { figuresThatFit, type Bar, type Lanes } from './lanes.ts'
import { inView, MANY_SHAPES, mayZoomIn, mergeStretches, scaleOf, tickText, ticksOf, type Scale } from './scale.ts'
import style from './timeline.module.css'
import { words } from './call-words.ts'

const FIGURE_PX = 58
const HEIGHT = lanesTop('turns') + ROW.turns + 4

interface Selection {
  readonly atMs: number
  readonly turn?: number | undefined
}

const barHeight = (bar: Pick<Bar, 'kind'>, row: number): { dy: number; h: number } => {
  if (bar.kind === 'unsent') return { dy: row / 2 - 1, h: 2 }
  if (bar.kind === 'noise' || bar.kind === 'kept') return { dy: row / 2 - 5, h: 10 }
  return { dy: 3, h: row - 6 }
}

const Bars = (props: {
  bars: readonly Bar[]
  scale: Scale
  lane: (typeof LANES)[number]
  isMany: boolean
  hatch: string
}) => {
  const { bars, scale, lane, isMany, hatch } = props
  const drawn: readonly (Bar | { fromMs: number; toMs: number; kind: string })[] = isMany
    ? mergeStretches(bars, scale)
    : bars
  return drawn.map((bar, index) => {
    const { dy, h } = barHeight(bar as Bar, ROW[lane])
    const x = scale.x(bar.fromMs)
    const w = Math.max(lane === 'tools' ? 3 : 1.5, scale.x(bar.toMs) - x)
    return (
      <rect
        // oxlint-disable-next-line react/no-array-index-key -- stretches have no other name, and keep their order
        key={index}
        x={x}
        y={lanesTop(lane) + dy}
        width={w}
        height={h}
        rx={bar.kind === 'unsent' ? 0 : 2}
        className={style[bar.kind]}
        fill={bar.kind === 'cut' ? `url(#${hatch})` : undefined}
      >
        {'label' in bar ? <title>{bar.label}</title> : null}
      </rect>
    )
  })
}

/** The shapes, which stay as they are while the playhead moves. */
const Shapes = memo((props: { lanes: Lanes; scale: Scale; fromMs: number; toMs: number }) => {
  const { lanes, scale, fromMs, toMs } = props
  const hatch = `hatch-${useId().replaceAll(/\W/g, '')}`
  const isMany = lanes.shapes > MANY_SHAPES
  const seen = (bars: readonly Bar[]): readonly Bar[] => (isMany ? inView(bars, fromMs, toMs) : bars)
  const common = { scale, isMany, hatch }
  const cuts = lanes.assistant.filter(({ kind }) => kind === 'cut' || kind === 'unsent')
  const heard = lanes.assistant.filter(({ kind }) => kind === 'heard')
  const figures = figuresThatFit(lanes.figures, scale.ms(FIGURE_PX)).filter(
    ({ atMs }) => !isMany || (atMs >= fromMs && atMs <= toMs),
  )
  return (
    <>
      <defs>
        <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="6" height="6" className={style.hatchGround} />
          <rect width="2" height="6" className={style.hatchLine} />
        </pattern>
      </defs>
      {ticksOf(scale)
        .filter((ms) => ms >= fromMs - 1_000 && ms <= toMs + 1_000)
        .map((ms) => (
          <g key={ms}>
            <line x1={scale.x(ms)} x2={scale.x(ms)} y1={ROW.ticks - 4} y2={HEIGHT} className={style.grid} />
            <text x={scale.x(ms) + 3} y={ROW.ticks - 7} className={style.tick}>
              {tickText(ms)}
            </text>
          </g>
        ))}
      <Bars bars={seen(lanes.caller)} lane="caller" {...common} />
      <Bars bars={seen(cuts)} lane="assistant" {...common} />
      <Bars bars={seen(heard)} lane="assistant" {...common} />
      <Bars bars={seen(lanes.tools)} lane="tools" {...common} />
      <Bars bars={seen(lanes.phases)} lane="call" {...common} />
      {isMany
        ? null
        : lanes.phases
            .filter(({ fromMs: from, toMs: to, label }) => scale.x(to) - scale.x(from) > label.length * 7 + 8)
            .map(({ fromMs: from, label }) => (
              <text key={from} x={scale.x(from) + 5} y={lanesTop('call') + 14} className={style.inBar}>
                {label}
              </text>
            ))}
      {lanes.marks.map(({ atMs, kind, label }) => (
        <g key={`${kind}${atMs}${label}`} className={style[`${kind}Mark`]}>
          <title>{label}</title>
          {kind === 'silent' ? (
            <>
              <line
                x1={scale.x(atMs)}
                x2={scale.x(atMs)}
                y1={lanesTop('assistant') - 1}
                y2={lanesTop('assistant') + ROW.assistant + 1}
              />
              {isMany ? null : (
                <text x={scale.x(atMs)} y={lanesTop('tools') + 13} className={style.figure}>
                  {label}
                </text>
              )}
            </>
          ) : (
            <>
              <line x1={scale.x(atMs)} x2={scale.x(atMs)} y1={ROW.ticks} y2={lanesTop('call') + ROW.call} />
              <text x={scale.x(atMs) + 3} y={lanesTop('tools') + 12}>
                {kind === 'problem' ? '✖' : '↗'}
              </text>
            </>
          )}
        </g>
      ))}
      {figures.map(({ atMs, ms, isOver, wasCut, turn }) => (
        <g key={turn}>
          <line
            x1={scale.x(atMs)}
            x2={scale.x(atMs)}
            y1={lanesTop('assistant') + ROW.assistant - 2}
            y2={lanesTop('turns')}
            className={style.stem}
          />
          <text x={scale.x(atMs)} y={lanesTop('turns') + 13} className={isOver ? style.over : style.figure}>
            {isOver ? '▲ ' : ''}
            {preciseText(ms)}
            {wasCut ? ' ✂' : ''}
          </text>
        </g>
      ))}
    </>
  )
})

/** The outline of the turn that is chosen. */
const Chosen = ({ lanes, scale, turn }: { lanes: Lanes; scale: Scale; turn: number | undefined }) => {
  if (turn === undefined) return null
  const drawn = (['caller', 'assistant'] as const).flatMap((lane) =>
    lanes[lane].flatMap((bar) => (bar.turn === turn && bar.kind !== 'unsent' ? [{ bar, lane }] : [])),
  )
  return drawn.map(({ bar, lane }) => (
    <rect
      key={bar.kind}
      x={scale.x(bar.fromMs)}
      y={lanesTop(lane) + 3}
      width={Math.max(2, scale.x(bar.toMs) - scale.x(bar.fromMs))}
      height={ROW[lane] - 6}
      rx="2"
      className={style.selected}
    />
  ))
}

/** The width of an element in steps, so that a moving scroll bar does not draw everything again. */
const useWidth = (place: RefObject<HTMLElement | null>): number => {
  const [widthPx, setWidthPx] = useState(600)
  useLayoutEffect(() => {
    const element = place.current!
    const measure = () => setWidthPx(Math.max(200, element.clientWidth))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [place])
  return widthPx
}

/** The lanes of a call: who was heard when, what was cut, tools, phases and the delays of the answers. */
export const Timeline = (props: {
  lanes: Lanes
  selection: Selection
  onSelect: (atMs: number) => void
  /** Keeps the end in view while the call goes on. */
  isFollowing: boolean
  onScrolled: () => void
}) => {
  const { lanes, selection, onSelect, isFollowing, onScrolled } = props
  const place = useRef<HTMLElement>(null)
  const placePx = useWidth(place)
  const [zoom, setZoom] = useState(1)
  const [left, setLeft] = useState(0)
  const scale = useMemo(() => scaleOf(lanes.endMs, placePx, zoom), [lanes.endMs, placePx, zoom])
  const playheadX = scale.x(Math.min(selection.atMs, lanes.endMs))

  useEffect(() => {
    const element = place.current!
    if (isFollowing) element.scrollLeft = element.scrollWidth
  })
  useEffect(() => {
    const element = place.current!
    if (isFollowing) return
    const margin = Math.min(80, element.clientWidth / 4)
    if (playheadX < element.scrollLeft + margin || playheadX > element.scrollLeft + element.clientWidth - margin)
      element.scrollLeft = playheadX - element.clientWidth / 2
    // Follows the selection and the zoom, not the reader's own scrolling.
  }, [playheadX, isFollowing, place])

  const point = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    onSelect(scale.ms(event.clientX - box.left))
  }
  // A screen to either side is drawn too, in steps of half a screen.
  const step = Math.max(1, placePx / 2)
  const from = Math.floor(left / step) * step
  return (
    <div className={style.timeline}>
      <LaneNames />
      <section
        ref={place}
        className={style.place}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={words.timelineLabel}
        onScroll={(event) => setLeft(event.currentTarget.scrollLeft)}
        onWheel={onScrolled}
        onPointerDown={onScrolled}
      >
        <svg width={scale.widthPx} height={HEIGHT} className={style.picture} onPointerUp={point} aria-hidden="true">
          <Shapes lanes={lanes} scale={scale} fromMs={scale.ms(from - placePx)} toMs={scale.ms(from + 2.5 * placePx)} />
          <Chosen lanes={lanes} scale={scale} turn={selection.turn} />
          <line x1={playheadX} x2={playheadX} y1={4} y2={HEIGHT} className={style.playhead} />
          <circle cx={playheadX} cy={5} r={4} className={style.playheadKnob} />
        </svg>
      </section>
      <div className={style.foot}>
        <Legend />
        <div className={style.zoom}>
          <button type="button" disabled={zoom <= 1} onClick={() => setZoom(Math.max(1, zoom / 2))}>
            −<span className="unseen"> {words.zoomOut}</span>
          </button>
          <button type="button" disabled={!mayZoomIn(scale)} onClick={() => setZoom(zoom * 2)}>
            +<span className="unseen"> {words.zoomIn}</span>
          </button>
        </div>
      </div>
    </div>
  )
}
