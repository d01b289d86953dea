import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { chromiumPath } from './chromium.ts'

/** Builds the console afresh before the tests in a browser, or says that they are left out. */
export default (): void => {
  if (!chromiumPath()) {
    console.warn('Left out: the tests of the console in a browser, because there is no Chromium (CHROMIUM_PATH).')
    return
  }
  const cwd = fileURLToPath(new URL('../../..', import.meta.url))
  execFileSync(process.execPath, ['build/build.ts'], {
    cwd,
    stdio: 'inherit',
    // Otherwise React would be built for tests, which is twice as large.
    env: { ...process.env, NODE_ENV: 'production' },
  })
}
