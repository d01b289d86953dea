import { readdir, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { GatewayError } from '@llc-phone/core'
import { writeDurably } from './durable-file.ts'
import { databaseError } from '@llc-phone/store-sqlite'
import { localPath, makeLocalFolder } from './database-url.ts'

/** As many calls as a bad day has; keeps the disk from filling up while the database fails. */
const MAX_FILES = 5_000

/** Keeps entries in files beside the database while it cannot be written. */
export interface Spool {
  /** Resolves when the entry would survive power loss. Replaces an entry of the same name. */
  add(name: string, value: unknown): Promise<void>
  /** Passes every entry to `take`, one at a time, and deletes it if `take` resolves to `true`. */
  drain(take: (value: unknown) => Promise<boolean>): Promise<void>
}

const ENDING = '.json'

const failed = (error: unknown): GatewayError => {
  if (error instanceof GatewayError) return error
  const { message, code } = error as NodeJS.ErrnoException
  return databaseError(code === undefined ? { message } : { message, code })
}

/** `undefined` for text that is no JSON: not written by the gateway, and left alone. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Opens the folder beside the database of `url`; `undefined` for a database in memory. Failures are `database_failed`. */
export const openSpool = (url: string): Spool | undefined => {
  const database = localPath(url)
  if (database === ':memory:') return undefined
  makeLocalFolder(url)
  const folder = `${resolve(database)}-unwritten`

  const names = async (): Promise<string[]> => {
    const found = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
      throw error
    })
    return found.filter((name) => name.endsWith(ENDING)).toSorted()
  }

  return {
    async add(name, value) {
      try {
        if ((await names()).length >= MAX_FILES)
          throw new GatewayError(
            'database_failed',
            `${MAX_FILES} calls are waiting in ${folder} already. Make the database writable: they are stored then.`,
          )
        await writeDurably(folder, join(folder, `${encodeURIComponent(name)}${ENDING}`), JSON.stringify(value))
      } catch (error) {
        throw failed(error)
      }
    },
    async drain(take) {
      for (const name of await names().catch((error: unknown) => Promise.reject(failed(error)))) {
        const file = join(folder, name)
        // Another process may have stored and deleted it.
        const text = await readFile(file, 'utf8').catch(() => undefined)
        const entry = text === undefined ? undefined : parsed(text)
        if (entry !== undefined && (await take(entry))) await rm(file, { force: true })
      }
    },
  }
}
