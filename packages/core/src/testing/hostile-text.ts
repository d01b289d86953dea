import fc from 'fast-check'

const snippets = [
  '"',
  '\\',
  '\\"',
  '\\u0022',
  ' ',
  '\n',
  '\0',
  '{',
  '}',
  '},',
  ',',
  ':',
  '0',
  '-1',
  '1e999',
  'é',
  '😀',
  '\u2028',
  '\ud800',
]

/** The text with every cut made in it. */
export const mutate = (original: string, changes: readonly (readonly [number, number, string])[]): string => {
  let changed = original
  for (const [where, length, put] of changes) {
    const at = Math.floor(where * changed.length)
    changed = changed.slice(0, at) + put + changed.slice(at + length)
  }
  return changed
}

/**
 * What a hostile sender writes into JSON text, for properties of readers that recognise messages by their bytes: values of a
 * field, and cuts for {@link mutate}. `pieces` are particular to the message, such as its payload's field once more.
 */
export const hostileText = (...pieces: readonly string[]) => {
  const text = fc.oneof(
    fc.constantFrom(...snippets, ...pieces),
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.base64String(),
    fc.nat().map(String),
  )
  /** Harmless for the most part, or next to nothing would be recognised. */
  const field = fc.oneof({ arbitrary: fc.nat(9).map(String), weight: 9 }, { arbitrary: text, weight: 1 })
  /** A cut, and something put in its place. */
  const cut = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(12), text)
  const cuts = fc.oneof(fc.constant([]), fc.array(cut, { maxLength: 3 }))
  return { field, cuts }
}
