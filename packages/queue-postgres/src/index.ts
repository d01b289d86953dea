export { openSharedQueue, type SharedQueueOptions } from './shared-queue-postgres.ts'
