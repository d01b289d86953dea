/**
 * How many letters have to be changed, added, left out or swapped with the next (Levenshtein, with neighbours swapped).
 *
 * @param {string} one
 * @param {string} other
 */
const edits = (one, other) => {
  let before = /** @type {number[]} */ ([])
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const changed = Number(row[j - 1]) + (one[i - 1] === other[j - 1] ? 0 : 1)
      let least = Math.min(changed, Number(row[j]) + 1, Number(next[j - 1]) + 1)
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        least = Math.min(least, Number(before[j - 2]) + 1)
      next.push(least)
    }
    before = row
    row = next
  }
  return Number(row[other.length])
}

/**
 * The name that was probably meant; undefined when none is similar.
 *
 * @param {string} typed
 * @param {readonly string[]} names
 */
export const nearest = (typed, names) => {
  const [best] = names
    .map((name) => ({ name, edits: edits(typed.toLowerCase().slice(0, 40), name) }))
    .filter((each) => each.edits <= Math.max(1, Math.floor(each.name.length / 3)) || each.name.startsWith(typed))
    .sort((one, other) => one.edits - other.edits)
  return best && best.name
}
