import type * as z from 'zod'

/** Words around the issues of one value. */
interface IssueWording {
  /** Stands before every path, like `outbound.policy`. */
  readonly within?: string
  /** Stands for the path of what is wrong with the whole; default `settings`. */
  readonly whole?: string
  /** Between path and message; default `: `. */
  readonly mark?: string
}

/**
 * What a schema has against a value, one `path: message` an issue; empty without an error. Values are not repeated unless a
 * message of the schema does so: there may be passwords in them.
 */
export const issueSentences = (error: Pick<z.ZodError, 'issues'> | undefined, around: IssueWording = {}): string[] => {
  const { within, whole = 'settings', mark = ': ' } = around
  return (error?.issues ?? []).map(({ path, message }) => {
    const at = [...(within === undefined ? [] : [within]), ...path.map(String)].join('.')
    return `${at || whole}${mark}${message}`
  })
}
