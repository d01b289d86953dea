import { outbound } from '@llc-phone/mode-outbound'
import type { WorldBuilder } from './builder.ts'
import { broken, businessWith, people } from './business.ts'

const DAY_MS = 86_400_000

const appointmentOn = (startsAt: Date): string => new Date(startsAt.getTime() + 5 * DAY_MS).toISOString().slice(0, 10)

/** A call of ours over stores of its own, and a calendar with two free times. */
export const outboundWorld: WorldBuilder = ({ scenario = 'confirmation', context, storeFails }, startsAt, hours) => {
  const calls = outbound({
    business: businessWith(hours),
    routes: people,
    doNotCall: { add: storeFails ? broken : async () => {} },
    notes: { add: storeFails ? broken : async () => {} },
    appointments: {
      openSlots: async () => [
        { id: 'one', service: 'cleaning', startsAt: new Date(startsAt.getTime() + 4 * DAY_MS) },
        { id: 'two', service: 'cleaning', startsAt: new Date(startsAt.getTime() + 6 * DAY_MS) },
      ],
      book: async () => 'booked',
    },
  })
  const usual =
    scenario === 'confirmation'
      ? {
          appointmentDate: appointmentOn(startsAt),
          appointmentTime: '14:30',
          service: 'cleaning',
          withWhom: 'Dr. Lopez',
        }
      : {}
  const { mode, machine } = calls.plan({ scenario, context: { ...usual, ...context }, now: startsAt })
  return { mode, machine }
}
