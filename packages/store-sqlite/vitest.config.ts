import { defineConfig } from 'vitest/config'

// Much of a run is waiting, for disks, locks and processes; and no test changes a module that another one uses.
export default defineConfig({ test: { maxWorkers: 2, isolate: false, testTimeout: 20_000 } })
