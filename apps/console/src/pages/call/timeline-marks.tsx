import { rowOf, TICKS_PX, type Layout } from './lane-layout.ts'
import { textsThatFit, textsWithRoom, type Mark } from './lanes.ts'
import type { Scale } from './scale.ts'
import style from './timeline.module.css'

/** The longest text of a mark. */
const TEXT_PX = 110

/** A text at a moment, to the left of it at the end of the picture. */
const MarkText = ({
  mark: { atMs, text },
  scale,
  y,
}: {
  mark: { atMs: number; text?: string | undefined }
  scale: Scale
  y: number
}) => {
  const x = scale.x(atMs)
  const isLast = x > scale.widthPx - TEXT_PX
  return (
    <text x={isLast ? x - 3 : x + 3} y={y} textAnchor={isLast ? 'end' : undefined} className={style.figure}>
      {text}
    </text>
  )
}

/** From the speech that interrupts to silence in the ear: a bracket between the two rows. */
const bracketOf = ({ fromMs, atMs }: Mark, scale: Scale, layout: Layout): string => {
  const { top, height } = rowOf(layout, 'assistant')
  const x = scale.x(atMs)
  return `M${scale.x(fromMs ?? atMs)} ${top - 3}V${top}H${x}V${top + height + 1}`
}

/** An interruption, with both figures below. */
const Silenced = ({ mark, scale, layout, hasText }: { mark: Mark; scale: Scale; layout: Layout; hasText: boolean }) => {
  return (
    <>
      <path d={bracketOf(mark, scale, layout)} />
      {hasText ? <MarkText mark={mark} scale={scale} y={rowOf(layout, 'tools').top + 13} /> : null}
    </>
  )
}

/** What colleagues did, in their own row: a sign, and the name where there is room. */
const Acted = ({ mark, scale, layout, hasName }: { mark: Mark; scale: Scale; layout: Layout; hasName: boolean }) => {
  const { top, height } = rowOf(layout, 'people')
  const x = scale.x(mark.atMs)
  const shown = hasName ? mark : { ...mark, text: mark.text?.split(' ')[0] }
  return (
    <>
      <line x1={x} x2={x} y1={top + 2} y2={top + height - 2} />
      <MarkText mark={shown} scale={scale} y={top + 15} />
    </>
  )
}

const Moment = ({ mark: { atMs, kind }, scale, layout }: { mark: Mark; scale: Scale; layout: Layout }) => {
  const { top, height } = rowOf(layout, 'call')
  return (
    <>
      <line x1={scale.x(atMs)} x2={scale.x(atMs)} y1={TICKS_PX} y2={top + height} />
      <text x={scale.x(atMs) + 3} y={rowOf(layout, 'tools').top + 12}>
        {kind === 'problem' ? '✖' : '↗'}
      </text>
    </>
  )
}

/** Moments of a call: interruptions, problems, transfers, and what colleagues did. `isMany`: those without room for a text are one shape. */
export const Marks = (props: { marks: readonly Mark[]; scale: Scale; layout: Layout; isMany: boolean }) => {
  const { marks, scale, layout, isMany } = props
  const isActed = ({ kind }: Mark) => kind === 'note' || kind === 'act'
  const widthMs = scale.ms(TEXT_PX)
  const interruptions = marks.filter(({ kind }) => kind === 'silent')
  const written = textsThatFit(interruptions, widthMs)
  const withNames = textsWithRoom(marks.filter(isActed), widthMs)
  const isBare = (mark: Mark) => isMany && mark.kind === 'silent' && !written.has(mark)
  return (
    <>
      <path
        className={style.bareMarks}
        d={interruptions
          .filter(isBare)
          .map((mark) => bracketOf(mark, scale, layout))
          .join('')}
      />
      {marks.map((mark) =>
        isBare(mark) ? null : (
          <g key={`${mark.kind}${mark.atMs}${mark.label}`} className={style[`${mark.kind}Mark`]}>
            <title>{mark.label}</title>
            {mark.kind === 'silent' ? (
              <Silenced mark={mark} scale={scale} layout={layout} hasText={written.has(mark)} />
            ) : isActed(mark) ? (
              <Acted mark={mark} scale={scale} layout={layout} hasName={withNames.has(mark)} />
            ) : (
              <Moment mark={mark} scale={scale} layout={layout} />
            )}
          </g>
        ),
      )}
    </>
  )
}
