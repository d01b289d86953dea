import { GatewayError } from '@llc-phone/core'
import * as z from 'zod'
import { pageShape } from './parse.ts'
import { mayDo, type Actor, type Role } from './roles.ts'

/**
 * What a query says to see numbers of other people whole. The rule of every operator route: an answer has them masked, whatever
 * the role. With `reveal=true` they are whole for an operator, in a file of everything for a manager, and the audit log says so.
 */
export const revealQuery = {
  reveal: z
    .enum(['true', 'false'], 'must be true or false')
    .transform((text) => text === 'true')
    .optional(),
}

/** Whether an answer is to have numbers whole. Throws `forbidden` for a role that may not see them so. */
export const wantsWhole = (
  { reveal = false }: { readonly reveal?: boolean | undefined },
  { name, role }: Actor,
  needed: Role = 'operator',
): boolean => {
  if (reveal && !mayDo(role, needed))
    throw new GatewayError('forbidden', `Whole numbers need the role ${needed}; ${name} has the role ${role}.`)
  return reveal
}

/**
 * A page of a list that is sorted by number. Its place is how many entries are before: a number would show one, and a masked list
 * could be read number by number.
 */
export const countedPage = pageShape.extend({
  after: z
    .string()
    .regex(/^\d{1,9}$/, 'must be the value of next from an earlier answer')
    .default('0')
    .transform(Number),
})

/** Where the next page begins, if there may be one. */
export const nextPlace = (
  { limit, after }: z.output<typeof countedPage>,
  { length }: readonly unknown[],
): { readonly next?: string } => (length === limit ? { next: String(after + limit) } : {})
