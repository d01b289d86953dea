import { defaultLanguage, GatewayError } from '@llc-phone/core'
import { shippedIn, shippedLanguages } from '@llc-phone/phrases'
import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import { parseRequest } from './parse.ts'
import { requireAdmin } from './require-admin.ts'

/** Normalises a language tag: `es-mx` becomes `es-MX`. */
const languageTag = z.string('must be a language tag, like en').transform((tag, check) => {
  try {
    return Intl.getCanonicalLocales(tag.trim())[0] ?? defaultLanguage
  } catch {
    check.addIssue({ code: 'custom', message: 'must be a language tag, like en' })
    return z.NEVER
  }
})

const order = z.strictObject({
  voice: z
    .string('must be the name of a voice')
    .trim()
    .min(1, 'must be the name of a voice')
    .max(64, 'is too long')
    .optional(),
  language: languageTag.default(defaultLanguage),
  again: z.boolean('must be true or false').default(false),
})

/**
 * `GET /phrases` lists what callers hear when the model owes an answer; `POST /phrases` has a voice record the missing
 * phrases, or all again.
 */
export const addPhraseRoutes = async (scope: FastifyInstance, deps: GatewayDeps): Promise<void> => {
  const { phrases } = deps
  scope.addHook('onRequest', requireAdmin(deps.adminToken))

  scope.get('/phrases', () => ({ voices: phrases.voices, phrases: phrases.list() }))

  scope.post('/phrases', async (request) => {
    const { voice = phrases.voices[0]!, language, again } = parseRequest(order, request.body)
    if (!shippedIn(language))
      throw new GatewayError(
        'request_invalid',
        `language: there are no phrases in this language. There are ${[...shippedLanguages.keys()].join(', ')}.`,
      )
    const { recorded, failed } = await phrases.record({ voice, language, again })
    return { voice, language, recorded: recorded.map(({ key }) => key), failed }
  })
}
