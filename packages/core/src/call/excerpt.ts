/** A list of limited length and size: what does not fit is taken out of its middle, so that beginning and end are kept. */
export interface Excerpt<Entry> {
  readonly entries: readonly Entry[]
  /** How many entries were taken out. */
  readonly omitted: number
  readonly bytes: number
  add(entry: Entry, index?: number): void
  /** Measures an entry again that has become longer. */
  grown(entry: Entry): void
}

/** Creates an empty excerpt. `matters`: entries that are taken out last. */
export const createExcerpt = <Entry>(limits: {
  readonly entries: number
  readonly bytes: number
  /** How many entries from the beginning are kept. */
  readonly first: number
  bytesOf(entry: Entry): number
  matters?(entry: Entry): boolean
  /** Told of every entry that is taken out. */
  removed?(entry: Entry): void
}): Excerpt<Entry> => {
  const { first, bytesOf, matters = () => false, removed = () => {} } = limits
  const entries: Entry[] = []
  const sizes = new Map<Entry, number>()
  let bytes = 0
  let omitted = 0

  const measure = (entry: Entry): void => {
    const size = bytesOf(entry)
    bytes += size - (sizes.get(entry) ?? 0)
    sizes.set(entry, size)
  }

  const fit = (): void => {
    while (entries.length > 2 && (entries.length > limits.entries || bytes > limits.bytes)) {
      // A beginning of a few long entries must leave room for the others.
      const from = Math.min(first, Math.floor(entries.length / 2))
      const found = entries.findIndex((entry, index) => index >= from && index < entries.length - 1 && !matters(entry))
      const [gone] = entries.splice(found < 0 ? from : found, 1) as [Entry]
      bytes -= sizes.get(gone) ?? 0
      sizes.delete(gone)
      omitted++
      removed(gone)
    }
  }

  return {
    entries,
    get omitted() {
      return omitted
    },
    get bytes() {
      return bytes
    },
    add(entry, index = entries.length) {
      entries.splice(index, 0, entry)
      measure(entry)
      fit()
    },
    grown(entry) {
      measure(entry)
      fit()
    },
  }
}
