import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'console', include: ['test/**/*.test.ts'], exclude: ['test/browser/**'], testTimeout: 30_000 } },
      {
        test: {
          name: 'console in a browser',
          include: ['test/browser/*.test.ts'],
          globalSetup: 'test/browser/support/build-console.ts',
          // One browser and one gateway at a time.
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
