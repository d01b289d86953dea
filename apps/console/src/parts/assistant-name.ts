import { plainWords } from '@llc-phone/core/form'

/** What an assistant is called on screen: `frontDesk` is "Front desk". */
export const assistantName = (key: string): string => plainWords(key)

/** What answered or placed a call; older calls know only the kind. */
export const answeredAs = ({
  instance,
  mode,
}: {
  readonly instance?: string | undefined
  readonly mode: string
}): string => assistantName(instance ?? mode)
