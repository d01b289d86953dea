import { isIPv6 } from 'node:net'

/** So many wrong tokens may come at once from one address, and from all together. */
const PER_ADDRESS = 10
const OVERALL = 100

/** Then one more in this time. */
const FORGIVEN_AFTER_MS = 6_000

/** Nobody is told to wait longer than a minute, however often they have guessed. */
const MAX_OWED = 10

/** An attacker has more addresses than we have memory; beyond this the overall limit holds. */
const MAX_ADDRESSES = 1_000

/** Slows down whoever guesses: what they get wrong is remembered for a while. */
export interface GuessLimit {
  /** Notes a wrong token. Returns the seconds after which the next one may come, or 0 while it still may. */
  wrong(address: string): number
  /** Addresses that are remembered. */
  readonly size: number
}

/** Wrong tokens that are not forgiven yet. */
interface Debt {
  count: number
  at: number
}

/** A house has one IPv4 address, and at least 64 bits of IPv6 ones. */
const placeOf = (address: string): string =>
  isIPv6(address) && !address.includes('.') ? expand(address).slice(0, 4).join(':') : address

const expand = (address: string): string[] => {
  const [head = '', tail] = address.split('%')[0]!.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  return [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after]
}

/** Counts without timers: what has been forgiven meanwhile is worked out when somebody guesses again. */
export const createGuessLimit = (now: () => number): GuessLimit => {
  const debts = new Map<string, Debt>()
  const overall: Debt = { count: 0, at: 0 }

  const owe = (debt: Debt, allowed: number, forgivenAfterMs: number): number => {
    const left = Math.max(0, debt.count - (now() - debt.at) / forgivenAfterMs)
    debt.count = Math.min(left + 1, allowed + MAX_OWED)
    debt.at = now()
    return debt.count <= allowed ? 0 : Math.ceil(((debt.count - allowed) * forgivenAfterMs) / 1_000)
  }

  return {
    wrong(address) {
      const place = placeOf(address)
      const debt = debts.get(place) ?? { count: 0, at: now() }
      // Whoever was wrong last stands last: the first to be forgotten are those who have given up.
      debts.delete(place)
      debts.set(place, debt)
      if (debts.size > MAX_ADDRESSES) debts.delete(debts.keys().next().value!)
      return Math.max(
        owe(debt, PER_ADDRESS, FORGIVEN_AFTER_MS),
        owe(overall, OVERALL, (FORGIVEN_AFTER_MS * PER_ADDRESS) / OVERALL),
      )
    },
    get size() {
      return debts.size
    },
  }
}
