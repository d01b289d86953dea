import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { buildConsole, CONSOLE, CONSOLE_BUILT, consoleSources } from '../build/console-build.ts'
import { isFresh } from '../build/freshness.js'
import { watchFolders } from './watch-folders.ts'

/**
 * Keeps the console of a checkout built: now if its sources differ from its build, and whenever one of them is saved. A process
 * for each build, because one that waits for changes keeps 150 MB. Returns what ends it.
 */
export const keepConsoleBuilt = (root: string, say: (line: string) => void): (() => void) => {
  const folder = join(root, CONSOLE_BUILT)
  const ending = new AbortController()
  let isBuilding = false
  let isStale = false

  const build = async (): Promise<void> => {
    if (isBuilding) return void (isStale = true)
    isBuilding = true
    do {
      isStale = false
      if (isFresh(root, folder)) continue
      try {
        // oxlint-disable-next-line no-await-in-loop -- again for what was saved meanwhile
        await buildConsole(root, folder, { signal: ending.signal })
        say('The console is built; load its page again.')
      } catch (error) {
        if (ending.signal.aborted) return
        say(`${(error as Error).message} It is built again when a file is saved.`)
      }
    } while (isStale)
    isBuilding = false
  }

  const folders = [
    CONSOLE,
    ...consoleSources(root).filter((path) => !path.startsWith(CONSOLE) && !path.endsWith('.yaml')),
  ]
  const stopWatching = watchFolders(
    folders.map((path) => join(root, path)).filter((path) => existsSync(path)),
    () => void build(),
  )
  void build()
  return () => {
    ending.abort()
    stopWatching()
  }
}
