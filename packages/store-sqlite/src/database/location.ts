import { accessSync, constants, lstatSync, readlinkSync, statSync, type Stats } from 'node:fs'
import { dirname, join } from 'node:path'

/** Why there can be no database at a path: an error code of the system and a message. */
export interface BadLocation {
  readonly code: string
  readonly says: string
}

const taken = (what: string, cure: string): BadLocation => ({
  code: 'EISDIR',
  says: `There can be no database at the path that DATABASE_URL names, because something else is in its place: ${what}. ${cure}`,
})

const closed = (what: string): BadLocation => ({
  code: 'EACCES',
  says: `The database cannot be written: ${what} may not be written by this user. Check who owns the file and its folder, and that the disk is not read-only.`,
})

const mayWrite = (path: string): boolean => {
  try {
    accessSync(path, constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}

const kindOf = (found: Stats): string | undefined => {
  if (found.isFIFO()) return 'a named pipe'
  if (found.isSocket()) return 'a socket'
  return found.isCharacterDevice() || found.isBlockDevice() ? 'a device' : undefined
}

const look = <Result>(at: () => Result): Result | undefined => {
  try {
    return at()
  } catch {
    return undefined
  }
}

const NAME_A_FILE = 'Name a file on a disk, like file:data/llc-phone.db.'

/** Why no file can be made at the path: the nearest existing folder is none, or is not writable. */
const badParent = (path: string): BadLocation | undefined => {
  const folder = dirname(path)
  const found = look(() => statSync(folder, { throwIfNoEntry: false }))
  if (!found) return folder === path ? undefined : badParent(folder)
  if (!found.isDirectory()) return taken(`${folder} is no folder`, NAME_A_FILE)
  return mayWrite(folder) ? undefined : closed(folder)
}

/** Checks a database's path without opening it: opening a named pipe would block for ever. */
export const badLocation = (file: string): BadLocation | undefined => {
  const itself = look(() => lstatSync(file, { throwIfNoEntry: false }))
  if (!itself) return badParent(file)
  const found = look(() => statSync(file, { throwIfNoEntry: false }))
  if (!found)
    return taken(
      `${file} is a link to ${look(() => readlinkSync(file)) ?? 'somewhere'}, where nothing is`,
      'Mount what it leads to, or name the file itself.',
    )
  if (found.isDirectory())
    return taken(`${file} is a folder`, `Name a file in it, like file:${join(file, 'llc-phone.db')}.`)
  const kind = kindOf(found)
  if (kind !== undefined) return taken(`${file} is ${kind}`, NAME_A_FILE)
  return mayWrite(file) ? undefined : closed(file)
}
