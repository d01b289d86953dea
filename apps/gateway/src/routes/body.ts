import { GatewayError } from '@llc-phone/core'
import { decodeText, TextProblem } from '@llc-phone/files'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** The charset of a body, if the content type names one. */
export const charsetOf = ({ headers }: FastifyRequest): string | undefined =>
  /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(headers['content-type'] ?? '')?.[1]

/**
 * Parses JSON in any charset: Fastify's own parser assumes UTF-8, and would store a name in another charset garbled. An
 * empty body is accepted: not every request needs one.
 */
export const addJsonParser = (app: FastifyInstance): void => {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      const text = decodeText(body as Buffer, charsetOf(request))
      if (text.trim() === '') done(null)
      else void parse(request, text, done)
    } catch (error) {
      done(
        error instanceof TextProblem
          ? new GatewayError('request_invalid', `The body ${error.message}.`)
          : (error as Error),
      )
    }
  })
}
