import { GatewayError } from '@llc-phone/core'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
import { noteDeed } from './note-deed.ts'
import { masked } from './call-view.ts'
import { moment, pageShape } from './parse.ts'
import { revealQuery, wantsWhole } from './reveal.ts'
import { mayDo } from './roles.ts'

const appointment = z
  .object({
    id: z.string(),
    startsAt: z.iso.datetime(),
    service: z.string(),
    durationMinutes: z.number(),
    status: z.enum(['booked', 'cancelled']),
    customerId: z.string(),
    customerName: z.string(),
    callId: z.string().nullable(),
    serviceId: z.string(),
    /** Which chair, van or person it occupies; null when it is cancelled. */
    resourceId: z.string().nullable(),
  })
  .meta({ id: 'Appointment' })
const customer = z
  .object({
    id: z.string(),
    firstName: z.string(),
    lastName: z.string(),
    email: z.string().nullable(),
    address: z.string().nullable(),
    postcode: z.string().nullable(),
    phones: z.array(z.string()),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Customer' })
/** A customer with all that is on record, in answers. */
export const customerFile = customer
  .extend({
    appointments: z.array(appointment),
    notes: z.array(z.object({ id: z.string(), text: z.string(), callId: z.string(), createdAt: z.iso.datetime() })),
  })
  .meta({ id: 'CustomerFile' })

const words = z.string().trim().min(1).max(200, 'is too long')
const cursor = z.string().max(128, 'is too long').optional()
const { limit } = pageShape.shape

/** `GET /appointments`, `/customers` and `/customers/ID`: what customer service has on record. */
export const addCustomerRoutes = (scope: AdminScope, deps: GatewayDeps): void => {
  const { customerList } = deps

  const agenda = {
    summary: 'Appointments, the soonest first',
    querystring: z.strictObject({
      from: moment.optional(),
      to: moment.optional(),
      customer: words.optional(),
      status: z.enum(['booked', 'cancelled']).optional(),
      q: words.optional(),
      limit,
      after: cursor,
    }),
    response: { 200: z.object({ appointments: z.array(appointment), next: z.string().optional() }) },
  }
  scope.get('/appointments', { config: { role: 'viewer' }, schema: agenda }, async ({ query }) => {
    const { limit: most, after, customer: customerId, q: text, ...filter } = query
    const [, at, id] = /^(\d{1,15})_(.+)$/.exec(after ?? '') ?? []
    if (after !== undefined && id === undefined)
      throw new GatewayError('request_invalid', 'after must be the value of next from an earlier answer.')
    const behind = id === undefined ? undefined : { startsAt: new Date(Number(at)), id }
    const appointments = await customerList.appointments({ ...filter, customerId, text }, most, behind)
    const last = appointments.length === most ? appointments.at(-1) : undefined
    return { appointments, ...(last ? { next: `${last.startsAt.getTime()}_${last.id}` } : {}) }
  })

  const all = {
    summary: 'Customers of customer service',
    querystring: z.strictObject({ q: words.optional(), limit, after: cursor }),
    response: { 200: z.object({ customers: z.array(customer), next: z.string().optional() }) },
  }
  scope.get('/customers', { config: { role: 'viewer' }, schema: all }, async ({ query, actor }) => {
    const { q, limit: most, after } = query
    const found = await customerList.customers(q, most, after, !mayDo(actor.role, 'operator'))
    return {
      customers: masked(found),
      ...(found.length === most ? { next: found.at(-1)?.id } : {}),
    }
  })

  const one = {
    summary: 'A customer with appointments and notes',
    params: z.object({ id: z.string() }),
    querystring: z.strictObject(revealQuery),
    response: { 200: customerFile },
  }
  scope.get('/customers/:id', { config: { role: 'viewer' }, schema: one }, async (request) => {
    const { params, query, actor } = request
    const reveal = wantsWhole(query, actor)
    const found = await customerList.customer(params.id)
    if (!found) throw new GatewayError('not_found', 'There is no such customer.')
    if (reveal) await noteDeed(deps, request, { action: 'customer_revealed', target: params.id })
    return reveal ? found : masked(found)
  })
}
