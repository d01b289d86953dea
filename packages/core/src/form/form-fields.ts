/**
 * What a form shows for the settings of a kind: a JSON Schema with titles, descriptions and a `widget` here and there becomes
 * fields. It imports nothing, because the console draws from it and the contract of kinds proves that it can.
 */

/** A JSON Schema (draft 2020-12), as far as settings use it. */
export interface FormSchema {
  readonly type?: string | readonly string[]
  readonly title?: string
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, FormSchema>>
  readonly required?: readonly string[]
  readonly items?: FormSchema | false
  readonly additionalProperties?: FormSchema | boolean
  readonly anyOf?: readonly FormSchema[]
  readonly oneOf?: readonly FormSchema[]
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  /** Draws it in another way than its type; one of {@link WIDGETS}. */
  readonly widget?: string
  /** What the values of a choice are called on screen. */
  readonly labels?: Readonly<Record<string, string>>
}

/** Fields that are filled in as one text, with help of their own. */
const TEXT_WIDGETS = ['telephone', 'timeZone', 'voice', 'greeting', 'route', 'instance'] as const
const LIST_WIDGETS = ['instances', 'people', 'dates'] as const

/** What `.meta({ widget })` can say. */
export const WIDGETS = [...TEXT_WIDGETS, ...LIST_WIDGETS, 'hours', 'duration'] as const

/** A value of a choice, and what it is called. */
export interface FormOption {
  readonly value: string
  readonly label: string
}

/** How a field is filled in. */
export type FormControl =
  | { readonly as: 'text'; readonly isLong: boolean; readonly maxLength?: number }
  | { readonly as: (typeof TEXT_WIDGETS)[number] | (typeof LIST_WIDGETS)[number] | 'hours' }
  | { readonly as: 'number'; readonly isWhole: boolean; readonly min?: number; readonly max?: number }
  /** In milliseconds; shown in seconds or minutes. */
  | { readonly as: 'duration'; readonly min?: number; readonly max?: number }
  | { readonly as: 'switch' }
  | { readonly as: 'choice'; readonly options: readonly FormOption[] }
  | { readonly as: 'choices'; readonly options: readonly FormOption[] }
  | { readonly as: 'group'; readonly fields: readonly FormField[] }
  | { readonly as: 'list'; readonly entry: FormField }
  | { readonly as: 'keyed'; readonly entry: FormField }
  /** One of several forms of a value. */
  | { readonly as: 'variants'; readonly variants: readonly FormVariant[] }
  /** A value that stands there and cannot be changed. */
  | { readonly as: 'constant'; readonly value: unknown }
  /** Nothing better is known: its JSON. */
  | { readonly as: 'json' }

/** One form that a value can have. */
export interface FormVariant {
  readonly label: string
  readonly field: FormField
}

/** A field of a form. */
export interface FormField {
  readonly name: string
  readonly title: string
  readonly help?: string
  readonly example?: unknown
  readonly isRequired: boolean
  readonly control: FormControl
}

/** Longer text gets more than one line. */
const LONG_FROM = 100

/** `near_field` as "Near field", `frontDesk` as "Front desk". */
export const plainWords = (name: string): string => {
  const words = name
    .replaceAll(/[_-]+/g, ' ')
    .replaceAll(/([a-z0-9])([A-Z])/g, (_all, end: string, begin: string) => `${end} ${begin.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const isWidget = <Name extends string>(names: readonly Name[], widget: string | undefined): widget is Name =>
  names.some((name) => name === widget)

const optionsOf = (values: readonly unknown[], labels: FormSchema['labels']): FormOption[] =>
  values.map((value) => ({ value: String(value), label: labels?.[String(value)] ?? plainWords(String(value)) }))

/** What tells the forms of a value apart: the constant that each has under the same name. */
const discriminatorOf = (forms: readonly FormSchema[]): string | undefined =>
  Object.keys(forms[0]?.properties ?? {}).find((name) =>
    forms.every(({ properties }) => properties?.[name]?.const !== undefined),
  )

const variantsOf = (forms: readonly FormSchema[]): FormVariant[] => {
  const by = discriminatorOf(forms)
  return forms.map((form) => {
    const of = by === undefined ? undefined : form.properties![by]
    const constant = of?.const ?? form.const
    const value = typeof constant === 'string' ? constant : constant === undefined ? '' : JSON.stringify(constant)
    const label = of?.labels?.[value] ?? (value === '' ? (form.title ?? 'As follows') : plainWords(value))
    return { label, field: fieldOf('', form, true) }
  })
}

const bounds = ({ minimum, maximum }: FormSchema) => ({
  ...(minimum === undefined ? {} : { min: minimum }),
  ...(maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? {} : { max: maximum }),
})

const controlOf = (schema: FormSchema): FormControl => {
  const { type, widget, labels, items, anyOf, oneOf } = schema
  if (widget === 'duration') return { as: 'duration', ...bounds(schema) }
  if (widget === 'hours' || isWidget(TEXT_WIDGETS, widget) || isWidget(LIST_WIDGETS, widget)) return { as: widget }
  if (schema.const !== undefined) return { as: 'constant', value: schema.const }
  if (schema.enum) return { as: 'choice', options: optionsOf(schema.enum, labels) }
  const forms = anyOf ?? oneOf
  if (forms) {
    // Texts in several forms, such as an e-mail or a web address, are one text.
    if (forms.every((form) => form.type === 'string' && form.const === undefined)) return { as: 'text', isLong: false }
    return { as: 'variants', variants: variantsOf(forms) }
  }
  if (type === 'boolean') return { as: 'switch' }
  if (type === 'number' || type === 'integer') return { as: 'number', isWhole: type === 'integer', ...bounds(schema) }
  if (type === 'string') {
    const { maxLength } = schema
    return { as: 'text', isLong: (maxLength ?? 0) > LONG_FROM, ...(maxLength === undefined ? {} : { maxLength }) }
  }
  if (type === 'array' && items) {
    if (items.enum) return { as: 'choices', options: optionsOf(items.enum, labels ?? items.labels) }
    return { as: 'list', entry: fieldOf('', items, true) }
  }
  if (type === 'object' && schema.properties) return { as: 'group', fields: formFields(schema) }
  if (type === 'object' && typeof schema.additionalProperties === 'object')
    return { as: 'keyed', entry: fieldOf('', schema.additionalProperties, true) }
  return { as: 'json' }
}

const fieldOf = (name: string, schema: FormSchema, isRequired: boolean): FormField => ({
  name,
  title: schema.title ?? (name === '' ? '' : plainWords(name)),
  ...(schema.description === undefined ? {} : { help: schema.description }),
  ...(schema.examples?.[0] === undefined ? {} : { example: schema.examples[0] }),
  isRequired,
  control: controlOf(schema),
})

/** The fields of an object, in its order. */
export const formFields = ({ properties = {}, required = [] }: FormSchema): FormField[] =>
  Object.entries(properties).map(([name, schema]) => fieldOf(name, schema, required.includes(name)))

/** What a new entry of a list or a newly chosen form begins with: its constants, and empty text where a value is required. */
export const emptyValue = ({ control }: FormField): unknown => {
  switch (control.as) {
    case 'constant':
      return control.value
    case 'switch':
      return false
    case 'number':
    case 'duration':
      return control.min ?? 0
    case 'choice':
      return control.options[0]?.value
    case 'group':
      return Object.fromEntries(
        control.fields.filter(({ isRequired }) => isRequired).map((field) => [field.name, emptyValue(field)]),
      )
    case 'list':
    case 'choices':
    case 'instances':
    case 'people':
    case 'dates':
      return []
    case 'keyed':
    case 'hours':
    case 'json':
      return {}
    case 'variants':
      return control.variants[0] && emptyValue(control.variants[0].field)
    default:
      return ''
  }
}

/** Which of the forms a value has; the first when it has none. */
export const variantAt = (variants: readonly FormVariant[], value: unknown): number => {
  const fits = ({ field: { control } }: FormVariant): boolean => {
    if (control.as === 'constant') return control.value === value
    if (control.as !== 'group') return typeof value === typeof emptyValue({ control } as FormField) && value !== null
    const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
    return (
      fields !== undefined &&
      control.fields.every(({ name, control: of }) => of.as !== 'constant' || fields[name] === of.value)
    )
  }
  return Math.max(0, variants.findIndex(fits))
}
