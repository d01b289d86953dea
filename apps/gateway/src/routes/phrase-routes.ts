import { defaultLanguage, GatewayError, languageCodes } from '@llc-phone/core'
import { phraseWordsIn } from '@llc-phone/phrases'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
import { noteDeed } from './note-deed.ts'

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

const listed = z.object({
  voices: z.array(z.string()),
  phrases: z.array(
    z
      .object({
        voice: z.string(),
        language: z.string(),
        key: z.string(),
        text: z.string(),
        durationMs: z.number(),
        recorded: z.object({ at: z.iso.datetime(), model: z.string() }).optional(),
      })
      .meta({ id: 'Phrase' }),
  ),
})
const result = z
  .object({
    voice: z.string(),
    language: z.string(),
    recorded: z.array(z.string()),
    failed: z.array(z.object({ key: z.string(), problem: z.string() })),
  })
  .meta({ id: 'Recorded' })

/**
 * `GET /phrases` lists what callers hear when the model owes an answer; `POST /phrases` has a voice record the missing
 * phrases, or all again.
 */
export const addPhraseRoutes = async (scope: AdminScope, deps: GatewayDeps): Promise<void> => {
  const { phrases } = deps

  const read = { summary: 'What callers hear when the model owes an answer', response: { 200: listed } }
  scope.get('/phrases', { config: { role: 'viewer' }, schema: read }, () => ({
    voices: phrases.voices,
    phrases: phrases.list(),
  }))

  const write = { summary: 'Has a voice record the missing phrases', body: order, response: { 200: result } }
  scope.post('/phrases', { config: { role: 'manager' }, schema: write }, async (request) => {
    const { voice = phrases.voices[0]!, language, again } = request.body
    if (!phraseWordsIn(language))
      throw new GatewayError(
        'request_invalid',
        `language: there are no phrases in this language. There are ${languageCodes.join(', ')}.`,
      )
    const { recorded, failed } = await phrases.record({ voice, language, again })
    const details = { language, again, recorded: recorded.length, failed: failed.length }
    await noteDeed(deps, request, { action: 'phrases_recorded', target: voice, details })
    return { voice, language, recorded: recorded.map(({ key }) => key), failed }
  })
}
