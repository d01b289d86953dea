/** Keys that Twilio presses towards somebody it has rung: `SendDigits`, and `sendDigits` of `<Number>`. */
import { encodeUlaw } from './ulaw.ts'
import type { Leg } from './world.ts'
import { playInto } from './verbs.ts'
import { pause } from './waiting.ts'

/** What may stand there. */
export const isKeys = (text: string): boolean => /^[0-9A-D*#wW]{1,32}$/.test(text)

const ROWS = [697, 770, 852, 941]
const COLUMNS = [1209, 1336, 1477, 1633]
const KEYS = '123A456B789C*0#D'
const TONE_MS = 120
const GAP_MS = 80

/** The two tones of a key, and the silence after it. */
const toneOf = (key: string): Buffer => {
  const at = KEYS.indexOf(key)
  const [low, high] = [ROWS[Math.floor(at / 4)]!, COLUMNS[at % 4]!]
  return encodeUlaw(
    Int16Array.from({ length: (TONE_MS + GAP_MS) * 8 }, (_, i) =>
      i < TONE_MS * 8
        ? 4000 * (Math.sin((2 * Math.PI * low * i) / 8000) + Math.sin((2 * Math.PI * high * i) / 8000))
        : 0,
    ),
  )
}

/** Plays the keys to whoever has answered; resolves when the last one was heard. */
export async function sendKeys(leg: Leg, keys: string, signal: AbortSignal): Promise<void> {
  leg.log({ type: 'play', digits: keys })
  for (const key of keys) {
    if (/w/i.test(key)) await pause(key === 'w' ? 500 : 1000, signal)
    else {
      // A hang-up meanwhile is reported by the end of the leg.
      await playInto(leg, signal, toneOf(key)).catch(() => undefined)
      if (leg.over) return
      leg.keysHeard += key
    }
  }
}
