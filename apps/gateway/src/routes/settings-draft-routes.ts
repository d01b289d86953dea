import { GatewayError } from '@llc-phone/core'
import { mergeDrafts, type BuildResult } from '@llc-phone/settings'
import type { SettingsDraft } from '@llc-phone/store'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import { requireReadable } from '../configuration/require-readable.ts'
import type { AdminScope } from './admin-scope.ts'
import { noteDeed } from './note-deed.ts'
import type { createDraftEditors } from './draft-editors.ts'
import type { Actor } from './roles.ts'
import { openingNow } from './settings-opening.ts'
import {
  asJson,
  changing,
  documentFor,
  documentShape,
  draftShape,
  etagOf,
  matchOf,
  reading,
} from './settings-shapes.ts'

/** What is said about a draft changes with the day, because closed days pass. */
const KNOWN_FOR_MS = 3_600_000

const conflict = z
  .object({
    path: z.string(),
    base: z.unknown().optional(),
    mine: z.unknown().optional(),
    theirs: z.unknown().optional(),
  })
  .meta({ id: 'SettingsConflict' })

/** Tells a draft with its findings, which are found once for each revision. */
export const createDraftTeller = (
  { settings }: Pick<GatewayDeps, 'settings'>,
  editors: ReturnType<typeof createDraftEditors>,
) => {
  let known: { readonly revision: number; readonly atMs: number; readonly result: Promise<BuildResult> } | undefined
  const resultOf = ({ revision, document }: SettingsDraft, atMs: number): Promise<BuildResult> => {
    if (known?.revision !== revision || atMs - known.atMs > KNOWN_FOR_MS)
      known = { revision, atMs, result: settings.checkInTurns(document) }
    return known.result
  }
  return {
    resultOf: (draft: SettingsDraft) => resultOf(draft, Date.now()),
    async tell(draft: SettingsDraft, actor: Actor) {
      const now = new Date()
      const { findings } = await resultOf(draft, now.getTime())
      return {
        ...draft,
        document: documentFor(draft.document, actor),
        findings,
        editors: editors.present(now),
        opening: openingNow(draft.document, now),
      }
    },
  }
}

/** The end of a sentence of every route that needs a draft. */
export const noDraft = (): GatewayError =>
  new GatewayError('not_found', 'There is no draft; what is in force is published.')

/** `/settings/draft`: the next version while it is edited, by everybody together. */
export const addSettingsDraftRoutes = (
  scope: AdminScope,
  deps: GatewayDeps,
  {
    tell,
    editors,
  }: { tell: ReturnType<typeof createDraftTeller>['tell']; editors: ReturnType<typeof createDraftEditors> },
): void => {
  const { settings, drafts } = deps

  const read = { summary: 'The draft, with what is to be said about it', response: { 200: draftShape } }
  scope.get('/settings/draft', { ...reading, schema: read }, async ({ actor }, reply) => {
    const draft = await drafts.read()
    if (!draft) throw noDraft()
    return reply.header('etag', etagOf(draft)).send(await tell(draft, actor))
  })

  const save = {
    summary: 'Stores the draft: If-Match has the ETag of the one that was edited; without it there must be none',
    body: z.strictObject({ document: documentShape }),
    response: { 200: draftShape },
  }
  scope.put('/settings/draft', { ...changing, schema: save }, async (request, reply) => {
    const match = matchOf(request.headers['if-match'])
    const by = request.actor.name
    const draft = await drafts.save({ document: request.body.document, by, match })
    // A form saves at every pause: one line tells of all that somebody changes without a longer one.
    if (editors.changed(by, new Date())) await noteDeed(deps, request, { action: 'settings_draft_saved' })
    return reply.header('etag', etagOf(draft)).send(await tell(draft, request.actor))
  })

  const discard = { summary: 'Discards the draft', response: { 200: z.object({ discarded: z.literal(true) }) } }
  scope.delete('/settings/draft', { ...changing, schema: discard }, async (request) => {
    await drafts.discard(matchOf(request.headers['if-match']))
    editors.clear()
    await noteDeed(deps, request, { action: 'settings_draft_discarded' })
    return { discarded: true as const }
  })

  const merge = {
    summary: 'Puts a changed document on top of what others have saved since; changes nothing',
    body: z.strictObject({ base: documentShape, mine: documentShape }),
    response: {
      200: z.object({
        merged: documentShape,
        /** Places that both have changed, where `merged` has what the others saved. */
        conflicts: z.array(conflict),
        /** Of the draft of the others; absent when there is none any more, and the settings in force took its place. */
        revision: z.int().optional(),
        updatedBy: z.string().optional(),
      }),
    },
  }
  scope.post('/settings/merge', { ...changing, schema: merge }, async ({ body: { base, mine } }) => {
    requireReadable(base, 'What was changed')
    requireReadable(mine, 'The change')
    const draft = await drafts.read()
    const theirs = asJson(draft?.document ?? settings.inForce.written)
    const { merged, conflicts } = mergeDrafts(base, mine, theirs)
    return {
      merged: merged as Record<string, unknown>,
      conflicts: [...conflicts],
      ...(draft ? { revision: draft.revision, updatedBy: draft.updatedBy } : {}),
    }
  })
}
