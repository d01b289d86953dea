// Preloaded into the relay under test: collects garbage and answers how much memory is left. Until it is asked, it costs nothing.
// JavaScript: a relay that had to strip types would have the 17 MB for that in its figures.

process.on('message', (message) => {
  if (message !== 'memory') return
  // Twice: what finalisers let go of is gone the second time.
  for (let round = 0; round < 2; round++) globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  process.send?.({ residentBytes: rss, retainedBytes: heapUsed + external })
})
