import { GatewayError } from '@llc-phone/core'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
import { noteDeed } from './note-deed.ts'

const date = z.iso.date('must be a date, like 2026-12-24')
const at = z.iso
  .datetime({ offset: true, message: 'must be a moment, like 2026-12-01T14:30:00Z' })
  .transform((text) => new Date(text))
const id = z.string().min(1, 'is empty').max(64, 'is too long')
const service = z.object({
  id: z.string(),
  name: z.string(),
  durationMinutes: z.number(),
  bufferMinutes: z.number(),
})
const calendar = z
  .object({
    timeZone: z.string(),
    services: z.array(service),
    resources: z.array(z.object({ id: z.string(), name: z.string() })),
    days: z.array(
      z.object({
        date: z.string(),
        /** Minutes since midnight; beyond 1,440 in the night after. */
        open: z.array(z.object({ opens: z.number(), closes: z.number() })),
        closedFor: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'Calendar' })
const ofAppointment = z.object({ id: z.string() })
const kept = z.object({ id: z.string() })

const SENTENCES = {
  closed: 'That is no time that can be booked: it is past, outside the hours, or not on a quarter of an hour.',
  taken: 'That time is taken. Choose another one.',
}

/** `GET /calendar` and `/calendar/free`; `POST /appointments`, `PATCH` and `DELETE /appointments/ID`: booking by the mode's own rules. */
export const addAppointmentRoutes = (scope: AdminScope, deps: GatewayDeps): void => {
  const { customerDesk: desk, settings } = deps
  const business = () => settings.inForce.built.document.business
  const operator = { config: { role: 'operator' } } as const
  const viewer = { config: { role: 'viewer' } } as const

  const show = {
    summary: 'What can be booked, and when it is open',
    querystring: z.strictObject({ from: date, days: z.coerce.number().int().min(1).max(42).default(7) }),
    response: { 200: calendar },
  }
  scope.get('/calendar', { ...viewer, schema: show }, async ({ query }) => {
    const [services, resources, days] = await Promise.all([
      desk.services(),
      desk.resources(),
      desk.days(business(), query.from, query.days),
    ])
    return {
      timeZone: business().timeZone,
      services,
      resources,
      days: days.map(({ open, ...day }) => ({ ...day, open: open.map(([opens, closes]) => ({ opens, closes })) })),
    }
  })

  const free = {
    summary: 'Every free time of a day for a service',
    querystring: z.strictObject({ service: id, date, moving: id.optional() }),
    response: { 200: z.object({ starts: z.array(z.iso.datetime()) }) },
  }
  scope.get('/calendar/free', { ...viewer, schema: free }, async ({ query: { service: serviceId, ...wish } }) => ({
    starts: await desk.free(business(), { serviceId, ...wish }, new Date()),
  }))

  const book = {
    summary: 'Books a time for a customer',
    body: z.strictObject({ customerId: id, serviceId: id, startsAt: at }),
    response: { 201: kept },
  }
  scope.post('/appointments', { ...operator, schema: book }, async (request, reply) => {
    const booked = await desk.book(business(), request.body, new Date())
    if (booked.outcome === 'gone') throw new GatewayError('not_found', 'There is no such customer or service.')
    if (!('appointmentId' in booked)) throw new GatewayError('request_invalid', SENTENCES[booked.outcome])
    await noteDeed(deps, request, { action: 'appointment_booked', target: booked.appointmentId })
    return reply.code(201).send({ id: booked.appointmentId })
  })

  const absent = () => new GatewayError('not_found', 'There is no such appointment still to come.')
  const move = {
    summary: 'Moves an appointment',
    params: ofAppointment,
    body: z.strictObject({ startsAt: at }),
    response: { 200: kept },
  }
  scope.patch('/appointments/:id', { ...operator, schema: move }, async (request) => {
    const { params, body } = request
    const moved = await desk.move(business(), params.id, body.startsAt, new Date())
    if (moved === 'gone') throw absent()
    if (moved === 'closed' || moved === 'taken') throw new GatewayError('request_invalid', SENTENCES[moved])
    await noteDeed(deps, request, { action: 'appointment_moved', target: params.id })
    return { id: params.id }
  })

  const cancel = { summary: 'Cancels an appointment', params: ofAppointment, response: { 200: kept } }
  scope.delete('/appointments/:id', { ...operator, schema: cancel }, async (request) => {
    const { params } = request
    const cancelled = await desk.cancel(params.id, new Date())
    if (cancelled === 'gone') throw absent()
    if (cancelled === 'cancelled') await noteDeed(deps, request, { action: 'appointment_cancelled', target: params.id })
    return { id: params.id }
  })
}
