import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { formatMessages, type BuildFailure } from 'esbuild'
import { bundleGateway } from './bundle.ts'
import { isFresh } from './freshness.js'

const HELP = `Usage: pnpm build [-- --if-needed]

Bundles the gateway and its commands into dist/ at the repository root. What a mistake in the sources is stands below it,
with file and line, and then nothing is left in dist/ that would start.

  --if-needed   does nothing when dist/ is of the sources as they are
  --root DIR    another checkout
  --help        shows this`

const run = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { 'if-needed': { type: 'boolean' }, root: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) return console.log(HELP)
  const root = values.root ?? fileURLToPath(new URL('../../..', import.meta.url))
  const folder = `${root}/dist`
  if (values['if-needed'] && isFresh(root, folder)) return
  const startedAt = performance.now()
  await bundleGateway(root, folder)
  console.error(`dist/ built in ${Math.round(performance.now() - startedAt)} ms`)
}

run().catch(async (error: unknown) => {
  const { errors } = error as Partial<BuildFailure>
  const isTold = Array.isArray(errors)
  const messages = isTold ? await formatMessages(errors, { kind: 'error', color: process.stderr.isTTY }) : []
  console.error(isTold ? messages.join('').trimEnd() : error)
  process.exitCode = 1
})
