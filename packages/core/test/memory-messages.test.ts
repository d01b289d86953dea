import { memoryMessages, testMessageBook } from '../src/testing/index.ts'

testMessageBook('in memory', async () => ({ messages: memoryMessages(), close: async () => {} }))
