import { defineKind, isPerson, ModeInvalid, type ModeKind, type Routes } from '@llc-phone/core'
import * as z from 'zod'
import { ivr } from './mode.ts'
import { synonymsSchema, type IvrSettings } from './settings.ts'

const choiceSchema = z.strictObject({
  route: z
    .string()
    .meta({ title: 'Route', widget: 'route', description: 'The key of the route it leads to.', examples: ['sales'] }),
  synonyms: synonymsSchema.optional().meta({
    title: 'Other words',
    description: 'Other words callers use for it.',
    examples: [['orders', 'prices']],
  }),
  introduce: z
    .boolean()
    .optional()
    .meta({
      title: 'Introduce callers',
      description: 'Rings somebody there first and says who is calling; the caller is connected once they accept.',
      examples: [true],
    }),
})

type Choice = z.output<typeof choiceSchema>

/** The choices, then the routes that they lead to outside their hours: what may be offered must be in the menu. */
const withDetours = (choices: readonly Choice[], routes: Routes): readonly Choice[] => {
  const all = [...choices]
  const listed = new Set(choices.map(({ route }) => route))
  for (const { route } of all) {
    const detour = routes[route]?.afterHours
    if (detour === undefined || listed.has(detour)) continue
    listed.add(detour)
    all.push({ route: detour })
  }
  return all
}

/** The menu as `ivr` takes it; the order of keys is that of the choices. Throws `ModeInvalid` for a route that does not exist. */
const menuOf = (choices: readonly Choice[], routes: Routes): Pick<IvrSettings, 'departments' | 'routes'> => {
  const problems = choices.flatMap(({ route, introduce }, index) => {
    const path = ['choices', index, 'route']
    if (!Object.hasOwn(routes, route)) return [{ path, message: `there is no route "${route}"` }]
    if (choices.findIndex((other) => other.route === route) !== index)
      return [{ path, message: `"${route}" is in the menu already` }]
    return introduce && !isPerson(routes[route]!)
      ? [{ path: ['choices', index, 'introduce'], message: 'needs a route with a number' }]
      : []
  })
  if (problems.length > 0) throw new ModeInvalid('ivr', problems)
  return {
    departments: Object.fromEntries(
      withDetours(choices, routes).map(({ route, ...words }) => [route, { ...routes[route]!, ...words }]),
    ),
  }
}

/** Menus as data: the departments are routes of the business, and an instance says which, in which order. */
export const ivrKind = (): ModeKind =>
  defineKind({
    name: 'ivr',
    title: 'Menu',
    about: 'Asks what the call is about and connects callers with a department, by voice or by key.',
    settings: z.strictObject({
      choices: z
        .array(choiceSchema)
        .min(1)
        .optional()
        .meta({
          title: 'Choices',
          description:
            'What callers can choose, in the order of the keys from 1 on; every route in its order when left out.',
          examples: [[{ route: 'sales', synonyms: ['orders'] }, { route: 'billing' }]],
        }),
      operator: z
        .string()
        .optional()
        .meta({
          title: 'Operator',
          widget: 'route',
          description: 'The key of the choice for callers who ask for a person, press 0, or were not understood twice.',
          examples: ['support'],
        }),
      voicemail: z
        .string()
        .trim()
        .min(1)
        .max(60)
        .optional()
        .meta({
          title: 'Voicemail',
          description:
            'Lets callers leave a message with key 9, and offers that where a department is closed; how it is called to them. No voicemail when left out.',
          examples: ['our voicemail'],
        }),
    }),
    make: ({ choices, voicemail, ...options }, { business, routes, answers }) =>
      ivr({
        ...options,
        business,
        answers,
        ...menuOf(choices ?? Object.keys(routes).map((route) => ({ route })), routes),
        voicemail: voicemail === undefined ? undefined : { label: voicemail },
      }),
  })
