import type { SoundChoice } from './audio/echo.ts'

/** What this browser remembers of its devices. */
interface Remembered {
  readonly choices: Readonly<Record<string, SoundChoice>>
  readonly input?: string
  readonly output?: string
}

const KEY = 'llc.softphone.devices'
const MOST_DEVICES = 12

/** Reads it; nothing when there is nothing, or storage is closed to the page. */
export const remembered = (): Remembered => {
  try {
    return { choices: {}, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Remembered>) }
  } catch {
    return { choices: {} }
  }
}

const keep = (change: Partial<Remembered>): void => {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...remembered(), ...change }))
  } catch {
    // Without storage it is asked for again next time.
  }
}

/** Remembers how a microphone is used; the newest devices stay. */
export const rememberChoice = (deviceId: string, choice: SoundChoice): void => {
  const others = Object.entries(remembered().choices).filter(([id]) => id !== deviceId)
  keep({ choices: Object.fromEntries([...others, [deviceId, choice] as const].slice(-MOST_DEVICES)) })
}

/** Remembers which microphone and which output are used. */
export const rememberDevices = (change: { input?: string; output?: string }): void => keep(change)
