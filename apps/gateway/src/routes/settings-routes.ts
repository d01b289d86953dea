import { GatewayError, promptSizeLine } from '@llc-phone/core'
import { diffSettings } from '@llc-phone/settings'
import type { SettingsVersion } from '@llc-phone/store'
import * as z from 'zod'
import { notBuilt } from '../configuration/in-force.ts'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
import { noteDeed } from './note-deed.ts'
import { createDraftEditors } from './draft-editors.ts'
import { spanOf } from '../statistics/periods.ts'
import { moment, momentOrDay, pageShape } from './parse.ts'
import type { Actor } from './roles.ts'
import { addSettingsDraftRoutes, createDraftTeller, noDraft } from './settings-draft-routes.ts'
import { addSettingsHelpRoutes } from './settings-help-routes.ts'
import { openingNow, openingShape } from './settings-opening.ts'
import {
  asJson,
  changing,
  documentFor,
  documentShape,
  draftShape,
  etagOf,
  findingShape,
  reading,
  versionShape,
} from './settings-shapes.ts'

const whole = versionShape.extend({ document: documentShape }).meta({ id: 'SettingsVersionWithDocument' })
const inForceShape = z
  .object({
    /** Absent while the version of a file could not be stored yet. */
    version: z.int().optional(),
    source: z.enum(['seed', 'stored', 'copy', 'file']),
    file: z.string().optional(),
    isExample: z.boolean(),
    notBuilt: z.array(z.string()),
    findings: z.array(findingShape),
    document: documentShape,
    opening: openingShape.optional(),
    /** Absent while the database cannot be read. */
    hasDraft: z.boolean().optional(),
  })
  .meta({ id: 'SettingsInForce' })
const changes = z
  .object({
    changes: z.array(
      z.object({
        path: z.string(),
        sentence: z.string(),
        before: z.unknown().optional(),
        after: z.unknown().optional(),
      }),
    ),
  })
  .meta({ id: 'SettingsDiff' })
const profile = z
  .object({
    profile: z.string().optional(),
    calls: z.int(),
    firstWordsMs: z.object({ p50: z.number(), p95: z.number() }).optional(),
    usdPerCall: z.number().optional(),
  })
  .meta({ id: 'TuningProfileFigures' })

const note = z.string('must be a text').trim().min(1, 'is empty').max(500, 'is too long').optional()
const which = z
  .union([z.coerce.number().int().nonnegative(), z.enum(['draft', 'current'])], 'must be a version, draft or current')
  .meta({ id: 'WhichSettings' })

/** `/settings`: the version in force, the draft of the next one, and the versions before; who may do what is in the roles. */
export const addSettingsRoutes = (scope: AdminScope, deps: GatewayDeps): void => {
  const { settings, drafts, versions, profiles, log } = deps

  const editors = createDraftEditors()
  const { tell, resultOf } = createDraftTeller(deps, editors)
  const inForce = (actor: Actor) => {
    const { built: _, written, findings, ...rest } = settings.inForce
    return {
      ...rest,
      ...(settings.file === undefined ? {} : { file: settings.file }),
      isExample: settings.isExample,
      notBuilt: notBuilt(settings.inForce),
      findings,
      document: documentFor(written, actor),
      opening: openingNow(written, new Date()),
    }
  }

  const documentOf = async (of: z.output<typeof which>): Promise<unknown> => {
    if (of === 'current') return settings.inForce.written
    if (of === 'draft') {
      const draft = await drafts.read()
      if (!draft) throw noDraft()
      return draft.document
    }
    return settings.documentOf(of)
  }

  const show = { summary: 'The settings in force, with the whole document', response: { 200: inForceShape } }
  scope.get('/settings', { ...reading, schema: show }, async ({ actor }) => {
    const present = inForce(actor)
    try {
      return { ...present, hasDraft: (await drafts.read()) !== undefined }
    } catch {
      // What answers calls is told also without the database.
      return present
    }
  })

  const kindShape = z.object({ name: z.string(), title: z.string(), about: z.string(), schema: documentShape })
  const shape = {
    summary: 'JSON Schemas of the sections of the document, and of the instances of each kind',
    response: {
      200: z.object({
        sections: z.record(z.string(), documentShape),
        kinds: z.array(kindShape),
        outboundKinds: z.array(kindShape),
      }),
    },
  }
  scope.get('/settings/schema', { ...reading, schema: shape }, async () => {
    const { settingsJsonSchema } = await import('@llc-phone/settings/schema')
    return asJson(settingsJsonSchema(settings.kinds))
  })

  addSettingsDraftRoutes(scope, deps, { tell, editors })
  addSettingsHelpRoutes(scope, deps)

  const ofDraft = async () => {
    const draft = await drafts.read()
    if (!draft) throw noDraft()
    return resultOf(draft)
  }

  const check = {
    summary: 'Says what is wrong with a document, or with the draft, and what is worth a look; changes nothing',
    body: z.strictObject({ document: documentShape.optional() }),
    response: {
      // `promptSizes`: how many tokens every call of an instance begins with, a sentence each.
      200: z.object({ ok: z.boolean(), findings: z.array(findingShape), promptSizes: z.array(z.string()) }),
    },
  }
  scope.post('/settings/check', { ...changing, ...reading, schema: check }, async ({ body }) => {
    const { built, findings } = body.document ? await settings.checkInTurns(body.document) : await ofDraft()
    const promptSizes = Array.from(built?.instances.values() ?? [], ({ name, mode }) => promptSizeLine(name, mode))
    return { ok: built !== undefined, findings, promptSizes }
  })

  const published = async (request: Parameters<typeof noteDeed>[1], settingsVersion: SettingsVersion) => {
    const { version, document: _, ...rest } = settingsVersion
    editors.clear()
    log.info({ version, pii: { by: rest.publishedBy } }, 'settings published: they hold from the next call on')
    await noteDeed(deps, request, {
      action: 'settings_published',
      target: String(version),
      details: { note: rest.note, restoredFrom: rest.restoredFrom },
    })
    return { version, ...rest }
  }

  const publish = {
    summary: 'Has the next call use the draft, or the document given',
    body: z.strictObject({ note, document: documentShape.optional(), over: z.boolean().optional() }),
    response: { 200: versionShape },
  }
  scope.post('/settings/publish', { ...changing, schema: publish }, async (request) => {
    const { over, ...rest } = request.body
    return published(request, await drafts.publish({ ...rest, overOthers: over, by: request.actor.name }))
  })

  const restore = {
    summary: 'Makes an old version the draft, or puts it in force at once',
    body: z.strictObject({ version: z.int().nonnegative(), publish: z.boolean().default(false), note }),
    response: { 200: z.union([versionShape, draftShape]) },
  }
  scope.post('/settings/restore', { ...changing, schema: restore }, async (request, reply) => {
    const by = request.actor.name
    const { version, publish: atOnce, note: why } = request.body
    if (atOnce)
      return published(request, await drafts.publishOld(version, { by, note: why ?? `version ${version} again` }))
    const draft = await drafts.restore(version, by)
    editors.changed(by, new Date())
    await noteDeed(deps, request, { action: 'settings_draft_restored', target: String(version) })
    return reply.header('etag', etagOf(draft)).send(await tell(draft, request.actor))
  })

  const reload = { summary: 'Reads the file of SETTINGS again', response: { 200: inForceShape } }
  scope.post('/settings/reload', { ...changing, schema: reload }, async (request) => {
    await settings.reload()
    await noteDeed(deps, request, { action: 'settings_reloaded', target: settings.file })
    return inForce(request.actor)
  })

  const list = {
    summary: 'The versions, the newest first; with `at` the one that was in force then',
    querystring: pageShape.extend({ after: z.coerce.number().int().positive().optional(), at: moment.optional() }),
    response: { 200: z.object({ versions: z.array(versionShape), next: z.int().optional() }) },
  }
  scope.get('/settings/versions', { ...reading, schema: list }, async ({ query: { limit, after, at } }) => {
    if (at) {
      const found = await versions.at(at)
      const { document: _, ...rest } = found ?? { document: undefined }
      return { versions: found ? [rest as Omit<SettingsVersion, 'document'>] : [] }
    }
    const found = await versions.list({ limit, before: after })
    return { versions: found, ...(found.length === limit ? { next: found.at(-1)?.version } : {}) }
  })

  const one = {
    summary: 'One version with its document',
    params: z.object({ version: z.coerce.number('must be a number').int().nonnegative() }),
    response: { 200: whole },
  }
  scope.get('/settings/versions/:version', { ...reading, schema: one }, async ({ params: { version }, actor }) => {
    const found = await versions.find(version)
    if (found) return { ...found, document: documentFor(found.document, actor) }
    throw new GatewayError(
      'not_found',
      version === 0
        ? 'Version 0, the example, was never published: ./phone settings restore 0 makes it the draft.'
        : `There is no version ${version}; ./phone settings list shows all.`,
    )
  })

  const diff = {
    summary:
      'What is different between two versions, in words; from the version in force to the draft unless told otherwise',
    querystring: z.object({ from: which.default('current'), to: which.default('draft') }),
    response: { 200: changes },
  }
  scope.get('/settings/diff', { ...reading, schema: diff }, async ({ query: { from, to }, actor }) => {
    const [before, after] = await Promise.all([documentOf(from), documentOf(to)])
    return { changes: diffSettings(documentFor(before, actor), documentFor(after, actor)) }
  })

  const compare = {
    summary: 'Calls of a span of time, time to the first words and cost by tuning profile',
    querystring: z.object({ from: momentOrDay.optional(), to: momentOrDay.optional() }),
    response: { 200: z.object({ profiles: z.array(profile) }) },
  }
  scope.get('/settings/profiles', { ...reading, schema: compare }, async ({ query }) => ({
    profiles: await profiles.figures(spanOf(query, settings.inForce.built.document.business.timeZone)),
  }))
}
