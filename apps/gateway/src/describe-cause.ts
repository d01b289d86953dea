/**
 * An exception as log fields. Its message may quote what the failing code worked on (a query with a customer's name, a
 * number), so it counts as personal data; type, code and place do not.
 */
export const describeCause = (cause: unknown): object => {
  if (!(cause instanceof Error)) return cause === undefined ? {} : { cause: typeof cause }
  const { code } = cause as { code?: unknown }
  const at = cause.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 4)
    .map((line) => line.trim())
  return {
    cause: cause.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { causeCode: code } : {}),
    at,
    pii: { message: cause.message },
  }
}
