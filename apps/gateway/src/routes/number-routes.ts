import { GatewayError, type E164 } from '@llc-phone/core'
import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import { parseRequest, requireNumber, UNNAMED, changedBySchema } from './parse.ts'
import { requireAdmin } from './require-admin.ts'

interface OfNumber {
  Params: { number: string }
}

const assignment = z.strictObject({
  mode: z.string('is missing: the name of a mode instance in gateway.config.ts').min(1).max(64, 'is too long'),
  by: changedBySchema.optional(),
})
const removal = z.object({ by: changedBySchema.optional() })

/**
 * `GET /numbers` and `GET`, `PUT`, `DELETE /numbers/NUMBER`: which number answers in which mode. A change is stored, then
 * applies from the number's next call on; live calls keep their mode.
 */
export const addNumberRoutes = async (scope: FastifyInstance, deps: GatewayDeps): Promise<void> => {
  const { numbers, assignments, log } = deps
  scope.addHook('onRequest', requireAdmin(deps.adminToken))
  const numberIn = ({ number }: OfNumber['Params']): E164 => requireNumber(deps, number)

  const answerOf = (number: E164) => {
    const { name, source } = numbers.resolve(number)
    return { number, mode: name, source }
  }

  scope.get('/numbers', () => ({ numbers: numbers.list().map(({ number }) => answerOf(number)) }))

  scope.get<OfNumber>('/numbers/:number', (request) => answerOf(numberIn(request.params)))

  scope.put<OfNumber>('/numbers/:number', async (request) => {
    const number = numberIn(request.params)
    const { mode, by = UNNAMED } = parseRequest(assignment, request.body)
    numbers.check(mode)
    await assignments.set(number, mode, by)
    numbers.assign(number, mode)
    log.info({ instance: mode, pii: { by } }, 'number assigned')
    return answerOf(number)
  })

  scope.delete<OfNumber>('/numbers/:number', async (request) => {
    const number = numberIn(request.params)
    const { by = UNNAMED } = parseRequest(removal, request.query)
    if (!(await assignments.remove(number, by)))
      throw new GatewayError(
        'not_found',
        `Nothing is stored for this number; it answers as "${numbers.resolve(number).name}" by gateway.config.ts.`,
      )
    numbers.unassign(number)
    const answer = answerOf(number)
    log.info({ instance: answer.mode, pii: { by } }, 'number assignment removed')
    return answer
  })
}
