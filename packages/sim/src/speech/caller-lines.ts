/** The lines that simulated callers of this process speak: an ear in the same process can learn their sound beforehand. */
import { speak, type Voice } from '@llc-phone/virtual-carrier/voice'

/** A line, and who speaks it. */
export interface CallerLine {
  text: string
  voice: Voice
}

const MOST_LINES = 100
const lines = new Map<string, CallerLine>()

/** Speaks as `speak`, and has ears know that a caller says this. */
export function speakAsCaller(text: string, voice: Voice): Promise<Buffer> {
  const key = `${voice} ${text}`
  lines.delete(key)
  lines.set(key, { text, voice })
  if (lines.size > MOST_LINES) lines.delete(lines.keys().next().value!)
  return speak(text, voice)
}

/** What callers have lately spoken or are about to, the latest last. */
export const callerLines = (): CallerLine[] => [...lines.values()]
