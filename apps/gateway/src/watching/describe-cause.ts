/** An exception as fields of a log line. */
interface DescribedCause {
  readonly cause?: string
  readonly causeCode?: string | number
  readonly at?: readonly string[] | undefined
  readonly pii?: { readonly message: string }
}

const MAX_MESSAGE_LENGTH = 1_000

/** A name or code as programs use it; anything else may quote a caller. */
const PLAIN_WORD = /^[\w.:-]{1,64}$/

/** The places in the stack, without its head, which repeats the message and may have lines that look like places. */
const placesOf = ({ stack, message }: Error): string[] | undefined => {
  if (typeof stack !== 'string') return undefined
  const behindMessage = message === '' ? 0 : stack.indexOf(message) + message.length
  return stack
    .slice(behindMessage)
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 4)
    .map((line) => line.trim().slice(0, 300))
}

/**
 * An exception as log fields. Its message may quote what the failing code worked on (a query with a customer's name, a
 * number), so it counts as personal data; type, code and place do not.
 */
export const describeCause = (cause: unknown): DescribedCause => {
  if (!(cause instanceof Error)) return cause === undefined ? {} : { cause: typeof cause }
  const { code } = cause as { code?: unknown }
  const isCode = typeof code === 'number' || (typeof code === 'string' && PLAIN_WORD.test(code))
  return {
    cause: PLAIN_WORD.test(cause.name) ? cause.name : 'Error',
    ...(isCode ? { causeCode: code } : {}),
    at: placesOf(cause),
    pii: { message: cause.message.slice(0, MAX_MESSAGE_LENGTH) },
  }
}
