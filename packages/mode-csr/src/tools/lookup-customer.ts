import {
  attempt,
  defineTool,
  findByName,
  fullName,
  notComplete,
  plainText,
  spokenTelephone,
  type Tool,
} from '@llc-phone/core'
import * as z from 'zod'
import type { CustomerStore } from '../db/customers.ts'
import type { Customer } from '../db/records.ts'
import { grant, recognisedAmong, type CsrContext, type CsrKnown } from '../known.ts'

/** The same whether or not there is such a record: a caller must not find out who is a customer. */
const NOT_OPEN = {
  status: 'not_open',
  say: 'Do not say whether there is a record. From another telephone: ask name and number on file, look up again, verify_identity with PIN, or date of birth and postcode. Else book as new, or offer a message.',
}

const UNREADABLE = 'The customer records cannot be read right now. Say so, and offer to take a message.'

/**
 * Opens the caller's own record: the one with the number they call from, and with the name they give when several share
 * it. From another telephone, name and number only say whom `verify_identity` is about: anybody may know both, so they
 * open nothing.
 */
export const lookupCustomer = (customers: CustomerStore): Tool<CsrKnown> =>
  defineTool({
    name: 'lookup_customer',
    description: "Opens the caller's own record, by their telephone or name. First say in a few words what you check.",
    opening: true,
    input: z.strictObject({
      phone_number: z.string().trim().max(64).optional().describe('Only when the caller names a number.'),
      name: z.string().trim().max(80).optional().describe('First and last name as the caller said them.'),
    }),
    async run({ phone_number: said, name }, { facts, known, signal }: CsrContext) {
      const { number } = facts.otherParty
      const telephone = said ? spokenTelephone(said, facts.dialled) : undefined
      // An incomplete number finds nobody, and no proof would match.
      if (said && !telephone) throw notComplete('telephone number', said, 'digit by digit or by the keys')
      const named = said ? telephone?.number : number
      // A number with extensions has several people behind it.
      const isOwn = number !== undefined && named === number && telephone?.extension === undefined
      const read = async () => (named ? attempt(UNREADABLE, signal, () => customers.findByNumber(named, !isOwn)) : [])
      if (!isOwn) {
        if (!said || !name) return NOT_OPEN
        known.claimed = findByName(name, await read())[0] ?? null
        return NOT_OPEN
      }
      const { closings } = known
      const matches = known.matches.length > 0 ? known.matches : recognisedAmong(await read())
      const found = name ? findByName(name, matches, { partly: true }) : matches
      const [customer, second] = found
      if (second) return { status: 'several', say: 'Ask for first and last name, then look up again with both.' }
      if (!customer || known.closed.has(customer.id) || known.closings !== closings) {
        // The telephone recognises somebody else, or its record was closed: the caller must prove their identity as from
        // any telephone.
        const claimed = name ? findByName(name, await read())[0] : undefined
        if (claimed) known.claimed = claimed
        return NOT_OPEN
      }
      delete known.claimed
      grant(known, customer, 'recognised')
      return { ...opened(customer), ...(await contactOf(customers, customer, known, signal)) }
    },
  })

/** What the model is told of a record that is open. */
export const opened = (customer: Customer) => ({
  status: 'open',
  customer_id: customer.id,
  name: plainText(fullName(customer), 60),
})

/** How the customer can be reached, once it was proven who is asking. */
export const contactOf = async (
  customers: CustomerStore,
  { id }: Customer,
  { granted }: CsrKnown,
  signal: AbortSignal,
): Promise<object> => {
  const isVerified = () => granted.get(id)?.trust === 'verified'
  if (!isVerified()) return {}
  const contact = await attempt(UNREADABLE, signal, () => customers.contact(id))
  // The record may have been closed meanwhile.
  return contact && isVerified() ? { on_file: contact } : {}
}
