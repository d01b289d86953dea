import type { Arrived, LostLeg } from '@llc-phone/core'
import type { CallOpening } from '@llc-phone/store'
import type { Adoption, NotAdopted } from './adoption.ts'
import type { Fleet } from './fleet/fleet.ts'

/** A leg whose first webhook has come. */
export type NewLeg = Pick<LostLeg, 'legId' | 'line' | 'direction' | 'dialled'>

/** Whether the call of a leg whose first webhook has come is new, or one that another instance has or had. */
export interface NewLegs {
  /** The call of the leg, if a process that has gone silent since has answered its first webhook; else what `otherwise` returns. */
  goneOnOr(leg: NewLeg, otherwise: () => Arrived): Promise<Arrived>
  /** The call that the leg has already, wherever it is; else `open` opens one, under the id of `opening` where it was claimed. */
  claimedOr(leg: NewLeg, opening: CallOpening, open: (callId?: string) => Arrived): Promise<Arrived>
}

/** Creates it. Without `claim` there are no other instances, only processes before this one. */
export const createNewLegs = ({
  adoption,
  claim,
}: {
  readonly adoption: Pick<Adoption, 'resume'>
  readonly claim: Fleet['claim']
}): NewLegs => {
  /** By leg, because carriers repeat their requests. */
  const arriving = new Map<string, Promise<Arrived>>()
  const once = (legId: string, arrive: () => Promise<Arrived>): Promise<Arrived> => {
    const present = arriving.get(legId)
    if (present) return present
    const work = arrive().finally(() => arriving.delete(legId))
    arriving.set(legId, work)
    return work
  }

  /** Else why it does not go on here. */
  const goneOnWith = async (leg: NewLeg): Promise<Arrived | NotAdopted> => {
    const found = await adoption.resume({ ...leg, entry: 'voice', isNamed: true })
    return typeof found === 'string' ? found : { known: found }
  }

  const goneOn = async (leg: NewLeg, otherwise: () => Arrived): Promise<Arrived> => {
    const found = await goneOnWith(leg)
    return typeof found === 'string' ? otherwise() : found
  }

  const claimed = async (
    claimLeg: NonNullable<Fleet['claim']>,
    leg: NewLeg,
    opening: CallOpening,
    open: (callId: string) => Arrived,
  ): Promise<Arrived> => {
    const first = await claimLeg(opening)
    if (!first) return open(opening.callId)
    if (!first.isLeft) return { isAt: first }
    const known = await goneOnWith(leg)
    if (typeof known !== 'string') return known
    // Another one may have been faster.
    const isAt = await claimLeg(opening)
    // One with a sign a moment ago has a session, or whoever its audio comes to goes on: a second one would be at odds with it.
    return isAt && (!isAt.isLeft || known === 'lost') ? { isAt } : open(opening.callId)
  }

  return {
    goneOnOr: (leg, otherwise) => once(leg.legId, () => goneOn(leg, otherwise)),
    claimedOr: (leg, opening, open) =>
      once(leg.legId, () => (claim ? claimed(claim, leg, opening, open) : goneOn(leg, open))),
  }
}
