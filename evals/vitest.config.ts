import { defineConfig } from 'vitest/config'

// Spoken calls run in real time; two test files at once are what a two-core machine carries.
export default defineConfig({ test: { maxWorkers: 2 } })
