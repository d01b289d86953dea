import type { Store } from '@llc-phone/store'
import type { Database } from './database.ts'
import type { Kit } from './kit.ts'

/** A store in which packages may have tables of their own, beside those of the store. */
export interface DrizzleStore extends Store {
  readonly engine: 'sqlite' | 'postgres'
  /** The database with the tables of the store. */
  readonly database: Database
  /** The database with the tables that `define` makes, see {@link Kit}. They are brought up to date by `migrate`. */
  withTables<Tables>(define: (kit: Kit) => Tables): Database<Tables>
}
