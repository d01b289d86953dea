const NO_TIME = '–'

/** A length of time (ms) in words: `24 s`, `1 min 12 s`, `2 h 5 min`; a dash when it is not known. */
export const lengthText = (lengthMs: number | undefined | null): string => {
  if (lengthMs === undefined || lengthMs === null) return NO_TIME
  const seconds = Math.max(0, Math.round(lengthMs / 1_000))
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  if (hours > 0) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  if (minutes > 0) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`
  return `${seconds} s`
}

/** A running length (ms) as a clock shows it: `0:08`, `1:12`, `1:02:07`. */
export const clockText = (lengthMs: number): string => {
  const seconds = Math.max(0, Math.floor(lengthMs / 1_000))
  const two = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}

/** A short length (ms), exactly: `0.5 ms`, `301 ms`, `1.24 s`; a dash when it is not known. */
export const preciseText = (lengthMs: number | undefined | null): string => {
  if (lengthMs === undefined || lengthMs === null) return NO_TIME
  if (lengthMs >= 1_000) return `${(lengthMs / 1_000).toFixed(lengthMs < 10_000 ? 2 : 1)} s`
  return `${lengthMs >= 10 ? Math.round(lengthMs) : Math.round(lengthMs * 10) / 10} ms`
}

/** An amount in US dollars: whole cents from one dollar on, `$0.049` below; a dash when it is not known. */
export const moneyText = (usd: number | undefined | null): string => {
  if (usd === undefined || usd === null) return NO_TIME
  const digits = Math.abs(usd) >= 1 || usd === 0 ? 2 : Math.abs(usd) >= 0.01 ? 3 : 4
  return new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(usd)
}

/** A whole number, grouped as the browser's language does. */
export const countText = (count: number): string => new Intl.NumberFormat().format(count)

/** A share (0 to 1) in per cent. */
export const shareText = (share: number | undefined | null): string =>
  share === undefined || share === null
    ? NO_TIME
    : new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 }).format(share)

/** `1 call`, `2 calls`. */
export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : many}`
