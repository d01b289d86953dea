/** What somebody probably meant whose number is not in E.164 form: the simulated callers are in North America. */
export const meantNumber = (typed: string): string | undefined => {
  const plain = typed.normalize('NFKC').trim()
  if (!/^\+?[\d\s().\p{Pd}]+$/u.test(plain)) return undefined
  const digits = plain.replaceAll(/\D/g, '')
  if (plain.startsWith('+')) return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : undefined
  const national = /^1?([2-9]\d{2}[2-9]\d{6})$/.exec(digits)?.[1]
  return national === undefined ? undefined : `+1${national}`
}
