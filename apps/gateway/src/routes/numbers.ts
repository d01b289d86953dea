import { GatewayError, tryE164, type E164 } from '@llc-phone/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import { requireAdmin } from './calls.ts'

interface OfNumber {
  Params: { number: string }
}

const who = z.string().trim().min(1).max(80, 'is too long')
const assignment = z.strictObject({
  mode: z.string('is missing: the name of a mode instance in gateway.config.ts').min(1).max(64, 'is too long'),
  by: who.optional(),
})
const removal = z.object({ by: who.optional() })

const parse = <Shape extends z.ZodType>(shape: Shape, value: unknown): z.output<Shape> => {
  const parsed = shape.safeParse(value ?? {})
  if (parsed.success) return parsed.data
  throw new GatewayError(
    'request_invalid',
    parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'} ${issue.message}`).join('; '),
  )
}

const numberOf = (request: FastifyRequest<OfNumber>): E164 => {
  const text = request.params.number
  const number = tryE164(text)
  if (number !== undefined) return number
  const meant = tryE164(`+${text.replace(/\D/g, '')}`)
  throw new GatewayError(
    'request_invalid',
    `The number is not in E.164 form. ${meant ? `Did you mean ${meant}?` : 'Write it like +14155550100.'}`,
  )
}

/** Who has changed something, when they do not say: there is one token for all operators. */
const UNNAMED = 'an operator'

/**
 * `GET /numbers` and `GET`, `PUT`, `DELETE /numbers/NUMBER`: which number answers in which mode. A change is stored, then
 * counts from the number's next call on; calls that are up keep their mode.
 */
export const addNumberRoutes = async (scope: FastifyInstance, deps: GatewayDeps): Promise<void> => {
  const { numbers, assignments, log } = deps
  scope.addHook('onRequest', requireAdmin(deps.adminToken))

  const answerOf = (number: E164) => {
    const { name, source } = numbers.resolve(number)
    return { number, mode: name, source }
  }

  scope.get('/numbers', () => ({ numbers: numbers.list().map(({ number }) => answerOf(number)) }))

  scope.get<OfNumber>('/numbers/:number', (request) => answerOf(numberOf(request)))

  scope.put<OfNumber>('/numbers/:number', async (request) => {
    const number = numberOf(request)
    const { mode, by = UNNAMED } = parse(assignment, request.body)
    numbers.check(mode)
    await assignments.set(number, mode, by)
    numbers.assign(number, mode)
    log.info({ instance: mode, pii: { by } }, 'number assigned')
    return answerOf(number)
  })

  scope.delete<OfNumber>('/numbers/:number', async (request) => {
    const number = numberOf(request)
    const { by = UNNAMED } = parse(removal, request.query)
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
