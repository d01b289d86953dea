/** Random choices that a seed determines, so that what was found can be found again. */
export interface Random {
  /** From 0 to 1, without 1. */
  share(): number
  /** A whole number from 0 to `below`, without it. */
  below(below: number): number
  chance(share: number): boolean
  pick<Value>(values: readonly Value[]): Value
}

const hash = (text: string): number => {
  let value = 2_166_136_261
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 16_777_619)
  return value >>> 0
}

/** The same seed and name give the same choices (mulberry32). */
export const createRandom = (seed: number, name: string): Random => {
  let state = hash(`${seed} ${name}`)
  const share = (): number => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit: number): number => Math.floor(share() * limit)
  return { share, below, chance: (of) => share() < of, pick: (values) => values[below(values.length)]! }
}
