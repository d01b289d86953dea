import { ApiError } from '../../api/client.ts'

/** A line of a list that is wrong. */
export interface WrongLine {
  readonly line: number
  readonly problem: string
}

/** A list that was not taken, with its wrong lines. */
export class ListError extends ApiError {
  readonly lines: readonly WrongLine[]
  constructor(status: number, code: string, message: string, lines: readonly WrongLine[]) {
    super(status, code, message)
    this.lines = lines
  }
}

/** Reading and checking some megabytes may take this long (ms). */
const LIST_WITHIN_MS = 120_000

/** Sends a file of text to a route that takes lists. Throws `ApiError`, with the wrong lines a {@link ListError}. */
export const sendCsv = async (path: string, file: Blob): Promise<unknown> => {
  const answer = await fetch(path, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'text/csv' },
    body: file,
    signal: AbortSignal.timeout(LIST_WITHIN_MS),
  })
  const body = (await answer.json().catch(() => ({}))) as {
    error?: { code: string; message: string; lines?: WrongLine[] }
  }
  if (answer.ok) return body
  const {
    code = 'unreadable_answer',
    message = `The gateway answered ${answer.status}.`,
    lines = [],
  } = body.error ?? {}
  throw new ListError(answer.status, code, message, lines)
}
