/** Keeps the screen on while a call is up, where the browser can: a telephone that locks itself takes the page's sound away. */
export const createWakeLock = () => {
  let lock: WakeLockSentinel | undefined
  let isHeld = false

  const ask = async (): Promise<void> => {
    const { wakeLock } = navigator as { wakeLock?: WakeLock }
    if (!isHeld || document.visibilityState !== 'visible') return
    // Refused with an empty battery: the call goes on without it.
    const got = await wakeLock?.request('screen').catch(() => undefined)
    if (isHeld) lock = got
    else void got?.release()
  }

  // The browser takes it back whenever the page is not seen.
  document.addEventListener('visibilitychange', () => void ask())
  return {
    hold(): void {
      isHeld = true
      void ask()
    },
    release(): void {
      isHeld = false
      void lock?.release()
      lock = undefined
    },
  }
}
