import { isMainThread } from 'node:worker_threads'

// Preloaded into a gateway: once it is asked to, it goes round with the event loop and notes the longest time between two rounds, which
// is how long audio would have waited. Going round costs a core, so nothing else is measured meanwhile. Node knows the processor time of
// a thread only to 4 ms, so this is the clock: what the machine did otherwise is in it, and the middle of many figures counts.

let longestMs = 0
let last = 0
let isWatching = false

const goRound = () => {
  const now = performance.now()
  longestMs = Math.max(longestMs, now - last)
  last = now
  setImmediate(goRound)
}

if (isMainThread)
  process.on('message', (message) => {
    if (message === 'watch stretches' && !isWatching) {
      isWatching = true
      last = performance.now()
      goRound()
    }
    if (message !== 'longest stretch') return
    process.send?.(longestMs)
    longestMs = 0
  })
