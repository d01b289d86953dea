import { defineConfig } from 'vitest/config'
import { engineProjects } from '@llc-phone/database/testing/projects'

// No test changes a module that another one uses.
export default defineConfig({
  test: {
    maxWorkers: 2,
    isolate: false,
    projects: engineProjects({
      include: ['test/**/*.test.ts'],
      onAll: ['booking', 'customers', 'customer-desk', 'import', 'races'].map((name) => `test/${name}.test.ts`),
    }),
  },
})
