import { createHash } from 'node:crypto'

const MARK_CHARACTERS = 8

/** What tells secrets from others without giving them away: a piece of the hash of each. */
export const secretMarkOf = (secrets: readonly string[] | undefined): string | undefined =>
  secrets
    ?.map((secret) => createHash('sha256').update(`llc-phone ${secret}`).digest('hex').slice(0, MARK_CHARACTERS))
    .join(',')

/** Whether each of two instances can check the tokens of the other: it knows the secret that the other one signs with. */
export const checkEachOther = (one: string | undefined, other: string | undefined): boolean => {
  if (one === undefined || other === undefined) return false
  const [ours, theirs] = [one.split(','), other.split(',')]
  return ours.includes(theirs[0]!) && theirs.includes(ours[0]!)
}
