// `pnpm start`: builds when the sources are not those of the build, then is the gateway. JavaScript, as freshness.js says.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { isFresh } from './freshness.js'

/**
 * The young generation of V8's heap takes 4 MB instead of 32 when calls are up: at half of that, collecting would cost half as much CPU again.
 * The old one is collected when it has grown by a fifth, not when it has doubled: 23 MB less with 200 calls, for no more CPU.
 * The start is over before it is collected at all: 32 MB. What the start leaves behind is collected once.
 */
const FLAGS = ['--max-semi-space-size=2', '--heap-growing-percent=20', '--initial-old-space-size=32', '--expose-gc']

/** The C library's: one pool of memory for all threads, and what is free at its end goes back. It is 2 MB less. */
const MALLOC = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '131072' }

/** @param {string} path */
const at = (path) => fileURLToPath(new URL(path, import.meta.url))

const root = at('../../..')
const main = new URL('../../../dist/main.js', import.meta.url)

// A process of its own: what a build takes in memory is not the gateway's.
const build = () => spawnSync(process.execPath, [at('build.ts')], { stdio: 'inherit' }).status === 0

if (!isFresh(root, at('../../../dist')) && !build()) process.exit(1)
const args = [process.execPath, ...FLAGS, ...process.execArgv, fileURLToPath(main), ...process.argv.slice(2)]
// Becomes that process, so that signals reach it. Windows cannot, and keeps V8's own size.
if (process.execve) process.execve(process.execPath, args, { ...MALLOC, ...process.env })
else await import(main.href)
