/** The name in the query string of where a page of a list begins. */
export const AFTER = 'after'

/** The filters of a page as they stand in a query string; empty ones are absent. */
export const filtersIn = <Name extends string>(
  search: URLSearchParams,
  names: readonly Name[],
): Partial<Record<Name, string>> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = search.get(name)
      return value ? [[name, value]] : []
    }),
  ) as Partial<Record<Name, string>>

/** A query string with other filters; another filter begins at the first page again. */
export const withFilters = (
  search: URLSearchParams,
  changes: Readonly<Record<string, string | undefined>>,
): URLSearchParams => {
  const next = new URLSearchParams(search)
  if (!(AFTER in changes)) next.delete(AFTER)
  for (const [name, value] of Object.entries(changes)) {
    if (value) next.set(name, value)
    else next.delete(name)
  }
  return next
}
