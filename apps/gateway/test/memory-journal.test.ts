import { testCallJournal } from '@llc-phone/store/testing'
import { memoryJournal } from './support/memory-journal.ts'

testCallJournal('in memory', async () => ({ journal: memoryJournal().journal, close: async () => {} }))
