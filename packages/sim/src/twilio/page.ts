/** Pages of a list, as the REST API gives them. */

/** The fields of a query, each once. */
export type Query = Record<string, string | undefined>

/** The page that a query asks for, of what was found; `key` is what the list is called in the answer. */
export function pageOf<T>(key: string, found: readonly T[], query: Query, uri: string) {
  const size = Math.min(Math.max(Number(query['PageSize'] ?? 50) || 50, 1), 1000)
  const page = Math.max(Number(query['Page'] ?? 0) || 0, 0)
  const items = found.slice(page * size, (page + 1) * size)
  const at = (number: number): string => {
    const search = new URLSearchParams({ ...definedOf(query), PageSize: String(size), Page: String(number) })
    return `${uri}?${search.toString()}`
  }
  return {
    [key]: items,
    page,
    page_size: size,
    start: page * size,
    end: page * size + Math.max(items.length - 1, 0),
    uri: at(page),
    first_page_uri: at(0),
    next_page_uri: (page + 1) * size < found.length ? at(page + 1) : null,
    previous_page_uri: page > 0 ? at(page - 1) : null,
  }
}

const definedOf = (query: Query): Record<string, string> =>
  Object.fromEntries(Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined))

/** A time as the REST API writes it; null for none. */
export const rfc2822 = (value: Date | undefined): string | null => value?.toUTCString().replace('GMT', '+0000') ?? null
