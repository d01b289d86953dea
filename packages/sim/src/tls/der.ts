/** Writes the few kinds of ASN.1 value (DER) a certificate is made of. */

const tagged = (tag: number, content: Buffer): Buffer => Buffer.concat([Buffer.from([tag]), lengthOf(content), content])

/** Values one after the other. */
export const sequence = (...items: Buffer[]): Buffer => tagged(0x30, Buffer.concat(items))

/** A set with one member, which is all that names need. */
export const setOf = (item: Buffer): Buffer => tagged(0x31, item)

/** A whole number, not negative, most significant byte first. */
export const integer = (bytes: Buffer): Buffer => tagged(0x02, bytes[0]! > 0x7f ? Buffer.from([0, ...bytes]) : bytes)

/** Yes; DER leaves a no out. */
export const yes = (): Buffer => tagged(0x01, Buffer.from([0xff]))

/** Bits, of which the last `unused` do not count. */
export const bitString = (bytes: Buffer, unused = 0): Buffer => tagged(0x03, Buffer.from([unused, ...bytes]))

/** Bytes that mean something elsewhere. */
export const octetString = (bytes: Buffer): Buffer => tagged(0x04, bytes)

/** Text. */
export const utf8 = (text: string): Buffer => tagged(0x0c, Buffer.from(text))

/** A time to the second, until 2049. */
export const utcTime = (date: Date): Buffer =>
  tagged(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`))

/** An object identifier such as `2.5.29.17`. */
export function oid(dotted: string): Buffer {
  const [first, second, ...rest] = dotted.split('.').map(Number)
  return tagged(0x06, Buffer.from([first! * 40 + second!, ...rest.flatMap(base128)]))
}

/** A value under a number of its own: with a value inside, or with bare bytes. */
export const explicit = (number: number, content: Buffer): Buffer => tagged(0xa0 + number, content)
export const implicit = (number: number, bytes: Buffer): Buffer => tagged(0x80 + number, bytes)

function lengthOf({ length }: Buffer): Buffer {
  if (length < 0x80) return Buffer.from([length])
  return length < 0x100 ? Buffer.from([0x81, length]) : Buffer.from([0x82, length >> 8, length & 0xff])
}

function base128(value: number): number[] {
  const groups = [value & 0x7f]
  for (let rest = value >> 7; rest > 0; rest >>= 7) groups.unshift(0x80 | (rest & 0x7f))
  return groups
}
