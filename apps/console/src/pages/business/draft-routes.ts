import { api, ApiError } from '../../api/client.ts'
import type { DraftRoutes } from './draft-store.ts'

type Document = Record<string, unknown>

/** The gateway's routes of the draft. */
export const draftRoutes: DraftRoutes = {
  inForce: async () => (await api.GET('/settings')).data!,
  draft: async () => {
    try {
      return (await api.GET('/settings/draft')).data!
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined
      throw error
    }
  },
  save: async (document, revision) =>
    (
      await api.PUT('/settings/draft', {
        body: { document: document as Document },
        headers: revision === undefined ? {} : { 'if-match': `"${revision}"` },
      })
    ).data!,
  merge: async (base, mine) =>
    (await api.POST('/settings/merge', { body: { base: base as Document, mine: mine as Document } })).data!,
  discard: async () => {
    await api.DELETE('/settings/draft', { headers: { 'if-match': '*' } })
  },
  isConflict: (error) => error instanceof ApiError && error.code === 'settings_conflict',
}
