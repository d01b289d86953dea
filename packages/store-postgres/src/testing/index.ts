export { hasPostgres, postgresPrograms, startCluster, type Cluster } from './cluster.ts'
export { countStatements, type StatementCount } from './count-statements.ts'
export { createDatabase, databaseInProcess, databaseOn, type EmptiedDatabase } from './emptied-database.ts'
export { startWriters, type Asked, type Writer } from './writers.ts'
