import { attempt, defineTool, ToolError, type Tool } from '@llc-phone/core'
import * as z from 'zod'
import type { CustomerStore } from '../db/customers.ts'
import type { Customer } from '../db/records.ts'
import { grant, type CsrContext, type CsrKnown } from '../known.ts'
import { readProof, type ProofKind } from '../read-proof.ts'
import { contactOf, opened } from './lookup-customer.ts'

/** Most failed attempts of a call: more look like guessing from a list. */
const MAX_PROOFS = 3

/** An id that no record has: verified for somebody who is no customer, so that the answer takes as long. */
const NOBODY = ''

/** The customer of a proof: the record that the model names, the one claimed from another telephone, or the only open one. */
const subjectOf = (
  { granted, claimed }: CsrKnown,
  customerId: string | undefined,
): { customer: Customer | null; isClaim: boolean } => {
  const named = customerId === undefined ? undefined : granted.get(customerId)
  if (named) return { customer: named.customer, isClaim: false }
  if (claimed !== undefined) return { customer: claimed, isClaim: true }
  const [only, second] = granted.values()
  if (customerId !== undefined || !only || second)
    throw new ToolError('First call lookup_customer with the name, and from another telephone the number on file.')
  return { customer: only.customer, isClaim: false }
}

/** What was said, as long as it may be written; what it means is read afterwards, because nobody is at fault for a line that is bad. */
const optional = (hint: string) => z.string().trim().max(64).optional().describe(hint)

const CLOSED_MEANWHILE = 'That record was closed meanwhile, and stays closed. Go on as with anybody without a record.'

const asked: Readonly<Record<ProofKind, string>> = {
  dateOfBirth: 'the date of birth, the month by its name',
  postcode: 'the postcode, digit by digit',
  pin: 'the PIN, by the keys',
}

/**
 * Proves who is calling. From a telephone on file one secret is enough; from another one it takes the PIN, or date of
 * birth and postcode together. What is answered does not depend on whether there is such a customer.
 */
export const verifyIdentity = (customers: CustomerStore): Tool<CsrKnown> =>
  defineTool({
    name: 'verify_identity',
    description:
      'Checks the proof of who is calling, before contact data is told or changed. Ask for the PIN, which may be keyed in, or for date of birth or postcode. Neither repeat it aloud nor say which was wrong.',
    input: z.strictObject({
      customer_id: optional('The open record; leave it out when none is open.'),
      date_of_birth: optional('YYYY-MM-DD'),
      postcode: optional('In digits and letters.'),
      pin: optional('Digits only.'),
    }),
    async run({ customer_id, date_of_birth: dateOfBirth, ...said }, { facts, known, signal }: CsrContext) {
      const { customer, isClaim } = subjectOf(known, customer_id || undefined)
      const { proof, unclear } = readProof({ dateOfBirth, ...said }, facts.startedAt)
      const isEnough =
        proof.pin ?? (isClaim ? proof.dateOfBirth && proof.postcode : (proof.dateOfBirth ?? proof.postcode))
      if (!isEnough && unclear.length > 0) return notUnderstood(unclear, MAX_PROOFS - known.proofs)
      if (!isEnough)
        return {
          status: 'more_needed',
          say: isClaim
            ? 'Ask for the PIN, by the keys, or for date of birth and postcode.'
            : 'Ask for the PIN, by the keys, or for date of birth or postcode.',
        }
      if (known.proofs >= MAX_PROOFS) return notVerified(0)
      // Counted before any await, so that simultaneous tool calls cannot exceed the limit.
      known.proofs += 1
      const { closings } = known
      const claim = { customerId: customer?.id ?? NOBODY, callId: facts.callId, caller: facts.otherParty.number, proof }
      let isWrong = false
      try {
        const proven = await attempt(
          'The identity cannot be checked right now. Say so, and offer to take a message.',
          signal,
          () => customers.prove(claim),
        )
        isWrong = !proven || !customer
        if (!proven || !customer) return notVerified(MAX_PROOFS - known.proofs)
      } finally {
        // A right answer, or one that could not be checked, is no failed attempt.
        if (!isWrong) known.proofs -= 1
      }
      // The record was closed meanwhile: the caller has said that they are somebody else.
      if (known.closings !== closings) throw new ToolError(CLOSED_MEANWHILE)
      grant(known, customer, 'verified')
      return { ...opened(customer), status: 'verified', ...(await contactOf(customers, customer, known, signal)) }
    },
  })

const notUnderstood = (unclear: readonly ProofKind[], triesLeft: number) => ({
  status: 'not_understood',
  tries_left: Math.max(triesLeft, 0),
  say: `Nothing was checked, which is no try. Say that you did not understand it, and ask again for ${unclear.map((kind) => asked[kind]).join(', and ')}.`,
})

const notVerified = (triesLeft: number) => ({
  status: 'not_verified',
  tries_left: Math.max(triesLeft, 0),
  say:
    triesLeft > 0
      ? 'Say that this does not match, without saying what, and ask once more.'
      : 'Say that you cannot verify them on this call, and offer a person or a message. Do not try again.',
})
