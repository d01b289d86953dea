// JavaScript, because it runs at each start: to strip types Node loads a compiler, which takes 60 ms and 17 MB.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const RECORD = 'built-from.json'

/**
 * A hash over the contents of files and of all files in folders; a name that is missing counts too.
 *
 * @param {string} root
 * @param {readonly string[]} paths from `root`
 */
const hashOf = (root, paths) => {
  const hash = createHash('sha256')
  /** @param {string} path */
  const add = (path) => {
    const file = join(root, path)
    const stats = statSync(file, { throwIfNoEntry: false })
    hash.update(`\0${path}\0`)
    if (stats?.isDirectory()) for (const name of readdirSync(file).toSorted()) add(join(path, name))
    else hash.update(stats ? readFileSync(file) : 'missing')
  }
  for (const path of paths) add(path)
  return hash.digest('hex')
}

/**
 * Whether the build in `folder` is of the sources as they are. Contents count, not times: a checkout touches files.
 *
 * @param {string} root the repository
 * @param {string} folder the build
 * @returns {boolean}
 */
export const isFresh = (root, folder) => {
  try {
    const { paths, hash } = JSON.parse(readFileSync(join(folder, RECORD), 'utf8'))
    return hash === hashOf(root, paths)
  } catch {
    // No build, or one that was interrupted: this file is written last.
    return false
  }
}

/**
 * When a file, or whatever is in a folder, was written (ms).
 *
 * @param {string} file
 * @returns {number[]}
 */
const timesOf = (file) => {
  const stats = statSync(file, { throwIfNoEntry: false })
  if (!stats) return []
  return [stats.mtimeMs, ...(stats.isDirectory() ? readdirSync(file).flatMap((name) => timesOf(join(file, name))) : [])]
}

/**
 * Records what a build was made from; not when a file was written meanwhile, because either version of it may be in the build.
 *
 * @param {string} root the repository
 * @param {string} folder the build
 * @param {readonly string[]} paths files and folders, from `root`
 * @param {number} startedAt when the build began (ms)
 */
export const recordSources = (root, folder, paths, startedAt) => {
  const sorted = paths.toSorted()
  const now = Date.now()
  const isRecent = (/** @type {number} */ writtenAt) => writtenAt >= startedAt && writtenAt <= now
  if (sorted.some((path) => timesOf(join(root, path)).some(isRecent))) return
  writeFileSync(join(folder, RECORD), JSON.stringify({ hash: hashOf(root, sorted), paths: sorted }))
}
