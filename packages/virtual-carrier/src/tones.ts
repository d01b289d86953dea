/** The tones by which a network tells a caller how their call goes. */
import { FRAME_BYTES, FRAME_MS } from './frame-clock.ts'
import { encodeUlaw } from './ulaw.ts'

interface Cadence {
  readonly hz: readonly [number, number]
  readonly onMs: number
  readonly offMs: number
}

/** As in North America (ITU-T E.180): other countries have others, and they are understood all the same. */
const CADENCES = {
  ringing: { hz: [440, 480], onMs: 2_000, offMs: 4_000 },
  busy: { hz: [480, 620], onMs: 500, offMs: 500 },
} as const satisfies Record<string, Cadence>

/** Below speech, which is what the ear waits for. */
const AMPLITUDE = 2_000
/** Every frequency is a multiple of 20 Hz: after this the tone repeats. */
const PERIOD = 400

/** A source of sound for a line, from its beginning: one frame a call, undefined in the pauses. */
export const createTone = (kind: keyof typeof CADENCES): { read(): Buffer | undefined } => {
  const { hz, onMs, offMs } = CADENCES[kind]
  const period = encodeUlaw(
    Int16Array.from({ length: PERIOD }, (_, at) =>
      Math.round(hz.reduce((sum, each) => sum + AMPLITUDE * Math.sin((2 * Math.PI * each * at) / 8000), 0)),
    ),
  )
  let frame = 0
  return {
    read() {
      const atMs = (frame * FRAME_MS) % (onMs + offMs)
      const first = frame++ * FRAME_BYTES
      if (atMs >= onMs) return undefined
      return Buffer.from(Uint8Array.from({ length: FRAME_BYTES }, (_, at) => period[(first + at) % PERIOD]!))
    },
  }
}
