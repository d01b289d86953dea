/**
 * Stops the wall clock of this process or page at a moment (ms since 1970); again, it is moved. Timers and `performance.now`
 * go on, so that calls and pages work as ever. With `runs` it goes on from there. Uses nothing of its surroundings, because it also runs in pages.
 */
export const stopClock = ([atMs, runs = false]: readonly [atMs: number, runs?: boolean]): void => {
  const scope = globalThis as typeof globalThis & { stoppedAtMs?: number }
  const isStopped = scope.stoppedAtMs !== undefined
  scope.stoppedAtMs = atMs
  if (isStopped) return
  const now = (): number => scope.stoppedAtMs! + (runs ? Math.round(performance.now()) : 0)
  scope.Date = new Proxy(Date, {
    construct: (real, args, target) => Reflect.construct(real, args.length === 0 ? [now()] : args, target) as Date,
    apply: (real) => new real(now()).toString(),
    get: (real, name) => (name === 'now' ? now : (Reflect.get(real, name) as unknown)),
  })
}
