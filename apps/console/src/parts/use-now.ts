import { useSyncExternalStore } from 'react'

interface Ticker {
  now: number
  readonly readers: Set<() => void>
  timer?: ReturnType<typeof setInterval>
}

/** One timer for all that shows the same steps of time. */
const tickers = new Map<number, Ticker>()

const tickerOf = (everyMs: number): Ticker => {
  const ticker = tickers.get(everyMs) ?? { now: Date.now(), readers: new Set() }
  tickers.set(everyMs, ticker)
  return ticker
}

const subscribeTo = (everyMs: number) => (reader: () => void) => {
  const ticker = tickerOf(everyMs)
  ticker.readers.add(reader)
  ticker.timer ??= setInterval(() => {
    ticker.now = Date.now()
    for (const each of ticker.readers) each()
  }, everyMs)
  return () => {
    ticker.readers.delete(reader)
    if (ticker.readers.size > 0) return
    clearInterval(ticker.timer)
    delete ticker.timer
  }
}

const everySecond = subscribeTo(1_000)
const everyHalfMinute = subscribeTo(30_000)

/** The time (ms since 1970), in steps of a second. */
export const useSeconds = (): number => useSyncExternalStore(everySecond, () => freshNow(1_000))

/** The time (ms since 1970), in steps of half a minute. */
export const useHalfMinutes = (): number => useSyncExternalStore(everyHalfMinute, () => freshNow(30_000))

/** The last step; the time itself when nobody has listened lately. */
const freshNow = (everyMs: number): number => {
  const ticker = tickerOf(everyMs)
  if (!ticker.timer && Date.now() - ticker.now > everyMs) ticker.now = Date.now()
  return ticker.now
}
