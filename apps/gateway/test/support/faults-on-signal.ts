// Loaded before main.ts: stands for code of a mode that goes wrong in the middle of calls.
const failure = () => new Error('no record of Zoe Adler\n    at Zoe Adler, +14155550199')

process.on('SIGUSR2', () => {
  // Forgotten on purpose.
  void Promise.reject(failure())
})

process.on('SIGHUP', () => {
  throw failure()
})

process.on('SIGWINCH', () => {
  // Nothing else happens in this process meanwhile.
  const untilMs = performance.now() + 2_000
  while (performance.now() < untilMs);
})
