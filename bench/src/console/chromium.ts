import { spawnSync } from 'node:child_process'

/** The path of an installed Chromium; `undefined` when there is none. */
export const chromiumPath = (): string | undefined => {
  if (process.env['CHROMIUM_PATH']) return process.env['CHROMIUM_PATH']
  const { stdout } = spawnSync('sh', ['-c', 'command -v chromium || command -v chromium-browser'], { encoding: 'utf8' })
  return stdout.trim() || undefined
}

/** Nothing of the browser's own goes over the network or takes a core meanwhile. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
