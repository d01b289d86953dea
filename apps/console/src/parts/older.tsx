import { Link, useLocation, useSearchParams } from 'wouter'
import style from './older.module.css'
import { AFTER, withFilters } from './filter-values.ts'

/** Goes on in a list that is read by pages; `next` is the cursor that the route answered, absent at the end. */
export const Older = ({ next, title = 'Older' }: { next: string | undefined | null; title?: string }) => {
  const [path] = useLocation()
  const [search] = useSearchParams()
  const isFirst = !search.has(AFTER)
  if (isFirst && !next) return null
  return (
    <nav aria-label="Pages of this list" className={style.older}>
      {isFirst ? (
        <span />
      ) : (
        <Link href={`${path}?${withFilters(search, { [AFTER]: undefined })}`}>‹ Back to the first</Link>
      )}
      {next ? (
        <Link href={`${path}?${withFilters(search, { [AFTER]: next })}`}>{title} ›</Link>
      ) : (
        <span>That is all.</span>
      )}
    </nav>
  )
}
