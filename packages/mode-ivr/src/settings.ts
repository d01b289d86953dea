import {
  answersSchema,
  businessSchema,
  callOptionsSchema,
  extensionSchema,
  numberSchema,
  routesSchema,
  weeklyHoursSchema,
  type Answer,
  type Business,
  type CallOptions,
  type PersonRoute,
  type Routes,
} from '@llc-phone/core'
import * as z from 'zod'
import type { Department } from './menu.ts'

/** Settings of a menu. */
export interface IvrSettings extends CallOptions {
  readonly business: Business
  /** Frequent questions of callers, with answers. */
  readonly answers?: readonly Answer[]
  /** In the order of their keys: the first is key 1. Together with `routes` at most nine, eight beside a voicemail. */
  readonly departments?: Readonly<Record<string, Department>> | undefined
  /** The same without words of their own, as other modes use them; their keys follow those of the departments. */
  readonly routes?: Routes | undefined
  /** Key 0, and the route of callers who were not understood twice: a person, or the key of one of the above. */
  readonly operator?: string | Omit<PersonRoute, 'label'> | undefined
  /** Key 9, and the route of callers outside the hours of a department without a route of its own for that. */
  readonly voicemail?: true | { readonly label: string } | undefined
}

const shared = {
  number: numberSchema,
  extension: extensionSchema.optional(),
  when: z.string().trim().min(1).max(120).optional(),
  hours: weeklyHoursSchema.optional(),
  afterHours: z.string().optional(),
}

/** Other words callers use for a department. */
export const synonymsSchema = z.array(z.string().trim().min(1).max(40)).max(8)

const words = { label: z.string().trim().min(1).max(60), synonyms: synonymsSchema.optional() }

const { number: _, extension: __, ...unreached } = shared

const departmentSchema = z.union([
  z.strictObject({ ...shared, ...words, introduce: z.boolean().optional() }),
  z.strictObject({ ...unreached, ...words, voicemail: z.literal(true) }),
])

/** Checks {@link IvrSettings}: every key has a route, every alternative route exists, no two share a name. */
export const ivrSettingsSchema = z
  .strictObject({
    ...callOptionsSchema.shape,
    business: businessSchema,
    answers: answersSchema.optional(),
    departments: z
      .record(z.string().regex(/^[a-z][a-zA-Z0-9_]{0,31}$/, 'a key is a word, like "sales"'), departmentSchema)
      .optional(),
    routes: routesSchema.optional(),
    operator: z.union([z.string(), z.strictObject(shared)]).optional(),
    voicemail: z.union([z.literal(true), z.strictObject({ label: z.string().trim().min(1).max(60) })]).optional(),
  })
  .superRefine(({ departments = {}, routes = {}, operator, voicemail }, context) => {
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
    const listed = [...Object.keys(departments), ...Object.keys(routes)]
    const most = voicemail ? 8 : 9
    if (listed.length === 0) refuse(['departments'], 'a menu needs at least one department or route')
    if (listed.length > most) refuse(['departments'], `a menu has at most ${most} departments and routes`)
    for (const key of Object.keys(routes))
      if (Object.hasOwn(departments, key)) refuse(['routes', key], `there is a department "${key}" already`)
    const keysOf = { departments: Object.keys(departments), routes: Object.keys(routes) }
    const taken = [...(typeof operator === 'object' ? ['operator'] : []), ...(voicemail ? ['voicemail'] : [])]
    for (const [setting, keys] of Object.entries(keysOf))
      for (const key of keys)
        if (taken.includes(key))
          refuse([setting, key], `the setting "${key}" is one already: rename this, or drop that`)

    const reachable = new Set([
      ...listed,
      ...(typeof operator === 'object' ? ['operator'] : []),
      ...(voicemail ? ['voicemail'] : []),
    ])
    const needs = (path: string[], key: string | undefined) => {
      if (key !== undefined && !reachable.has(key)) refuse(path, `there is no route "${key}"`)
    }
    for (const [key, { afterHours }] of Object.entries(departments))
      needs(['departments', key, 'afterHours'], afterHours)
    if (typeof operator === 'object') needs(['operator', 'afterHours'], operator.afterHours)
    if (typeof operator === 'string' && !listed.includes(operator))
      refuse(['operator'], `there is no route "${operator}"`)
  })
