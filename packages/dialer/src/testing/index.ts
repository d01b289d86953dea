export { memoryQueues } from './memory-queues.ts'
export { testSharedQueue, type SharedQueueRig } from './test-shared-queue.ts'
