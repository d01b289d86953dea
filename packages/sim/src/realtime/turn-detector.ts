/** Where the caller's turns start and end, judged on the audio that arrived: without audio nothing ends. */
import type { Vad } from '../speech/vad.ts'
import type { TurnDetection } from './protocol.ts'

/** What the detector found; times are milliseconds of audio since the session began. */
type TurnEdge = { kind: 'started'; startMs: number } | { kind: 'stopped'; startMs: number; endMs: number }

/** Takes 20 ms frames in order. */
export interface TurnDetector {
  push(frame: Buffer, detection: TurnDetection | null): TurnEdge | undefined
  readonly isSpeaking: boolean
  reset(): void
}

const FRAME_MS = 20
/** The real detector looks at windows of this length, and tells times of theirs only. */
const GRID_MS = 32
// 60 ms within 80 ms: short enough for a "no", too long for a click.
const FRAMES_TO_START = 3
const WINDOW_TO_START = 4
const SEMANTIC_SILENCE_MS = { high: 300, medium: 500, auto: 500, low: 900 } as const
const SEMANTIC_PREFIX_MS = 300

const onGrid = (ms: number): number => Math.floor(ms / GRID_MS) * GRID_MS

/** A detector at the start of the session's audio. */
export function createTurnDetector(vad: Vad): TurnDetector {
  let framesSeen = 0
  let recent: boolean[] = []
  let startMs: number | undefined
  let silentMs = 0

  return {
    push(frame, detection) {
      framesSeen++
      const isSpeech = vad.isSpeech(frame)
      if (!detection) return undefined
      const nowMs = framesSeen * FRAME_MS
      if (startMs === undefined) {
        recent = [...recent, isSpeech].slice(-WINDOW_TO_START)
        if (recent.filter(Boolean).length < FRAMES_TO_START) return undefined
        const paddingMs = detection.type === 'server_vad' ? detection.prefix_padding_ms : SEMANTIC_PREFIX_MS
        startMs = Math.max(0, onGrid(nowMs) - paddingMs)
        silentMs = 0
        return { kind: 'started', startMs }
      }
      silentMs = isSpeech ? 0 : silentMs + FRAME_MS
      const patienceMs =
        detection.type === 'server_vad' ? detection.silence_duration_ms : SEMANTIC_SILENCE_MS[detection.eagerness]
      if (silentMs < patienceMs) return undefined
      const edge = { kind: 'stopped', startMs, endMs: onGrid(nowMs) } as const
      startMs = undefined
      recent = []
      return edge
    },
    get isSpeaking() {
      return startMs !== undefined
    },
    reset() {
      startMs = undefined
      recent = []
      silentMs = 0
    },
  }
}
