export { postgresPrograms, startCluster, type Cluster } from './cluster.ts'
