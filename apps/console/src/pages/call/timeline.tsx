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
import type { components } from '../../api/openapi.ts'
import { preciseText } from '../../parts/figures.ts'
import { layoutOf, rowOf, TICKS_PX, type Lane, type Layout } from './lane-layout.ts'
import { LaneNames, Legend } from './lane-rows.tsx'
import { figuresThatFit, type Bar, type Lanes } from './lanes.ts'
import {
  inView,
  loudnessPath,
  MANY_SHAPES,
  mayZoomIn,
  mergeStretches,
  scaleOf,
  tickText,
  ticksOf,
  type Scale,
  type Stretch,
} from './scale.ts'
import { Marks } from './timeline-marks.tsx'
import style from './timeline.module.css'
import { words } from './call-words.ts'

const FIGURE_PX = 66
/** Half of the knob on top of the playhead. */
const KNOB_PX = 4

/** The loudness of the recording of a call. */
export type Peaks = components['schemas']['RecordingPeaks']

interface Selection {
  readonly atMs: number
  readonly turn?: number | undefined
}

const barHeight = (kind: string, row: number): { dy: number; h: number } => {
  if (kind === 'unsent') return { dy: row / 2 - 1, h: 2 }
  if (kind === 'noise' || kind === 'kept') return { dy: row / 2 - 5, h: 10 }
  return { dy: 3, h: row - 6 }
}

const Bars = (props: {
  bars: readonly Bar[]
  scale: Scale
  layout: Layout
  lane: Lane
  isMany: boolean
  hatch: string
}) => {
  const { bars, scale, layout, lane, isMany, hatch } = props
  const { top, height } = rowOf(layout, lane)
  const leastPx = lane === 'tools' ? 3 : 1.5
  const fillOf = (kind: string) => (kind === 'cut' ? `url(#${hatch})` : undefined)
  const box = ({ fromMs, toMs, kind }: Stretch) => {
    const { dy, h } = barHeight(kind, height)
    const x = scale.x(fromMs)
    return { x, y: top + dy, width: Math.max(leastPx, scale.x(toMs) - x), height: h }
  }
  // Of many, a shape for each kind, and none for each of them.
  if (isMany)
    return [...Map.groupBy(mergeStretches(bars, scale), ({ kind }) => kind)].map(([kind, stretches]) => (
      <path
        key={kind}
        className={style[kind]}
        fill={fillOf(kind)}
        d={stretches
          .map((each) => {
            const { x, y, width, height: h } = box(each)
            return `M${x.toFixed(1)} ${y}h${width.toFixed(1)}v${h}h${(-width).toFixed(1)}z`
          })
          .join('')}
      />
    ))
  return bars.map((bar, index) => (
    <rect
      // oxlint-disable-next-line react/no-array-index-key -- stretches have no other name, and keep their order
      key={index}
      {...box(bar)}
      rx={bar.kind === 'unsent' ? 0 : 2}
      className={style[bar.kind]}
      fill={fillOf(bar.kind)}
    >
      <title>{bar.label}</title>
    </rect>
  ))
}

/** The phases, named where they are long enough. */
const PhaseNames = ({ bars, scale, layout }: { bars: readonly Bar[]; scale: Scale; layout: Layout }) =>
  bars
    .filter(({ fromMs, toMs, label }) => scale.x(toMs) - scale.x(fromMs) > label.length * 7 + 8)
    .map(({ fromMs, label }) => (
      <text key={fromMs} x={scale.x(fromMs) + 5} y={rowOf(layout, 'call').top + 14} className={style.inBar}>
        {label}
      </text>
    ))

const Ticks = ({ scale, fromMs, toMs, height }: { scale: Scale; fromMs: number; toMs: number; height: number }) =>
  ticksOf(scale)
    .filter((ms) => ms >= fromMs - 1_000 && ms <= toMs + 1_000)
    .map((ms) => (
      <g key={ms}>
        <line x1={scale.x(ms)} x2={scale.x(ms)} y1={TICKS_PX - 4} y2={height} className={style.grid} />
        <text x={scale.x(ms) + 3} y={TICKS_PX - 7} className={style.tick}>
          {tickText(ms)}
        </text>
      </g>
    ))

/** The loudness of both sides: the caller above the line, the assistant below. */
const Loudness = memo(({ peaks, scale, layout }: { peaks: Peaks; scale: Scale; layout: Layout }) => {
  const { top, height } = rowOf(layout, 'sound')
  const middle = top + height / 2
  const { caller, assistant, stepMs } = peaks
  return (
    <>
      <path d={loudnessPath(caller, stepMs, scale, middle, 2 - height / 2)} className={style.loudCaller} />
      <path d={loudnessPath(assistant, stepMs, scale, middle, height / 2 - 2)} className={style.loudAssistant} />
    </>
  )
})

/** The shapes, which stay as they are while the playhead moves. */
const Shapes = memo((props: { lanes: Lanes; scale: Scale; layout: Layout; fromMs: number; toMs: number }) => {
  const { lanes, scale, layout, fromMs, toMs } = props
  const hatch = `hatch-${useId().replaceAll(/\W/g, '')}`
  const isSeen = ({ atMs }: { atMs: number }) => atMs >= fromMs && atMs <= toMs
  const [caller, assistant, tools, phases, people] = (
    ['caller', 'assistant', 'tools', 'phases', 'people'] as const
  ).map((row) => inView(lanes[row], fromMs, toMs)) as [Bar[], Bar[], Bar[], Bar[], Bar[]]
  const isMany = caller.length + assistant.length + tools.length > MANY_SHAPES
  const common = { scale, layout, isMany, hatch }
  const figures = figuresThatFit(lanes.figures, scale.ms(FIGURE_PX)).filter(isSeen)
  const delays = rowOf(layout, 'turns')
  const own = rowOf(layout, 'assistant')
  const callers = rowOf(layout, 'caller')
  return (
    <>
      <defs>
        <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="6" height="6" className={style.hatchGround} />
          <rect width="2" height="6" className={style.hatchLine} />
        </pattern>
      </defs>
      <rect y={callers.top} width={scale.widthPx} height={callers.height} className={style.ground} />
      <Ticks scale={scale} fromMs={fromMs} toMs={toMs} height={layout.height} />
      <Bars bars={caller} lane="caller" {...common} />
      <Bars bars={assistant.filter(({ kind }) => kind !== 'heard')} lane="assistant" {...common} />
      <Bars bars={assistant.filter(({ kind }) => kind === 'heard')} lane="assistant" {...common} />
      <Bars bars={tools} lane="tools" {...common} />
      <Bars bars={phases} lane="call" {...common} />
      <Bars bars={people} lane="people" {...common} />
      <PhaseNames bars={phases} scale={scale} layout={layout} />
      <Marks marks={lanes.marks.filter(isSeen)} scale={scale} layout={layout} isMany={isMany} />
      {figures.map(({ atMs, ms, isOver, wasCut, turn }) => (
        <g key={turn}>
          <line
            x1={scale.x(atMs)}
            x2={scale.x(atMs)}
            y1={own.top + own.height - 2}
            y2={delays.top}
            className={style.stem}
          />
          <text x={scale.x(atMs)} y={delays.top + 13} className={isOver ? style.over : style.figure}>
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
const Chosen = (props: { lanes: Lanes; scale: Scale; layout: Layout; turn: number | undefined }) => {
  const { lanes, scale, layout, turn } = props
  if (turn === undefined) return null
  const drawn = (['caller', 'assistant'] as const).flatMap((lane) =>
    lanes[lane].flatMap((bar) => (bar.turn === turn && bar.kind !== 'unsent' ? [{ bar, lane }] : [])),
  )
  return drawn.map(({ bar, lane }) => (
    <rect
      key={bar.kind}
      x={scale.x(bar.fromMs)}
      y={rowOf(layout, lane).top + 3}
      width={Math.max(2, scale.x(bar.toMs) - scale.x(bar.fromMs))}
      height={rowOf(layout, lane).height - 6}
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

/** The lanes of a call: who was heard when, what was cut, tools, phases, what colleagues did, and the delays of the answers. */
export const Timeline = (props: {
  lanes: Lanes
  /** Of the recording, where there is one. */
  peaks: Peaks | undefined
  selection: Selection
  onSelect: (atMs: number) => void
  /** Keeps the end in view while the call goes on. */
  isFollowing: boolean
  onScrolled: () => void
}) => {
  const { lanes, peaks, selection, onSelect, isFollowing, onScrolled } = props
  const place = useRef<HTMLElement>(null)
  const placePx = useWidth(place)
  const [zoom, setZoom] = useState(1)
  const [left, setLeft] = useState(0)
  const scale = useMemo(() => scaleOf(lanes.endMs, placePx, zoom), [lanes.endMs, placePx, zoom])
  const hasSound = peaks !== undefined
  const hasPeople = lanes.people.length > 0 || lanes.marks.some(({ kind }) => kind === 'note' || kind === 'act')
  const layout = useMemo(() => layoutOf({ hasSound, hasPeople }), [hasSound, hasPeople])
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
    onSelect(Math.min(lanes.nowMs, scale.ms(event.clientX - box.left)))
  }
  // A screen to either side is drawn too, in steps of half a screen.
  const step = Math.max(1, placePx / 2)
  const from = Math.floor(left / step) * step
  return (
    <div className={style.timeline}>
      <LaneNames layout={layout} />
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
        <svg
          width={scale.widthPx}
          height={layout.height}
          className={style.picture}
          onPointerUp={point}
          aria-hidden="true"
        >
          <Shapes
            lanes={lanes}
            scale={scale}
            layout={layout}
            fromMs={scale.ms(from - placePx)}
            toMs={scale.ms(from + 2.5 * placePx)}
          />
          {peaks ? <Loudness peaks={peaks} scale={scale} layout={layout} /> : null}
          <Chosen lanes={lanes} scale={scale} layout={layout} turn={selection.turn} />
          <line x1={playheadX} x2={playheadX} y1={4} y2={layout.height} className={style.playhead} />
          <circle cx={Math.max(KNOB_PX, playheadX)} cy={5} r={KNOB_PX} className={style.playheadKnob} />
        </svg>
      </section>
      <div className={style.foot}>
        <Legend lanes={lanes} />
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
