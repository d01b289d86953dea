import type { LineListener } from '@llc-phone/core'

/** A listener that writes down what it is told, in order, but for quiet and what was passed over. */
export const tellingListener = () => {
  const told: unknown[] = []
  const counts = { ignored: 0, quietMs: 0 }
  const listener: LineListener = {
    started: () => void told.push('started'),
    audio: (payload, timestampMs) => void told.push(['audio', payload, timestampMs]),
    quiet: (ms) => void (counts.quietMs = ms),
    heard: (mark) => void told.push(['heard', mark]),
    roundTrip: () => void told.push('roundTrip'),
    key: (key) => void told.push(['key', key]),
    problem: ({ code }) => void told.push(['problem', code]),
    ignored: () => void counts.ignored++,
    gone: (graceful) => void told.push(['gone', graceful]),
  }
  return { listener, told, counts }
}
