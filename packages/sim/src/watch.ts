/**
 * Runs a program and starts it again when a file of the given folders changes: `watch.ts FOLDER,FOLDER FILE [ARGUMENT …]`.
 *
 * Folders are watched, not files, because `node --watch` loses every file that is replaced rather than written over, which is
 * how git and many editors save, and sees nothing that is read rather than imported, such as a dialogue.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { type FSWatcher, readdirSync, watch } from 'node:fs'
import { join, resolve } from 'node:path'

/** Several files are often saved together. */
const SETTLE_MS = 100
/** A program that does not end when asked is ended. */
const STOP_MS = 5_000
const LEFT_OUT = /^(?:node_modules|test|data|calls|coverage|\..*)$/
const SOURCE = /^[^.].*\.(?:ts|json|sql)$/

const [folders = '.', ...command] = process.argv.slice(2)
const roots = folders.split(',').map((folder) => resolve(folder))

const within = (folder: string): string[] => [
  folder,
  ...readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !LEFT_OUT.test(entry.name))
    .flatMap(({ name }) => within(join(folder, name))),
]

let watchers: FSWatcher[] = []
let child: ChildProcess | undefined
let changed: string | undefined
let settling: NodeJS.Timeout | undefined

/** Anew before each start: there may be folders by now that there were not. */
const watchFolders = (): void => {
  for (const watcher of watchers) watcher.close()
  watchers = roots.flatMap(within).map((folder) =>
    // A folder that goes away is a change in the one above it.
    watch(folder, (_, name) => name !== null && onChange(folder, name)).on('error', () => undefined),
  )
}

const start = (): void => {
  changed = undefined
  watchFolders()
  const started = spawn(process.execPath, command, { stdio: 'inherit' })
  child = started
  started.once('exit', (code) => {
    child = undefined
    if (changed !== undefined) start()
    else console.log(`${command[0]} ended with ${code ?? 'a signal'}. It starts again when a file is saved.`)
  })
}

const stop = (): void => {
  const stopping = child
  stopping?.kill('SIGTERM')
  setTimeout(() => stopping?.kill('SIGKILL'), STOP_MS).unref()
}

const onChange = (folder: string, name: string): void => {
  if (!SOURCE.test(name)) return
  clearTimeout(settling)
  settling = setTimeout(() => {
    if (changed !== undefined) return
    changed = join(folder, name)
    console.log(`${changed} was saved: starting again`)
    if (child) stop()
    else start()
  }, SETTLE_MS)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    clearTimeout(settling)
    for (const watcher of watchers) watcher.close()
    if (!child) process.exit(0)
    child.removeAllListeners('exit').once('exit', () => process.exit(0))
    stop()
  })

start()
