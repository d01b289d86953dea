import {
  attempt,
  defineTool,
  notComplete,
  plainText,
  spokenTelephone,
  telephoneText,
  ToolError,
  type Tool,
} from '@llc-phone/core'
import * as z from 'zod'
import type { CustomerStore } from '../db/customers.ts'
import { assertGranted, type CsrContext, type CsrKnown } from '../known.ts'
import { readPostcode } from '../read-proof.ts'

/** Most numbers tried in one call: trying many would reveal who our customers are. */
const MAX_NUMBERS_TAKEN = 2

/** The same answer for another customer's number and after too many tries, so that nobody finds out who is a customer. */
const NOT_THIS_NUMBER =
  'Nothing was changed: that telephone number cannot be added on this call. Say so, and offer to take a message for colleagues.'

/** The e-mail address that was said: "anna dot keller at example dot com". */
const readEmail = (said: string): string | undefined => {
  const text = said
    .normalize('NFKC')
    .replace(/^mailto:/i, '')
    .replaceAll(/\s+(at|dot|underscore|dash|hyphen|plus)\s+/gi, (_, word: string) => SPOKEN[word.toLowerCase()]!)
    .replaceAll(/\s/g, '')
    .replace(/[.,;]+$/, '')
  const [local, domain = ''] = text.split('@')
  const address = `${local}@${domain.toLowerCase()}`
  return text.split('@').length === 2 && z.email().safeParse(address).success ? address : undefined
}

const SPOKEN: Readonly<Record<string, string>> = {
  at: '@',
  dot: '.',
  underscore: '_',
  dash: '-',
  hyphen: '-',
  plus: '+',
}

/** Changes how a customer can be reached; only after the caller has proven who they are. */
export const updateCustomer = (customers: CustomerStore): Tool<CsrKnown> =>
  defineTool({
    name: 'update_customer',
    effect: 'write',
    wouldHave: () => 'The contact data of a customer would be changed.',
    description:
      'Changes contact data of a verified customer; a telephone number is added. First read the new data back and get a yes.',
    input: z.strictObject({
      customer_id: z.string().min(1).max(64),
      email: z.string().trim().max(120).optional(),
      address: z.string().trim().min(5).max(200).optional().describe('Street and town, without the postcode.'),
      postcode: z.string().trim().min(3).max(12).optional(),
      phone_number: z.string().trim().min(5).max(64).optional().describe('With the extension, if any.'),
    }),
    async run({ customer_id, email, address, postcode, phone_number: said }, { facts, known, signal }: CsrContext) {
      const { id } = assertGranted(known, customer_id, 'verified')
      const telephone = said === undefined ? undefined : spokenTelephone(said, facts.dialled)
      if (said !== undefined && !telephone) throw notComplete('telephone number', said, 'digit by digit or by the keys')
      const mail = email ? readEmail(email) : undefined
      if (email && !mail) throw notComplete('e-mail address', email, 'letter by letter')
      // A value that cannot be compared could never prove an identity.
      if (postcode !== undefined && readPostcode(postcode) === undefined)
        throw notComplete('postcode', postcode, 'digit by digit')
      const phone = telephone && telephoneText(telephone)
      const change = {
        email: mail,
        phone,
        address: address === undefined ? undefined : plainText(address, 200),
        postcode: postcode === undefined ? undefined : plainText(postcode, 12).toUpperCase(),
      }
      if (Object.values(change).every((value) => value === undefined))
        throw new ToolError('Nothing to change was given. Ask what has changed.')
      // Counted before any await, so that simultaneous tries cannot exceed the limit.
      if (phone !== undefined && ++known.numbersTaken > MAX_NUMBERS_TAKEN) throw new ToolError(NOT_THIS_NUMBER)
      let changed: boolean | 'taken' = false
      try {
        changed = await attempt('The change could not be stored. Say so, and offer to take a message.', signal, () =>
          customers.updateContact(id, {
            ...change,
            phoneIsProven: phone !== undefined && phone === facts.otherParty.number,
          }),
        )
      } finally {
        // Only the answer that the number is somebody else's reveals something, and counts.
        if (phone !== undefined && changed !== 'taken') known.numbersTaken -= 1
      }
      if (changed === 'taken') throw new ToolError(NOT_THIS_NUMBER)
      if (!changed) throw new ToolError('That record no longer exists. Offer to take a message.')
      return { status: 'changed', say: 'Confirm in one short sentence.' }
    },
  })
