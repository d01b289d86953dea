/** An exception as fields of a log line. */
interface DescribedCause {
  readonly cause?: string
  readonly causeCode?: string | number
  readonly at?: readonly string[] | undefined
  readonly pii?: { readonly message: string }
}

const MAX_STACK_LENGTH = 8_000
const MAX_WORD_LENGTH = 200
const MAX_MESSAGE_LENGTH = 1_000

/**
 * An exception as log fields. Its message may quote what the failing code worked on (a query with a customer's name, a
 * number), so it counts as personal data; type, code and place do not.
 */
export const describeCause = (cause: unknown): DescribedCause => {
  if (!(cause instanceof Error)) return cause === undefined ? {} : { cause: typeof cause }
  const { code } = cause as { code?: unknown }
  // The places stand behind the message, which may be as long as what it quotes.
  const at = cause.stack
    ?.slice(-MAX_STACK_LENGTH)
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 4)
    .map((line) => line.trim().slice(0, MAX_WORD_LENGTH))
  return {
    cause: cause.name.slice(0, MAX_WORD_LENGTH),
    ...(typeof code === 'number' ? { causeCode: code } : {}),
    ...(typeof code === 'string' ? { causeCode: code.slice(0, MAX_WORD_LENGTH) } : {}),
    at,
    pii: { message: cause.message.slice(0, MAX_MESSAGE_LENGTH) },
  }
}
