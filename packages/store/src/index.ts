export { runQuery, type Database } from './database.ts'
export { openStore, type Store } from './open-store.ts'
