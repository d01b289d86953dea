import { defineConfig } from 'vitest/config'

// The template's own test runs in the package that a test generates from it.
export default defineConfig({ test: { include: ['test/**/*.test.ts'] } })
