/** A set that keeps its newest values only. */
export interface Recent<Value> {
  add(value: Value): void
  delete(value: Value): void
  has(value: Value): boolean
  readonly size: number
}

/** Creates a set of the newest `limit` values, so that an endless session cannot fill the memory. */
export const recent = <Value>(limit: number): Recent<Value> => {
  const values = new Set<Value>()
  return {
    add(value) {
      values.delete(value)
      values.add(value)
      if (values.size > limit) values.delete(values.values().next().value as Value)
    },
    delete: (value) => void values.delete(value),
    has: (value) => values.has(value),
    get size() {
      return values.size
    },
  }
}
