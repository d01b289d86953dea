import { defineConfig } from 'vitest/config'

// Whole calls run in real time with real speech and wait most of it: two cores carry three test files at once.
export default defineConfig({ test: { maxWorkers: 3, maxConcurrency: 3 } })
