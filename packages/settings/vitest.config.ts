import { defineConfig } from 'vitest/config'

// No test changes a module that another one uses.
export default defineConfig({ test: { maxWorkers: 2, isolate: false } })
