import * as z from 'zod'
import { tryE164 } from '../telephone/e164.ts'
import { meantE164 } from '../telephone/meant-number.ts'
import { weeklyHoursSchema } from '../time/hours.ts'

/** Checks a telephone number in E.164 form. */
export const numberSchema = z
  .string()
  .refine((text) => tryE164(text) !== undefined, {
    error: ({ input }) => {
      const meant = typeof input === 'string' ? meantE164(input) : undefined
      return `write it in E.164 form, like "${meant ?? '+14155550100'}"`
    },
  })
  .meta({ widget: 'telephone' })

const routeBase = {
  label: z
    .string()
    .trim()
    .min(1)
    .max(60)
    .meta({
      title: 'Name for callers',
      description: 'How it is called to callers.',
      examples: ['the sales department'],
    }),
  when: z
    .string()
    .trim()
    .min(1)
    .max(120)
    .optional()
    .meta({
      title: 'When',
      description: 'What callers want who belong here; the assistant chooses by it.',
      examples: ['new customers, prices and offers'],
    }),
  hours: weeklyHoursSchema.optional().meta({
    title: 'Hours',
    description: 'By day or range of days. Always open when left out.',
    examples: [{ 'mon-fri': '09:00-17:00' }],
  }),
  afterHours: z
    .string()
    .optional()
    .meta({
      title: 'Outside these hours',
      widget: 'route',
      description: 'The key of the route to offer instead.',
      examples: ['mailbox'],
    }),
  openOnClosures: z
    .boolean()
    .optional()
    .meta({
      title: 'Open on closed days',
      description: 'true: reached on the closed days of the business too, as an emergency line is.',
      examples: [true],
    }),
}

/** Checks the keys of an extension; the carrier takes 32, two of them a pause. */
export const extensionSchema = z
  .string('write it in quotes, like "22"')
  .regex(/^(?=.*[\d*#])[\d*#wW]{1,30}$/, 'write up to 30 digits, * or #, and w to wait for half a second, like "22"')

/** Checks {@link Routes}: keys the model can name, numbers in E.164 form, short labels, `afterHours` routes that exist. */
export const routesSchema = z
  .record(
    z.string().regex(/^[a-z][a-zA-Z0-9_]{0,31}$/, 'a route key is a word, like "sales"'),
    z.union([
      z.strictObject({
        ...routeBase,
        number: numberSchema.meta({
          title: 'Telephone',
          description: 'In E.164 form: a plus, the country code and the number.',
          examples: ['+14155550111'],
        }),
        extension: extensionSchema.optional().meta({
          title: 'Extension',
          description: 'Keys to send once somebody has answered; w waits for half a second.',
          examples: ['22', 'ww22#'],
        }),
      }),
      z.strictObject({
        ...routeBase,
        voicemail: z.literal(true).meta({
          title: 'Voicemail',
          description: 'In place of a telephone: callers leave a recorded message.',
          examples: [true],
        }),
      }),
    ]),
  )
  .superRefine((routes, context) => {
    for (const [key, { afterHours }] of Object.entries(routes))
      if (afterHours !== undefined && !Object.hasOwn(routes, afterHours))
        context.addIssue({ code: 'custom', path: [key, 'afterHours'], message: `there is no route "${afterHours}"` })
  })
