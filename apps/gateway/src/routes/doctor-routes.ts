import { maskNumber } from '@llc-phone/core'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
import { noteDeed } from './note-deed.ts'
import { ofNumber, requireNumber } from './parse.ts'

const finding = z
  .object({
    name: z.string(),
    outcome: z.enum(['ok', 'warning', 'failed']),
    detail: z.string(),
    action: z.string().optional(),
  })
  .meta({ id: 'DoctorFinding' })

/**
 * `GET /doctor`, the debugging checklist of the gateway that answers, and `GET` and `POST /numbers/NUMBER/twilio`: where the
 * carrier sends calls to a number, and setting it right.
 */
export const addDoctorRoutes = (scope: AdminScope, deps: GatewayDeps): void => {
  const { doctor, log } = deps
  const config = { role: 'operator' } as const

  const list = {
    summary: 'The debugging checklist: what was looked at, what was found, and what to do; at most 30 seconds old',
    response: {
      200: z.object({ checkedAt: z.iso.datetime(), isWell: z.boolean(), findings: z.array(finding) }),
    },
  }
  scope.get('/doctor', { config, schema: list }, async () => {
    const { checkedAt, findings } = await doctor.report()
    return { checkedAt, isWell: findings.every(({ outcome }) => outcome !== 'failed'), findings }
  })

  const look = {
    summary: 'Where Twilio sends calls to a number, what is wrong with that, and what POST would change',
    params: ofNumber,
    response: { 200: z.object({ changes: z.array(z.string()), finding }) },
  }
  scope.get('/numbers/:number/twilio', { config, schema: look }, ({ params }) =>
    doctor.look(requireNumber(deps, params.number)),
  )

  const repair = {
    summary: 'Has Twilio send calls to a number to this gateway; says what it has changed',
    params: ofNumber,
    response: { 200: z.object({ changes: z.array(z.string()), finding }) },
  }
  scope.post('/numbers/:number/twilio', { config, schema: repair }, async (request) => {
    const number = requireNumber(deps, request.params.number)
    const repaired = await doctor.repair(number)
    const { changes } = repaired
    if (changes.length > 0) {
      log.info({ dialled: maskNumber(number), changes }, 'webhooks of a number set at Twilio')
      await noteDeed(deps, request, { action: 'number_webhook_set', target: number, details: { changes } })
    }
    return repaired
  })
}
