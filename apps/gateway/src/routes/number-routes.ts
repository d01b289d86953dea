import { GatewayError, type E164 } from '@llc-phone/core'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
import { noteDeed } from './note-deed.ts'
import { describeNow, numbersNow } from './numbers-now.ts'
import { changedByOf, changedBySchema, ofNumber, pageShape, requireNumber } from './parse.ts'

const assignment = z.strictObject({
  mode: z.string('is missing: the name of a mode instance in the settings').min(1).max(64, 'is too long'),
  by: changedBySchema.optional(),
})
const removal = z.object({ by: changedBySchema.optional() })
const answered = z
  .object({ number: z.string(), mode: z.string(), source: z.enum(['settings', 'stored', 'unlisted']) })
  .meta({ id: 'Number' })
const changed = z
  .object({
    mode: z.string().nullable(),
    previousMode: z.string().nullable(),
    changedBy: z.string(),
    changedAt: z.iso.datetime(),
  })
  .meta({ id: 'NumberChange' })
/** A number that was assigned to an instance which the settings in force do not have: it answers as if it had not been. */
const lost = z.object({ number: z.string(), mode: z.string() })
const changing = { config: { role: 'operator' } } as const
const reading = { config: { role: 'viewer' } } as const

/**
 * `GET /numbers`, `GET`, `PUT`, `DELETE /numbers/NUMBER` and `GET /numbers/NUMBER/history`: which number answers in which mode. A change is stored, then
 * applies from the number's next call on; live calls keep their mode.
 */
export const addNumberRoutes = async (scope: AdminScope, deps: GatewayDeps): Promise<void> => {
  const { numbers, assignments, settings, log } = deps
  const numberIn = ({ number }: { readonly number: string }): E164 => requireNumber(deps, number)

  const answerOf = (number: E164) => {
    const { name, source } = numbers.resolve(number)
    return { number, mode: name, source }
  }

  const schema = { params: ofNumber, response: { 200: answered } }

  const all = {
    summary: 'Our numbers, and who answers them',
    response: {
      200: z.object({ numbers: z.array(answered), lost: z.array(lost), ...numbersNow }).meta({ id: 'NumbersNow' }),
    },
  }
  scope.get('/numbers', { ...reading, schema: all }, () => ({
    numbers: numbers.list().map(({ number }) => answerOf(number)),
    lost: numbers.lost().map(({ number, name }) => ({ number, mode: name })),
    ...describeNow(settings.inForce, new Date()),
  }))

  scope.get('/numbers/:number', { ...reading, schema: { ...schema, summary: 'Who answers a number' } }, (request) =>
    answerOf(numberIn(request.params)),
  )

  const history = {
    summary: 'Who has moved a number, when, from what to what; the latest first',
    params: ofNumber,
    querystring: pageShape.pick({ limit: true }),
    response: { 200: z.object({ number: z.string(), changes: z.array(changed) }) },
  }
  scope.get('/numbers/:number/history', { ...reading, schema: history }, async (request) => {
    const number = numberIn(request.params)
    const changes = await assignments.history(request.query.limit, number)
    return { number, changes: changes.map(({ number: _number, ...change }) => change) }
  })

  const move = { ...schema, summary: 'Has a mode instance answer a number from its next call on', body: assignment }
  // A number that is none is named before a body that is wrong.
  const preValidation = async ({ params }: { readonly params: unknown }) => void numberIn(ofNumber.parse(params))
  scope.put('/numbers/:number', { ...changing, schema: move, preValidation }, async (request) => {
    const number = numberIn(request.params)
    const { mode } = request.body
    const by = changedByOf(request.actor, request.body.by)
    numbers.check(mode)
    await assignments.set(number, mode, by)
    numbers.assign(number, mode)
    log.info({ instance: mode, pii: { by } }, 'number assigned')
    await noteDeed(deps, request, { action: 'number_moved', target: number, details: { mode, by } })
    return answerOf(number)
  })

  const back = { ...schema, summary: 'Has the settings decide again who answers a number', querystring: removal }
  scope.delete('/numbers/:number', { ...changing, schema: back }, async (request) => {
    const number = numberIn(request.params)
    const by = changedByOf(request.actor, request.query.by)
    if (!(await assignments.remove(number, by)))
      throw new GatewayError(
        'not_found',
        `Nothing is stored for this number; it answers as "${numbers.resolve(number).name}" by the settings.`,
      )
    numbers.unassign(number)
    const answer = answerOf(number)
    log.info({ instance: answer.mode, pii: { by } }, 'number assignment removed')
    await noteDeed(deps, request, { action: 'number_moved', target: number, details: { mode: answer.mode, by } })
    return answer
  })
}
