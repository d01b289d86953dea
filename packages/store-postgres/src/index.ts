export { openPostgresSource, openPostgresTarget } from './copy-postgres.ts'
export { readPostgresFacts, type PostgresFacts } from './postgres-facts.ts'
export { openPostgresStore, type PostgresOptions } from './open-postgres-store.ts'
export { postgresKit } from './postgres-kit.ts'
