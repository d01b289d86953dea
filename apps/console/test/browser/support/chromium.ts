import { execFileSync } from 'node:child_process'

const found = (): string | undefined => {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH
  try {
    return execFileSync('sh', ['-c', 'command -v chromium || command -v chromium-browser'], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}

/** The path of an installed Chromium; `undefined` when there is none. Where it must be there (`REQUIRE_CHROMIUM`), its absence throws. */
export const chromiumPath = (): string | undefined => {
  const path = found()
  if (!path && process.env.REQUIRE_CHROMIUM)
    throw new Error('There is no Chromium: apt-get install chromium, or set CHROMIUM_PATH.')
  return path
}

/** What Chromium is started with: nothing of its own goes over the network, and a microphone that is no device. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
]
