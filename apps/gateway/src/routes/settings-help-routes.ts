import { typedNumber } from '@llc-phone/core'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import { requireReadable } from '../configuration/require-readable.ts'
import type { AdminScope } from './admin-scope.ts'
import { asJson, changing, documentShape, findingShape, reading } from './settings-shapes.ts'

const template = z
  .object({ name: z.string(), about: z.string(), document: documentShape })
  .meta({ id: 'SettingsTemplate' })

/** What forms need beside the document: templates, the document as text, and telephone numbers as people type them. */
export const addSettingsHelpRoutes = (scope: AdminScope, { settings }: GatewayDeps): void => {
  const list = {
    summary: 'Documents to begin with',
    response: { 200: z.object({ templates: z.array(template) }) },
  }
  scope.get('/settings/templates', { ...reading, schema: list }, async () => {
    const { templates } = await import('@llc-phone/settings/templates')
    return { templates: templates.map(({ name, about, document }) => ({ name, about, document: asJson(document) })) }
  })

  const read = {
    summary: 'Reads a document from YAML or JSON and says what is wrong with it, with lines; changes nothing',
    body: z.strictObject({ text: z.string('must be a text').max(250_000, 'is too long') }),
    response: {
      200: z.object({
        /** Absent when the text is neither. */
        document: documentShape.optional(),
        findings: z.array(findingShape.extend({ line: z.int().optional() })),
      }),
    },
  }
  scope.post('/settings/read', { ...changing, schema: read }, async ({ body: { text } }) => {
    const { readText } = await import('@llc-phone/settings/text')
    const { document, findings, lineOf } = readText(text)
    const isDocument = typeof document === 'object' && document !== null && !Array.isArray(document)
    const all = document === undefined ? findings : (await settings.checkInTurns(document)).findings
    return {
      ...(isDocument ? { document: document as Record<string, unknown> } : {}),
      findings: all.map((finding) => ({ ...finding, line: lineOf(finding.path) })),
    }
  })

  const write = {
    summary: 'A document as YAML, with its fields in the usual order',
    body: z.strictObject({ document: documentShape }),
    response: { 200: z.object({ text: z.string() }) },
  }
  scope.post('/settings/write', { ...changing, schema: write }, async ({ body: { document } }) => {
    requireReadable(document, 'This document')
    const { writeText } = await import('@llc-phone/settings/text')
    return { text: writeText(document) }
  })

  const telephone = {
    summary: 'Understands a telephone number as it is dialled at home, in the country of the time zone',
    body: z.strictObject({
      text: z.string('must be a text').max(100, 'is too long'),
      timeZone: z.string().max(100).optional(),
      /** Other numbers of the business, for a time zone that several countries have. */
      ours: z.array(z.string().max(40)).max(100).optional(),
    }),
    response: {
      200: z.object({
        /** In E.164; absent when it was not understood. */
        number: z.string().optional(),
        shown: z.string().optional(),
        extension: z.string().optional(),
      }),
    },
  }
  scope.post(
    '/settings/telephone',
    { ...changing, schema: telephone },
    async ({ body: { text, timeZone, ours } }) =>
      (await typedNumber(text, { ...(timeZone === undefined ? {} : { timeZone }), ...(ours ? { ours } : {}) })) ?? {},
  )
}
