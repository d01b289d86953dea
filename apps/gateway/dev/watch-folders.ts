import { type FSWatcher, readdirSync, watch } from 'node:fs'
import { join } from 'node:path'

/** Several files are often saved together. */
const SETTLE_MS = 100
const LEFT_OUT = /^(?:node_modules|test|data|dist|coverage|\..*)$/
const SOURCE = /^[^.].*\.(?:tsx?|json|sql|ya?ml|css|html|svg)$/

const within = (folder: string): string[] => [
  folder,
  ...readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !LEFT_OUT.test(entry.name))
    .flatMap(({ name }) => within(join(folder, name))),
]

/**
 * Tells of sources that are saved below the given folders, files saved together at once. Folders are watched, not files, because
 * `node --watch` loses every file that is replaced rather than written over, which is how git and many editors save, and sees
 * nothing that is read rather than imported, such as a dialogue. Returns what ends it.
 */
export const watchFolders = (roots: readonly string[], saved: (files: readonly string[]) => void): (() => void) => {
  let watchers: FSWatcher[] = []
  let settling: NodeJS.Timeout | undefined
  const files = new Set<string>()

  /** Anew after each change: there may be folders by now that there were not. */
  const watchAll = (): void => {
    for (const watcher of watchers) watcher.close()
    watchers = roots.flatMap(within).map((folder) =>
      // A folder that goes away is a change in the one above it.
      watch(folder, (_, name) => name !== null && onChange(folder, name)).on('error', () => undefined),
    )
  }

  const onChange = (folder: string, name: string): void => {
    const isFolder = !/\./.test(name) && !LEFT_OUT.test(name)
    if (!SOURCE.test(name) && !isFolder) return
    if (!isFolder) files.add(join(folder, name))
    clearTimeout(settling)
    settling = setTimeout(() => {
      watchAll()
      const told = [...files]
      files.clear()
      if (told.length > 0) saved(told)
    }, SETTLE_MS)
  }

  watchAll()
  return () => {
    clearTimeout(settling)
    for (const watcher of watchers) watcher.close()
  }
}
