import { say, sayError } from './say.ts'

/** Copies a text; absent where the browser offers no clipboard. `what` completes "Copy …". */
export const CopyButton = ({ text, what }: { text: string; what: string }) => {
  // Only absent without TLS; the types of the DOM do not know that.
  if (!(navigator.clipboard as Clipboard | undefined)) return null
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => say('Copied.'),
      (error: unknown) => sayError(error),
    )
  return (
    <button type="button" onClick={() => void copy()}>
      Copy<span className="unseen"> {what}</span>
    </button>
  )
}
