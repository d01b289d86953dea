import { isIPv6 } from 'node:net'

/** How many wrong tokens may come at once, and how many more in a minute after that. */
export interface GuessAllowance {
  /** From one address. */
  readonly perAddress: number
  /** From all together. */
  readonly overall: number
}

const MINUTE_MS = 60_000

/** For tokens in requests: programs send them with each. */
const OF_PROGRAMS: GuessAllowance = { perAddress: 10, overall: 100 }

/** For signing in, which people do. */
export const OF_PEOPLE: GuessAllowance = { perAddress: 5, overall: 10 }

/** Longest wait, however often somebody has guessed. */
const MAX_OWED = 10

/** Most addresses remembered: an attacker may have more; then the overall limit applies. */
const MAX_ADDRESSES = 1_000

/** Slows down guessing: wrong tokens are counted for a while. */
export interface GuessLimit {
  /** Counts a wrong token. Returns the seconds to wait before the next one, or 0 while no wait is needed. */
  wrong(address: string): number
  /** Addresses that are remembered. */
  readonly size: number
}

/** Wrong tokens that still count. */
interface Debt {
  count: number
  at: number
}

/** The key of an address: a subscriber has one IPv4 address, or at least 64 bits of IPv6 addresses. */
const placeOf = (address: string): string =>
  isIPv6(address) && !address.includes('.') ? expand(address).slice(0, 4).join(':') : address

const expand = (address: string): string[] => {
  const [head = '', tail] = address.split('%')[0]!.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  return [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after]
}

/** Counts without timers: expired counts are removed when the next wrong token comes. */
export const createGuessLimit = (
  now: () => number,
  { perAddress, overall: together }: GuessAllowance = OF_PROGRAMS,
): GuessLimit => {
  const debts = new Map<string, Debt>()
  const overall: Debt = { count: 0, at: 0 }

  const owe = (debt: Debt, allowed: number): number => {
    const forgivenAfterMs = MINUTE_MS / allowed
    const left = Math.max(0, debt.count - (now() - debt.at) / forgivenAfterMs)
    debt.count = Math.min(left + 1, allowed + MAX_OWED)
    debt.at = now()
    return debt.count <= allowed ? 0 : Math.ceil(((debt.count - allowed) * forgivenAfterMs) / 1_000)
  }

  return {
    wrong(address) {
      const place = placeOf(address)
      const debt = debts.get(place) ?? { count: 0, at: now() }
      // Keep the latest address last, so that the longest idle ones are dropped first.
      debts.delete(place)
      debts.set(place, debt)
      if (debts.size > MAX_ADDRESSES) debts.delete(debts.keys().next().value!)
      return Math.max(owe(debt, perAddress), owe(overall, together))
    },
    get size() {
      return debts.size
    },
  }
}
