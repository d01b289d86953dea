/** A value outside React, for `useSyncExternalStore`. */
export interface Store<Value> {
  readonly get: () => Value
  readonly set: (value: Value) => void
  /** Calls back after each change; gives the function that ends it. */
  readonly subscribe: (reader: () => void) => () => void
}

/** A store with its first value. */
export const createStore = <Value>(first: Value): Store<Value> => {
  let value = first
  const readers = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      value = next
      for (const reader of readers) reader()
    },
    subscribe(reader) {
      readers.add(reader)
      return () => void readers.delete(reader)
    },
  }
}
