export { openPostgresStore, type PostgresOptions } from './open-postgres-store.ts'
export { postgresKit } from './postgres-kit.ts'
export { postgresOf, type PostgresAccess } from './postgres-database.ts'
