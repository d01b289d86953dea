import { maskNumber } from '@llc-phone/core'

/** A plus or its URL-encoded form, then the digits of an E.164 number. */
const PHONE_NUMBER = /(?:\+|%2B)([1-9]\d{6,14})(?!\d)/gi

/** The text with every telephone number in it masked: `+1415•••0100`. */
export const maskNumbersIn = (text: string): string =>
  text.replace(PHONE_NUMBER, (_, digits: string) => maskNumber(`+${digits}`))
