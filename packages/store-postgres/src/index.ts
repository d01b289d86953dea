export { openPostgresStore, type PostgresOptions } from './open-postgres-store.ts'
export { postgresKit } from './postgres-kit.ts'
