import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { basename, dirname, join } from 'node:path'
import { build, type BuildOptions, type Metafile } from 'esbuild'
import { commands } from '../phone/commands.mjs'
import { buildConsole, CONSOLE_BUILT, consoleSources } from './console-build.ts'
import { isFresh, recordSources } from './freshness.js'
import { shrinkMap } from './own-maps.ts'
import { httpByRequire, ownFiles, programEntries, type OwnFiles } from './own-files.ts'

/** Programs of a build, by the name of their file in it, with where each begins. */
export const PROGRAMS: Readonly<Record<string, string>> = {
  main: 'apps/gateway/src/main.ts',
  background: 'apps/gateway/src/cli/background.ts',
  ...Object.fromEntries(
    commands.flatMap(({ name, file, checkout }) => (checkout || name === 'start' ? [] : [[name, file]])),
  ),
}

/** `./phone`, as it is in a checkout. */
const LAUNCHERS = ['phone', 'phone.cmd']
const LAUNCHED = 'apps/gateway/phone'

/** The database's native code, which cannot be bundled: copied with what it needs to load. */
const NATIVE = 'better-sqlite3'
const NATIVE_PARTS = ['package.json', 'lib', 'prebuilds', 'LICENSE']

/** Third-party code changes with the lock file. */
const LOCK_FILE = 'pnpm-lock.yaml'

const isOurs = (path: string): boolean => !path.includes('node_modules/') && !path.includes(':')

const sourcesOf = (root: string, metafiles: readonly Metafile[], { data }: OwnFiles): string[] => [
  ...new Set([
    ...metafiles.flatMap(({ inputs }) => Object.keys(inputs)).filter(isOurs),
    ...data,
    ...consoleSources(root),
    LOCK_FILE,
    LAUNCHED,
    ...LAUNCHERS,
  ]),
  ...[
    'build.ts',
    'bundle.ts',
    'console-build.ts',
    'freshness.js',
    'own-files.ts',
    'own-maps.ts',
    'prepare-process.ts',
  ].map((name) => `apps/gateway/build/${name}`),
]

const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true })

/** Begins the name of a folder that is being built in; the id of its process follows. */
const besides = (folder: string): string => `.${basename(folder)}-`

/** Removes what builds that were killed have left. */
const removeLeftovers = (folder: string): void => {
  for (const name of readdirSync(dirname(folder))) {
    if (!name.startsWith(besides(folder))) continue
    try {
      process.kill(Number(name.slice(besides(folder).length)), 0)
    } catch (error) {
      // Not one of another user.
      if ((error as NodeJS.ErrnoException).code !== 'EPERM') remove(join(dirname(folder), name))
    }
  }
}

/** Putting a build in its place takes some milliseconds: whoever has taken so long is dead. */
const PLACED_WITHIN_MS = 5_000

/** Runs `work` while no other build does. */
const alone = async (folder: string, work: () => void): Promise<void> => {
  const lock = join(dirname(folder), `.${basename(folder)}.lock`)
  for (const begun = Date.now(); ;)
    try {
      writeFileSync(lock, '', { flag: 'wx' })
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      if (Date.now() - begun > PLACED_WITHIN_MS) remove(lock)
      // oxlint-disable-next-line no-await-in-loop -- until the other one is done
      await sleep(20)
    }
  try {
    work()
  } finally {
    remove(lock)
  }
}

/**
 * Bundles the gateway and its commands from the sources below `root` into `folder`. Builds may run at once, as when two
 * gateways are started: each has a folder of its own until it is complete, and the first that is stays. Rejects with esbuild's
 * `BuildFailure` when a source is wrong, and then nothing is left in `folder`.
 */
export const bundleGateway = async (root: string, folder: string): Promise<void> => {
  removeLeftovers(folder)
  const wasFresh = isFresh(root, folder)
  // Beside it, because maps name sources by their path from the bundle.
  const built = join(dirname(folder), `${besides(folder)}${process.pid}`)
  try {
    await bundleInto(root, built, folder)
  } catch (error) {
    remove(built)
    remove(folder)
    throw error
  }
  // Between a look and a move another build could come, be started from, and be taken away again.
  await alone(folder, () => {
    if (!wasFresh && isFresh(root, folder)) return remove(built)
    remove(folder)
    renameSync(built, folder)
  })
}

/** `before`: the build that this one takes the place of. */
const bundleInto = async (root: string, folder: string, before: string): Promise<void> => {
  const startedAt = Date.now()
  mkdirSync(folder, { recursive: true })
  const own: OwnFiles = { data: new Set(), threads: new Map() }
  const options = {
    absWorkingDir: root,
    outdir: folder,
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node22.18',
    sourcemap: 'linked',
    sourcesContent: false,
    // The text of all code stays in memory. Names stay, and our own lines are in the source maps.
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'silent',
    external: [NATIVE],
    // Some dependencies are CommonJS.
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    plugins: [
      programEntries(root, join(import.meta.dirname, 'prepare-process.ts')),
      httpByRequire,
      ownFiles(root, own),
    ],
  } satisfies BuildOptions
  const programs = await build({
    ...options,
    splitting: true,
    entryPoints: Object.entries(PROGRAMS).map(([out, path]) => ({ in: `program:${path}`, out })),
  })
  // Apart from the programs, so that a thread loads none of theirs.
  const threads = await build({
    ...options,
    entryPoints: [...own.threads].map(([out, path]) => ({ in: `program:${path}`, out })),
  })
  for (const name of readdirSync(folder)) if (name.endsWith('.map')) shrinkMap(join(folder, name))
  own.data.add(LAUNCHED)
  // The one of the checkout, which may be of other sources.
  own.data.delete(CONSOLE_BUILT)
  for (const name of LAUNCHERS) cpSync(join(root, name), join(folder, name))
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, string>
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ name, version, type: 'module' })}\n`)
  for (const path of own.data) cpSync(join(root, path), join(folder, 'files', path), { recursive: true })
  const native = dirname(
    createRequire(join(root, 'packages/store-sqlite/package.json')).resolve(`${NATIVE}/package.json`),
  )
  for (const part of NATIVE_PARTS)
    cpSync(join(native, part), join(folder, 'node_modules', NATIVE, part), { recursive: true })
  await buildConsole(root, join(folder, 'files', CONSOLE_BUILT), { before: join(before, 'files', CONSOLE_BUILT) })
  recordSources(root, folder, sourcesOf(root, [programs.metafile, threads.metafile], own), startedAt)
}
