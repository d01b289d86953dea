/** Turns milliseconds of a call into pixels of its picture, and back. */
export interface Scale {
  readonly widthPx: number
  readonly endMs: number
  readonly x: (ms: number) => number
  readonly ms: (x: number) => number
}

/** A second is never wider than this: at most a few words fill the screen. */
const MAX_PX_PER_S = 400
/** Browsers draw a picture of this width without trouble. */
const MAX_WIDTH_PX = 60_000

/** The picture of a call of `endMs`: as wide as its place, and `zoom` times that. */
export const scaleOf = (endMs: number, placePx: number, zoom: number): Scale => {
  const most = Math.max(placePx, Math.min(MAX_WIDTH_PX, (endMs / 1_000) * MAX_PX_PER_S))
  const widthPx = Math.round(Math.min(most, Math.max(placePx, placePx * zoom)))
  return { widthPx, endMs, x: (ms) => (ms / endMs) * widthPx, ms: (x) => (x / widthPx) * endMs }
}

/** How often the picture may still be doubled. */
export const mayZoomIn = (scale: Scale): boolean =>
  scale.widthPx * 2 <= Math.min(MAX_WIDTH_PX, (scale.endMs / 1_000) * MAX_PX_PER_S) + 1

const STEPS_MS = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000]
const MIN_TICK_PX = 64

/** The times that are named below the picture (ms): round ones, as many as fit. */
export const ticksOf = (scale: Scale): readonly number[] => {
  const step = STEPS_MS.find((ms) => scale.x(ms) >= MIN_TICK_PX) ?? STEPS_MS.at(-1)!
  return Array.from({ length: Math.floor(scale.endMs / step) + 1 }, (_, index) => index * step)
}

/** A tick as text: `0:05`, with tenths where they are needed. */
export const tickText = (ms: number): string => {
  const minutes = Math.floor(ms / 60_000)
  const seconds = (ms % 60_000) / 1_000
  const [whole, part] = [Math.floor(seconds), Math.round((seconds % 1) * 10)]
  return `${minutes}:${String(whole).padStart(2, '0')}${part === 0 ? '' : `.${part}`}`
}

/** A stretch of a lane. */
export interface Stretch {
  readonly fromMs: number
  readonly toMs: number
  readonly kind: string
}

/** More shapes than this are drawn by pixel columns. */
export const MANY_SHAPES = 600
const LEAST_PX = 2

/**
 * The stretches of one kind that lie in the same or the next pixel column become one: a long call has as many shapes as
 * its picture has columns at most. Stretches are in order of time.
 */
export const mergeStretches = (stretches: readonly Stretch[], scale: Scale): readonly Stretch[] => {
  const open = new Map<string, { fromMs: number; toMs: number; kind: string }>()
  const merged: { fromMs: number; toMs: number; kind: string }[] = []
  for (const { fromMs, toMs, kind } of stretches) {
    const last = open.get(kind)
    if (last && scale.x(fromMs) - scale.x(last.toMs) < LEAST_PX) last.toMs = Math.max(last.toMs, toMs)
    else {
      const next = { fromMs, toMs, kind }
      open.set(kind, next)
      merged.push(next)
    }
  }
  return merged
}

/** Those of the stretches that a part of the picture shows. */
export const inView = <Each extends Stretch>(stretches: readonly Each[], fromMs: number, toMs: number): Each[] =>
  stretches.filter((each) => each.toMs >= fromMs && each.fromMs <= toMs)

/**
 * The loudness of a track (0 to 100 each `stepMs`) as the outline of an SVG path, no more than a step each pixel. `middle`: the
 * silent line (px); `most`: how far the loudest is from it, negative upwards. By square roots, so that what is soft is seen.
 */
export const loudnessPath = (
  track: readonly number[],
  stepMs: number,
  scale: Scale,
  middle: number,
  most: number,
): string => {
  const each = Math.max(1, Math.ceil(1 / Math.max(0.001, scale.x(stepMs))))
  const parts = [`M0 ${middle}`]
  let last = 0
  for (let at = 0; at < track.length; at += each) {
    let loudest = 0
    for (let index = at; index < Math.min(at + each, track.length); index++) loudest = Math.max(loudest, track[index]!)
    const y = Math.round((middle + Math.sqrt(loudest / 100) * most) * 10) / 10
    if (y !== last) parts.push(`V${y}`)
    last = y
    parts.push(`H${Math.round(scale.x((at + each) * stepMs) * 10) / 10}`)
  }
  return `${parts.join('')}V${middle}Z`
}
