import { attempt, defineTool, spokenNumber, type Tool, type ToolContext } from '@llc-phone/core'
import * as z from 'zod'
import type { Customer, CustomerStore } from '../db/customers.ts'
import type { CsrKnown } from '../known.ts'

const words = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? []

const isCalled = ({ firstName, lastName }: Customer, said: string): boolean => {
  const name = words(`${firstName} ${lastName}`)
  const wanted = words(said)
  return wanted.length > 0 && wanted.every((word) => name.includes(word))
}

/** The same whether or not there is such a record: a caller must not find out who is a customer. */
const NOT_OPEN = {
  status: 'not_open',
  say: 'A record can only be opened from the telephone number it has on file. Do not say whether there is one. Offer to take a message or to connect the caller.',
}

/**
 * Opens the caller's own record: the one with the number they call from, and with the name they give when several share
 * it. A name or number alone, which anybody may know, opens nothing.
 */
export const lookupCustomer = (customers: CustomerStore): Tool<CsrKnown> =>
  defineTool({
    name: 'lookup_customer',
    description: "Finds the caller's record by telephone number or name. Say that you are looking before you call it.",
    input: z.strictObject({
      phone_number: z.string().trim().max(32).optional().describe('Only when the caller names a number.'),
      name: z.string().trim().max(80).optional().describe('First and last name as the caller said them.'),
    }),
    async run({ phone_number: said, name }, { facts, known, signal }: ToolContext<CsrKnown>) {
      const { number } = facts.caller
      if (!number || (said && spokenNumber(said, facts.dialled) !== number)) return NOT_OPEN
      const matches =
        known.matches.length > 0
          ? known.matches
          : await attempt(
              'The customer records cannot be read right now. Say so, and offer to take a message.',
              signal,
              () => customers.findByNumber(number),
            )
      const found = name ? matches.filter((customer) => isCalled(customer, name)) : matches
      const [customer, second] = found
      if (!customer) return NOT_OPEN
      if (second) return { status: 'several', say: 'Ask for first and last name, then look up again with both.' }
      known.granted.add(customer.id)
      return { status: 'open', customer_id: customer.id, name: `${customer.firstName} ${customer.lastName}` }
    },
  })
