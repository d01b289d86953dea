// `pnpm start`: builds when the sources are not those of the build, then is the gateway. JavaScript, as freshness.js says.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { handOver } from '../phone/hand-over.mjs'
import { FLAGS, MALLOC } from '../phone/run-flags.mjs'
import { isFresh } from './freshness.js'

/** @param {string} path */
const at = (path) => fileURLToPath(new URL(path, import.meta.url))

// A process of its own: what a build takes in memory is not the gateway's.
const build = () => spawnSync(process.execPath, [at('build.ts')], { stdio: 'inherit' }).status === 0

const typed = process.argv.slice(2)
if (!isFresh(at('../../..'), at('../../../dist')) && !build()) process.exit(1)
const program = typed.includes('--background')
  ? [at('../src/cli/background.ts')]
  : [...FLAGS, ...process.execArgv, at('../../../dist/main.js')]
handOver(process.execPath, [...program, ...typed], { ...MALLOC, ...process.env })
