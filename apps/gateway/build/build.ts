// `pnpm build`: bundles the gateway into `dist/` at the root of the repository.
import { fileURLToPath } from 'node:url'
import { formatMessages, type BuildFailure } from 'esbuild'
import { bundleGateway } from './bundle.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const startedAt = performance.now()

try {
  await bundleGateway(root, fileURLToPath(new URL('../../../dist', import.meta.url)))
  console.error(`dist built in ${Math.round(performance.now() - startedAt)} ms`)
} catch (error) {
  const { errors } = error as Partial<BuildFailure>
  if (errors === undefined) throw error
  const messages = await formatMessages(errors, { kind: 'error', color: process.stderr.isTTY })
  console.error(messages.join('').trimEnd())
  process.exitCode = 1
}
