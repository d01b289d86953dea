import type { Finding } from '@llc-phone/settings'
import { Refused, type AdminClient } from './admin-client.ts'

/** The draft as the gateway tells it, or what a new one begins with. */
export interface EditedDraft {
  readonly document: unknown
  /** For `If-Match`; absent when there is no draft yet. */
  readonly etag: string | undefined
}

/** The draft after it was stored. */
export interface StoredDraft {
  readonly document: unknown
  readonly findings: readonly Finding[]
  readonly updatedBy: string
}

const isMissing = (error: unknown): boolean => error instanceof Refused && error.code === 'not_found'

/** The draft; `undefined` when there is none. */
export const readDraft = async (gateway: AdminClient): Promise<EditedDraft | undefined> => {
  try {
    const response = await gateway.send({ path: '/settings/draft' })
    const { document } = (await response.json()) as StoredDraft
    return { document, etag: response.headers.get('etag') ?? undefined }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** The draft, or the settings in force to begin one with. */
export const draftToEdit = async (gateway: AdminClient): Promise<EditedDraft> => {
  const draft = await readDraft(gateway)
  if (draft) return draft
  const { document } = (await gateway.json({ path: '/settings' })) as { document: unknown }
  return { document, etag: undefined }
}

/** Stores the draft; refused when somebody has changed it since it was read. */
export const storeDraft = async (gateway: AdminClient, { document, etag }: EditedDraft): Promise<StoredDraft> =>
  (await gateway.json({
    method: 'PUT',
    path: '/settings/draft',
    headers: etag === undefined ? {} : { 'if-match': etag },
    body: { document },
  })) as StoredDraft
