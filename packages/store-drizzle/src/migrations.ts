import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A migration as it was shipped. */
export interface Migration {
  readonly name: string
  readonly sql: string
  readonly hash: string
}

interface Journal {
  readonly entries: readonly { readonly tag: string }[]
}

/** Reads a folder written by `drizzle-kit generate`, in the order of its journal. */
export const readMigrations = (folder: string): Migration[] => {
  const journal = JSON.parse(readFileSync(join(folder, 'meta', '_journal.json'), 'utf8')) as Journal
  return journal.entries.map(({ tag }) => {
    // Ignore line endings, which differ between checkouts.
    const sql = readFileSync(join(folder, `${tag}.sql`), 'utf8').replaceAll('\r\n', '\n')
    return { name: tag, sql, hash: createHash('sha256').update(sql).digest('hex') }
  })
}
