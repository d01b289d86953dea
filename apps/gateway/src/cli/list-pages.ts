import type { AdminClient } from './admin-client.ts'

/** Entries asked for at once. */
const PAGE = 200

/** A query that leaves out what is not given. */
export const queryOf = (fields: Readonly<Record<string, string | number | boolean | undefined>>): URLSearchParams =>
  new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  )

/** Reads a list of the gateway page by page, at most `limit` entries, and passes each page on. Resolves to how many there were. */
export const readPages = async (
  gateway: Pick<AdminClient, 'json'>,
  list: { readonly path: string; readonly key: string; readonly query: URLSearchParams; readonly limit: number },
  take: (entries: readonly unknown[]) => void,
): Promise<number> => {
  let read = 0
  for (let after: string | undefined; ;) {
    const query = new URLSearchParams(list.query)
    query.set('limit', String(Math.min(PAGE, list.limit - read)))
    if (after !== undefined) query.set('after', after)
    // oxlint-disable-next-line no-await-in-loop -- a page begins where the one before ended
    const answer = (await gateway.json({ path: `${list.path}?${query.toString()}` })) as Record<string, unknown>
    const entries = answer[list.key] as unknown[]
    take(entries)
    read += entries.length
    after = answer.next as string | undefined
    if (after === undefined || read >= list.limit) return read
  }
}

/** The value of `--limit`, 50 when it is not given; `undefined` when it is no whole number above 0. */
export const limitIn = (text: string | undefined): number | undefined => {
  const limit = Number(text ?? '50')
  return Number.isInteger(limit) && limit > 0 ? limit : undefined
}
