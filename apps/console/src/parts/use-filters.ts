import { useMemo } from 'react'
import { useLocation, useSearchParams } from 'wouter'
import { filtersIn, withFilters } from './filter-values.ts'

/** The filters of a page, which live in the query string. */
export interface Filters<Name extends string> {
  /** Those that are set. */
  readonly values: Partial<Record<Name, string>>
  /** Sets, or with `undefined` removes; `isTyping` makes no step of the browser's history. */
  readonly set: (changes: Partial<Record<Name, string | undefined>>, isTyping?: boolean) => void
  readonly clear: () => void
  /** The address below `/console` that these changes lead to, for a link. */
  readonly href: (changes: Partial<Record<Name | 'after', string | undefined>>) => string
}

/** The filters of these names; `names` is a constant of the page. */
export const useFilters = <Name extends string>(names: readonly Name[]): Filters<Name> => {
  const [path] = useLocation()
  const [search, setSearch] = useSearchParams()
  return useMemo(
    () => ({
      values: filtersIn(search, names),
      set: (changes, isTyping = false) => setSearch((now) => withFilters(now, changes), { replace: isTyping }),
      clear: () => setSearch((now) => withFilters(now, Object.fromEntries(names.map((name) => [name, undefined])))),
      href: (changes) => `${path}?${withFilters(search, changes)}`,
    }),
    [path, search, setSearch, names],
  )
}
