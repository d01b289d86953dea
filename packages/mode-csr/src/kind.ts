import { defineKind, type ModeKind } from '@llc-phone/core'
import * as z from 'zod'
import { csr, verifyBeforeSchema, type CsrSettings } from './mode.ts'

/** Customer services as data; services, appointments and their hours stay in the customer database behind `customers`. */
export const csrKind = ({ customers, messages }: Pick<CsrSettings, 'customers' | 'messages'>): ModeKind =>
  defineKind({
    name: 'csr',
    title: 'Customer service',
    about: "Opens the caller's own record, books, moves and cancels appointments, and takes messages.",
    settings: z.strictObject({
      escalateTo: z
        .string()
        .optional()
        .meta({
          title: 'Who helps out',
          widget: 'route',
          description:
            'The key of the route to the person who is rung when the assistant cannot help; the first route with a person when left out.',
          examples: ['support'],
        }),
      verifyBefore: verifyBeforeSchema.optional().meta({
        title: 'Proof of identity',
        labels: { contact: 'Before contact data is told or changed', appointments: 'Before appointments, too' },
        description:
          'What callers must prove who they are for. "contact": to hear or change contact data; to hear, book, move and cancel appointments, calling from the telephone on file is enough. "appointments": these too.',
        examples: ['contact', 'appointments'],
      }),
    }),
    make: (settings, { business, routes, answers }) =>
      csr({ ...settings, business, routes, answers, customers, messages }),
  })
