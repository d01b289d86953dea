import type * as z from 'zod'

/** How to word the issues of a value. */
interface IssueWording {
  /** Prefix of every path, like `outbound.policy`. */
  readonly within?: string
  /** In place of the path for an issue of the whole value; default `settings`. */
  readonly whole?: string
  /** Between path and message; default `: `. */
  readonly mark?: string
}

/**
 * The issues of a zod error, as one `path: message` each; empty without an error. Values are not repeated, because they may be
 * passwords, unless a message of the schema does so.
 */
export const issueSentences = (error: Pick<z.ZodError, 'issues'> | undefined, around: IssueWording = {}): string[] => {
  const { within, whole = 'settings', mark = ': ' } = around
  return (error?.issues ?? []).map(({ path, message }) => {
    const at = [...(within === undefined ? [] : [within]), ...path.map(String)].join('.')
    return `${at || whole}${mark}${message}`
  })
}
