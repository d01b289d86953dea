import { GatewayError } from '@llc-phone/core'
import type { SettingsDraft } from '@llc-phone/store'
import * as z from 'zod'
import { mayDo, type Actor } from './roles.ts'
import { masked } from './call-view.ts'
import { openingShape } from './settings-opening.ts'

/** Far more than 200 numbers, 50 people and 40 answers take. */
const DOCUMENT_LIMIT_BYTES = 1_048_576

/** A settings document; the gateway's own checks judge it. */
export const documentShape = z.record(z.string(), z.unknown())

/** Something about a document that somebody should know. */
export const findingShape = z
  .object({ path: z.string(), message: z.string(), severity: z.enum(['error', 'warning']) })
  .meta({ id: 'Finding' })

/** A version, without its document. */
export const versionShape = z
  .object({
    version: z.int(),
    publishedAt: z.iso.datetime(),
    publishedBy: z.string(),
    note: z.string().optional(),
    restoredFrom: z.int().optional(),
  })
  .meta({ id: 'SettingsVersion' })

/** The draft, with what is to be said about it and who is at it. */
export const draftShape = z
  .object({
    document: documentShape,
    baseVersion: z.int().optional(),
    restoredFrom: z.int().optional(),
    revision: z.int(),
    updatedAt: z.iso.datetime(),
    updatedBy: z.string(),
    findings: z.array(findingShape),
    /** Who has changed it in the last minutes, and since when. */
    editors: z.array(z.object({ name: z.string(), since: z.iso.datetime() })),
    opening: openingShape.optional(),
  })
  .meta({ id: 'SettingsDraft' })

/** Of routes that read settings. */
export const reading = { config: { role: 'viewer' } } as const

/** Of routes that change settings. */
export const changing = { config: { role: 'manager' }, bodyLimit: DOCUMENT_LIMIT_BYTES } as const

/** The value as JSON has it: a document of gateway.config.ts may have fields that are undefined. */
export const asJson = (value: unknown): Record<string, unknown> =>
  JSON.parse(JSON.stringify(value)) as Record<string, unknown>

const withoutPath = (destination: unknown): unknown => {
  const { to } = (destination ?? {}) as { readonly to?: unknown }
  if (typeof to !== 'string' || !/^https?:/i.test(to)) return destination
  return { ...(destination as object), to: `${URL.parse(to)?.origin ?? 'https:'}/•••` }
}

/**
 * A document as a role may see it: the path of a webhook can be a secret, and numbers of colleagues are masked; only managers, who
 * change both, need them.
 */
export const documentFor = (document: unknown, { role }: Pick<Actor, 'role'>): Record<string, unknown> => {
  const shown = asJson(document)
  const { messages } = shown
  if (mayDo(role, 'manager')) return shown
  const told = Array.isArray(messages) ? { ...shown, messages: messages.map(withoutPath) } : shown
  return masked(told) as Record<string, unknown>
}

/** The revision that `If-Match` names; `undefined` when the header is absent. Throws `request_invalid`. */
export const matchOf = (header: string | undefined): number | 'any' | undefined => {
  if (header === undefined) return undefined
  if (header.trim() === '*') return 'any'
  const revision = Number(/^\s*(?:W\/)?"(\d+)"\s*$/.exec(header)?.[1])
  if (Number.isSafeInteger(revision)) return revision
  throw new GatewayError('request_invalid', 'If-Match must be the ETag of the draft, or *.')
}

/** The ETag of a draft. */
export const etagOf = ({ revision }: SettingsDraft): string => `"${revision}"`
