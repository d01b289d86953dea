import { useEffect, useRef } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { stacked, type Track } from './findings.ts'

const HEIGHT = 220
const COLOURS = ['accent', 'caller', 'warn', 'bad', 'good', 'quiet'] as const
/** What tells lines apart without their colour. */
const DASHES = [[], [6, 4], [2, 3], [10, 3, 2, 3], [1, 4], [8, 8]]

/** The present value of a colour token. */
const colourOf = (within: HTMLElement, token: string): string => {
  const probe = within.appendChild(document.createElement('i'))
  probe.style.color = `var(--${token})`
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

/** Stripes of their own slope for each part of a stack; the first is plain. */
const fillOf = (colour: string, behind: string, index: number): string | CanvasPattern => {
  const size = 8
  const canvas = Object.assign(document.createElement('canvas'), { width: size, height: size })
  const context = canvas.getContext('2d')
  if (index === 0 || !context) return colour
  // What is stacked above goes down to zero: it must not show through.
  context.fillStyle = behind
  context.fillRect(0, 0, size, size)
  context.strokeStyle = colour
  context.lineWidth = index % 3 === 0 ? 1.5 : 3
  context.beginPath()
  for (const shift of [-size, 0, size]) {
    const isFalling = index % 2 === 0
    context.moveTo(shift, isFalling ? 0 : size)
    context.lineTo(shift + size, isFalling ? size : 0)
  }
  context.stroke()
  return context.createPattern(canvas, 'repeat') ?? colour
}

/** What is drawn. */
export interface PlotProps {
  readonly kind: 'lines' | 'stack'
  /** Beginnings of the days, in seconds. */
  readonly times: readonly number[]
  readonly tracks: readonly Track[]
  readonly unit: (value: number) => string
  /** A value that should not be exceeded. */
  readonly budget?: number | undefined
  readonly zone: string
}

/** Draws tracks over days; the table beside it is for those who do not see it. */
const Plot = ({ kind, times, tracks, unit, budget, zone }: PlotProps) => {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const within = place.current!
    let plot: UPlot | undefined
    const draw = (): void => {
      plot?.destroy()
      const axis = { stroke: colourOf(within, 'quiet'), grid: { stroke: colourOf(within, 'line'), width: 1 } }
      const isStack = kind === 'stack'
      const behind = colourOf(within, 'raised')
      const halfDay = isStack ? 43_200 : 0
      const drawn = isStack ? stacked(tracks).toReversed() : tracks
      const series = drawn.map(({ label }, at) => {
        const index = isStack ? drawn.length - 1 - at : at
        const stroke = colourOf(within, COLOURS[index % COLOURS.length]!)
        return {
          label,
          stroke,
          width: isStack ? 1 : 2,
          dash: isStack ? [] : DASHES[index % DASHES.length]!,
          points: { show: !isStack && times.length < 60 },
          value: (_: UPlot, _value: number | null, _series: number, day: number | null) => {
            const own = day === null ? null : tracks[index]?.values[day]
            return own === null || own === undefined ? '–' : unit(own)
          },
          ...(isStack
            ? { fill: () => fillOf(stroke, behind, index) as string, paths: UPlot.paths.bars!({ size: [0.7, 40] }) }
            : {}),
        }
      })
      const limit =
        budget === undefined
          ? []
          : [{ label: 'budget', stroke: colourOf(within, 'bad'), dash: [4, 4], width: 1, points: { show: false } }]
      plot = new UPlot(
        {
          width: within.clientWidth,
          height: HEIGHT,
          tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1_000), zone),
          cursor: { drag: { x: false, y: false } },
          scales: {
            x: { range: (_, least, most) => [least - halfDay, most + halfDay] },
            y: { range: (_, _least, most) => [0, most > 0 ? most * 1.08 : 1] },
          },
          axes: [axis, { ...axis, size: 64, values: (_, values) => values.map(unit) }],
          series: [{}, ...series, ...limit],
        },
        [
          [...times],
          ...drawn.map(({ values }) => [...values]),
          ...(budget === undefined ? [] : [times.map(() => budget)]),
        ] as UPlot.AlignedData,
        within,
      )
    }
    draw()
    const resizing = new ResizeObserver(() => plot?.setSize({ width: within.clientWidth, height: HEIGHT }))
    resizing.observe(within)
    const theme = new MutationObserver(draw)
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', draw)
    return () => {
      resizing.disconnect()
      theme.disconnect()
      scheme.removeEventListener('change', draw)
      plot?.destroy()
    }
  }, [kind, times, tracks, unit, budget, zone])
  return <div ref={place} aria-hidden="true" />
}

export default Plot
