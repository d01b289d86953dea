import { GatewayError } from '@llc-phone/core'
import * as z from 'zod'
import { usdPerMinuteOf } from '../configuration/models.ts'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
import { noteDeed } from './note-deed.ts'
import { requireNumber } from './parse.ts'
import { mayDo } from './roles.ts'

const name = z.string().min(1, 'is empty').max(64, 'is too long')

const order = z.strictObject({
  ring: name.meta({ description: 'A number of ours, or the name of an instance.' }),
  settings: z
    .union([z.literal('draft'), z.int().min(0)], 'must be "draft" or the number of a version')
    .optional()
    .meta({ description: 'Instead of the settings in force.' }),
  as: name.optional().meta({ description: 'The number of the caller; withheld when absent. Needs the role manager.' }),
  persons: z
    .enum(['answers', 'busy', 'noAnswer', 'declines'])
    .default('answers')
    .meta({ description: 'What people do who are rung in the call; the softphone may change it.' }),
})

const begun = z
  .object({
    callId: z.string(),
    line: z.string().meta({ description: 'Where the softphone opens its socket: once, within 30 seconds.' }),
  })
  .meta({ id: 'TestCall' })

const choices = z
  .object({
    instances: z.array(z.string()),
    numbers: z.array(z.object({ number: z.string(), instance: z.string() })),
    hasDraft: z.boolean(),
    model: z.object({ name: z.string(), isSimulated: z.boolean(), usdPerMinute: z.number().optional() }),
    canSpeak: z.boolean(),
  })
  .meta({ id: 'RingChoices' })

/** `GET` and `POST /test-calls`: ringing a number, an instance or a draft from the console. */
export const addTestCallRoutes = async (scope: AdminScope, deps: GatewayDeps): Promise<void> => {
  const { testCalls, settings, numbers, drafts, modelName, openTrial } = deps
  const operating = { config: { role: 'operator' } } as const

  const offered = { summary: 'What a test call can ring', response: { 200: choices } }
  scope.get('/test-calls', { ...operating, schema: offered }, async () => {
    const usdPerMinute = usdPerMinuteOf(modelName)
    return {
      instances: [...settings.inForce.built.instances.keys()],
      numbers: numbers.list().map((one) => ({ number: one.number, instance: one.name })),
      // Without a database there is no draft to ring.
      hasDraft: await drafts.read().then(
        (draft) => draft !== undefined,
        () => false,
      ),
      model: {
        name: modelName,
        isSimulated: testCalls.isModelSimulated,
        ...(usdPerMinute === undefined ? {} : { usdPerMinute }),
      },
      canSpeak: testCalls.canSpeak,
    }
  })

  const documentOf = async (wanted: 'draft' | number | undefined) => {
    const { inForce } = settings
    if (wanted === undefined) return { document: inForce.written, version: inForce.version ?? 0 }
    if (wanted !== 'draft') return { document: await settings.documentOf(wanted), version: wanted }
    const draft = await drafts.read()
    if (!draft) throw new GatewayError('not_found', 'There is no draft to ring: change something first.')
    return { document: draft.document, version: undefined, revision: draft.revision }
  }

  const schema = { summary: 'Begins a test call', body: order, response: { 201: begun } }
  scope.post('/test-calls', { ...operating, schema }, async (request, reply) => {
    const { ring, settings: wanted, as, persons } = request.body
    if (as !== undefined && !mayDo(request.actor.role, 'manager'))
      throw new GatewayError('forbidden', 'Choosing the number of the caller needs the role manager.')
    const from = as === undefined ? undefined : requireNumber(deps, as, 'as')
    const place = await testCalls.takePlace()
    try {
      const { document, version, revision } = await documentOf(wanted)
      const trial = await openTrial({
        document,
        version,
        draft: revision,
        ring: /^\+?[\d\s().-]+$/.test(ring) ? { number: requireNumber(deps, ring, 'ring') } : { instance: ring },
      })
      const answer = place.begin({ trial, persons, from }, request.actor)
      void noteDeed(deps, request, {
        action: 'test_call',
        target: answer.callId,
        details: { instance: trial.answer.name, ...(version === undefined ? { draft: revision } : { version }) },
      })
      return await reply.code(201).send(answer)
    } finally {
      place.leave()
    }
  })
}
