import { defineKind, type ModeKind } from '@llc-phone/core'
import * as z from 'zod'
import { offersSchema, receptionist, type ReceptionistSettings } from './mode.ts'

/** Front desks as data; `messages` keeps what callers leave. */
export const receptionistKind = ({ messages }: Pick<ReceptionistSettings, 'messages'>): ModeKind =>
  defineKind({
    name: 'receptionist',
    title: 'Front desk',
    about: 'Says who is in, connects callers with people and departments, and takes messages.',
    settings: z.strictObject({
      offers: offersSchema.optional().meta({
        title: 'Offers',
        labels: { callback: 'That somebody calls back', visit: 'A time for a visit' },
        description:
          'What callers may ask for beside leaving a message: to be called back, or to come by. Either reaches you as a message; no time is promised.',
        examples: [['callback'], ['callback', 'visit']],
      }),
    }),
    make: (settings, shared) => receptionist({ ...settings, ...shared, messages }),
  })
