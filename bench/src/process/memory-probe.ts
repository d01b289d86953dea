// Preloaded into the relay under test: collects garbage and answers how much memory is left. Until it is asked, it costs nothing.

/** What a process keeps when all garbage is gone. */
export interface Memory {
  /** In RAM, with code, stacks and what the allocator has not given back. */
  readonly residentBytes: number
  /** Objects and buffers that are in use. */
  readonly retainedBytes: number
}

process.on('message', () => {
  // Twice: what finalisers let go of is gone the second time.
  for (let round = 0; round < 2; round++) globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  process.send?.({ residentBytes: rss, retainedBytes: heapUsed + external } satisfies Memory)
})
