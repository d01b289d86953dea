import { GatewayError } from '@llc-phone/core'
import { decodeText, TextProblem } from '@llc-phone/files'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** The charset that a body comes with, if its sender names one. */
export const charsetOf = ({ headers }: FastifyRequest): string | undefined =>
  /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(headers['content-type'] ?? '')?.[1]

/**
 * JSON in whatever charset it comes: Fastify's own parser takes everything for UTF-8, and a name in another one would be
 * stored garbled. Nothing at all is no mistake of a request that needs nothing.
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
