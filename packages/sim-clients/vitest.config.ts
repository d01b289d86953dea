import { defineConfig } from 'vitest/config'

// The tests wait for speech most of the time: together they take as long as the longest call.
export default defineConfig({ test: { maxWorkers: 4 } })
