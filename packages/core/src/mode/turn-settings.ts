import * as z from 'zod'

const reactions = {
  autoReply: z.boolean().meta({
    title: 'Reply by itself',
    description: 'true: the model replies as soon as the caller has finished.',
    examples: [true],
  }),
  interrupts: z
    .boolean()
    .optional()
    .meta({
      title: 'Interrupts',
      description: 'false: what callers say does not interrupt the assistant; by default it does.',
      examples: [false],
    }),
}

const detectionKind = <Name extends string>(name: Name) =>
  z.literal(name).meta({
    title: 'How',
    labels: { semantic: 'By what was said', server: 'By silence', none: 'Not at all' },
    description: '"semantic": the model judges by what was said; "server": by silence; "none": not at all.',
    examples: [name],
  })

/** Checks a duration in milliseconds. */
export const milliseconds = (least: number, most: number) => z.int().min(least).max(most).meta({ widget: 'duration' })

/** Checks a `TurnDetection`. */
export const turnDetectionSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: detectionKind('semantic'),
    eagerness: z.enum(['low', 'medium', 'high', 'auto']).meta({
      title: 'Eagerness',
      labels: { low: 'Lets people think', medium: 'Medium', high: 'Answers fast', auto: 'As the model thinks' },
      description: 'How soon the caller counts as having finished: "high" answers fast, "low" lets people think.',
      examples: ['high', 'low'],
    }),
    ...reactions,
  }),
  z.strictObject({
    kind: detectionKind('server'),
    threshold: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .meta({
        title: 'Threshold',
        description: 'How loud speech must be, from 0 to 1; higher for noisy lines.',
        examples: [0.5],
      }),
    prefixPaddingMs: milliseconds(0, 5_000)
      .optional()
      .meta({
        title: 'Before speech',
        description: 'How much is kept from before speech was noticed, in milliseconds.',
        examples: [300],
      }),
    silenceMs: milliseconds(50, 10_000)
      .optional()
      .meta({
        title: 'Silence',
        description: 'After this much silence the caller has finished, in milliseconds.',
        examples: [500],
      }),
    ...reactions,
  }),
  z.strictObject({ kind: detectionKind('none') }),
])
