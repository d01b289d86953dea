import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readFileSync, realpathSync } from 'node:fs'
import { join, relative } from 'node:path'
import { isFresh, recordSources } from './freshness.js'

/** The console, from the root of the repository. */
export const CONSOLE = 'apps/console'

/** Where its build is: in a checkout, and below `files/` of a build for production. */
export const CONSOLE_BUILT = `${CONSOLE}/dist`

/** What a build of the console is made from: its own sources, those of our packages that it depends on, and the forms of `core`. */
export const consoleSources = (root: string): string[] => {
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, CONSOLE, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string> | undefined
  >
  const ours = Object.entries(dependencies).filter(([, at]) => at.startsWith('workspace:'))
  return [
    ...['src', 'build', 'index.html', 'package.json', 'vite.config.ts'].map((name) => `${CONSOLE}/${name}`),
    ...ours.map(([name]) =>
      relative(realpathSync(root), realpathSync(join(root, CONSOLE, 'node_modules', name, 'src'))),
    ),
    'packages/core/src/form',
    'pnpm-lock.yaml',
  ]
}

/**
 * Builds the console of the checkout `root` into `folder`, in a process of its own; with `before`, takes the build from
 * there if it is of the sources as they are. Rejects when a source is wrong: what is wrong has been written by then.
 * `signal` ends it.
 */
export const buildConsole = async (
  root: string,
  folder: string,
  { before, signal }: { readonly before?: string; readonly signal?: AbortSignal } = {},
): Promise<void> => {
  if (before !== undefined && isFresh(root, before))
    try {
      return cpSync(before, folder, { recursive: true })
    } catch {
      // Another build has replaced it meanwhile.
    }
  const startedAt = Date.now()
  const child = spawn(process.execPath, [join(root, CONSOLE, 'build/build.ts'), '--out', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
    ...(signal ? { signal } : {}),
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0)
    throw new Error(`The console could not be built${code === null ? '' : `: its build ended with ${code}`}.`)
  recordSources(root, folder, consoleSources(root), startedAt)
}
