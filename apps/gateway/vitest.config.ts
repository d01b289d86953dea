import { defineConfig } from 'vitest/config'

// Whole calls run in real time with real speech; two test files at once are what a two-core machine carries.
export default defineConfig({ test: { maxWorkers: 2, maxConcurrency: 3 } })
