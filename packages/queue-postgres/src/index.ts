export { examineQueue } from './examine-queue.ts'
export { openSharedQueue, type SharedQueueOptions } from './shared-queue-postgres.ts'
