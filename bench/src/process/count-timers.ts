import { createHook } from 'node:async_hooks'

// Preloaded into a gateway whose timers are to be counted: all of them, also those that do not keep the process alive.

const running = new Set<number>()
createHook({
  init(id, type) {
    if (type === 'Timeout') running.add(id)
  },
  destroy: (id) => void running.delete(id),
}).enable()

process.on('message', (message) => {
  if (message === 'timers') process.send?.(running.size)
})
