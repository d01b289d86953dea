/** Numbers that look random and are the same every time. */
export interface Random {
  /** From 0 up to, and without, 1. */
  next(): number
  between(least: number, most: number): number
  whole(least: number, most: number): number
  of<Item>(items: readonly Item[]): Item
  /** As delays are spread: most near the middle, a few far above. */
  delay(usualMs: number): number
  id(): string
}

/** Begins with a seed (mulberry32, a public-domain generator of 32 bits). */
export const randomFrom = (seed: number): Random => {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (least: number, most: number): number => least + next() * (most - least)
  const whole = (least: number, most: number): number => Math.floor(between(least, most + 1))
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join('')
  return {
    next,
    between,
    whole,
    of: (items) => items[whole(0, items.length - 1)]!,
    delay: (usualMs) => usualMs * Math.exp((next() + next() + next() - 1.5) * 0.55) * (next() > 0.97 ? 2.2 : 1),
    id: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  }
}
