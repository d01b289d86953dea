import { expect, it } from 'vitest'
import * as z from 'zod'
import { emptyValue, formFields, plainWords, variantAt, WIDGETS, type FormSchema } from '../../src/form/form-fields.ts'
import { callOptionsSchema } from '../../src/mode/mode-settings.ts'

const fieldsOf = (schema: z.ZodType) =>
  formFields(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as FormSchema)

it('draws each shape with the control that fits', () => {
  const fields = fieldsOf(
    z.strictObject({
      name: z
        .string()
        .max(40)
        .meta({ title: 'Name', description: 'As heard.', examples: ['Ann'] }),
      about: z.string().max(300).optional(),
      places: z.int().min(1).max(9).optional(),
      isOpen: z.boolean().optional(),
      how: z.enum(['near_field', 'off']).meta({ labels: { off: 'Not at all' } }),
      offers: z.array(z.enum(['visit', 'call'])),
      to: z.union([z.email(), z.url()]),
      most: z.union([z.int(), z.literal('unlimited')]),
      words: z.record(z.string(), z.string()),
      number: z.string().meta({ widget: 'telephone' }),
      anything: z.unknown(),
    }),
  )
  expect(fields.map(({ name, control, isRequired }) => [name, control.as, isRequired])).toEqual([
    ['name', 'text', true],
    ['about', 'text', false],
    ['places', 'number', false],
    ['isOpen', 'switch', false],
    ['how', 'choice', true],
    ['offers', 'choices', true],
    ['to', 'text', true],
    ['most', 'variants', true],
    ['words', 'keyed', true],
    ['number', 'telephone', true],
    ['anything', 'json', true],
  ])
  expect(fields[0]).toMatchObject({ title: 'Name', help: 'As heard.', example: 'Ann', control: { isLong: false } })
  expect(fields[1]).toMatchObject({ title: 'About', control: { isLong: true, maxLength: 300 } })
  expect(fields[4]?.control).toMatchObject({
    options: [
      { value: 'near_field', label: 'Near field' },
      { value: 'off', label: 'Not at all' },
    ],
  })
})

it('knows which form a value has, and begins a new one with what it cannot be without', () => {
  const turnTaking = fieldsOf(callOptionsSchema).find(({ name }) => name === 'turnTaking')!
  const opening = turnTaking.control.as === 'group' ? turnTaking.control.fields[0]! : undefined
  const variants = opening?.control.as === 'variants' ? opening.control.variants : []
  expect(variants.map(({ label }) => label)).toEqual(['By what was said', 'By silence', 'Not at all'])
  expect(variantAt(variants, { kind: 'server', autoReply: true })).toBe(1)
  expect(variants.map(({ field }) => emptyValue(field))).toEqual([
    { kind: 'semantic', eagerness: 'low', autoReply: false },
    { kind: 'server', autoReply: false },
    { kind: 'none' },
  ])
})

it('has no field of the options of every kind that only JSON could show', () => {
  const controls = JSON.stringify(fieldsOf(callOptionsSchema))
  expect(controls).not.toContain('"as":"json"')
  expect(controls).toContain('"as":"duration"')
  expect(new Set(WIDGETS).size).toBe(WIDGETS.length)
  expect(plainWords('frontDesk')).toBe('Front desk')
})
