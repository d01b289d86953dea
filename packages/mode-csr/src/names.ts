import type { Customer } from './db/records.ts'

/** The words of a text as they are compared: without accents, case and punctuation. */
export const words = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? []

/** Whether every word said is one of the words. */
export const isAmong = (said: string, text: string): boolean => {
  const wanted = words(said)
  const known = words(text)
  return wanted.length > 0 && wanted.every((word) => known.includes(word))
}

/** Whether that is the customer's name, or a part of it. */
export const isCalled = ({ firstName, lastName }: Customer, said: string): boolean =>
  isAmong(said, `${firstName} ${lastName}`)

/** Whether both first and last name were said. */
export const isFullyCalled = (customer: Customer, said: string): boolean =>
  isCalled(customer, said) && isAmong(`${customer.firstName} ${customer.lastName}`, said)
