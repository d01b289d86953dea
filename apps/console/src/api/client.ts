import createClient from 'openapi-fetch'
import type { paths } from './openapi.ts'

/** An answer of the gateway that is an error: its code, as in docs/reference/errors.md, and its sentence. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
  }
}

/** The operator routes, typed by docs/reference/openapi.json. The session is a cookie. */
export const api = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' })

/** How long an answer may take (ms): the gateway's own limit for the database is shorter. */
const ANSWER_WITHIN_MS = 20_000

let whenSignedOut = (): void => {}

/** Calls back whenever the gateway says that nobody is signed in any more. */
export const onSignedOut = (then: () => void): void => {
  whenSignedOut = then
}

const errorOf = (status: number, body: unknown): ApiError => {
  const { error } = (body ?? {}) as { error?: { code?: string; message?: string } }
  return new ApiError(status, error?.code ?? 'unreadable_answer', error?.message ?? `The gateway answered ${status}.`)
}

api.use({
  onRequest: ({ request }) =>
    new Request(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]) }),
  async onResponse({ response }) {
    if (response.ok) return
    if (response.status === 401) whenSignedOut()
    throw errorOf(response.status, await response.json().catch(() => undefined))
  },
  onError: ({ error }) => new ApiError(0, 'gateway_unreachable', `The gateway does not answer (${String(error)}).`),
})
