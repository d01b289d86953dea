import { randomUUID } from 'node:crypto'
import type { MessageBook } from '@llc-phone/core'
import { asc } from 'drizzle-orm'
import { runQuery, type Database } from './database.ts'
import { messages } from './schema.ts'

/** Messages kept in the database; `take` answers once the message would survive power loss. */
export const openMessageBook = (database: Database): MessageBook => ({
  async take(message) {
    const id = randomUUID()
    await runQuery(database.insert(messages).values({ ...message, id, createdAt: new Date() }))
    return { id }
  },
  list: () => runQuery(database.select().from(messages).orderBy(asc(messages.createdAt), asc(messages.id))),
})
