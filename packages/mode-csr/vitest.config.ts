import { defineConfig } from 'vitest/config'
import { engineProjects } from '@llc-phone/database/testing/projects'

export default defineConfig({
  test: {
    projects: engineProjects({
      include: ['test/**/*.test.ts'],
      onAll: ['booking', 'customers', 'customer-desk', 'import', 'races'].map(
        (name) => `test/${name}.test.ts`,
      ),
    }),
  },
})
