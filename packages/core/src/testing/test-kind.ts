import assert from 'node:assert/strict'
import { describe, it } from 'vitest'
import * as z from 'zod'
import { ModeInvalid } from '../mode/mode-invalid.ts'
import { emptyValue, formFields, type FormField, type FormSchema } from '../form/form-fields.ts'
import type { CallFacts } from '../facts.ts'
import { instanceSchema, type Kind, type SharedSettings } from '../mode/kind.ts'
import type { Mode } from '../mode/mode.ts'
import { isPerson } from '../route.ts'
import { closedDays } from '../time/office-now.ts'
import { localDate } from '../time/business.ts'
import { callOf, defaultFixtures, parametersOf } from './mode-fixtures.ts'

/** What a kind is tried with. */
export interface TestKindOptions<Made> {
  /** A business with routes, directory and answers that fit the kind. */
  readonly shared: SharedSettings
  /** Fields of an instance beyond its defaults. */
  readonly settings?: Readonly<Record<string, unknown>>
  /**
   * What the mode changes outside the store: how often it has, and the tools that do it with an input for each. In a test call
   * (`facts.isTest`) they are to change nothing, in any other they do.
   */
  readonly outside?: {
    changes(): number
    readonly tools: Readonly<Record<string, object>>
  }
  /** The mode whose calls are looked at, for a kind that plans them; what the kind makes when absent. */
  modeOf?(made: Made): Mode
}

interface JsonSchema {
  readonly title?: string
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
}

/** The fields of a schema and of those within it, by path. */
const fieldsOf = ({ properties = {}, items }: JsonSchema, at = ''): [string, JsonSchema][] => [
  ...Object.entries(properties).flatMap(([name, field]): [string, JsonSchema][] => [
    [`${at}${name}`, field],
    ...fieldsOf(field, `${at}${name}.`),
  ]),
  ...(items ? fieldsOf(items, `${at}0.`) : []),
]

/** What somebody fills into a field who takes its example, and a key of the business where one is chosen. */
const filled = (field: FormField, shared: SharedSettings, at: string): unknown => {
  const { control, example } = field
  assert.notEqual(control.as, 'json', `${at}: no form can show it; give it .meta({ widget }) or a plainer shape`)
  if (control.as === 'group')
    return Object.fromEntries(control.fields.map((inner) => [inner.name, filled(inner, shared, `${at}.${inner.name}`)]))
  if (control.as === 'route') return Object.keys(shared.routes)[0]
  if (control.as === 'list' && control.entry.control.as !== 'text') return [filled(control.entry, shared, `${at}.0`)]
  return example ?? emptyValue(field)
}

const [facts] = defaultFixtures.callers

/** More than fits into a prompt. */
const LONG_ANSWERS = Array.from({ length: 20 }, (_, index) => ({
  question: `What about matter ${index + 1}?`,
  answer: `Matter ${index + 1} is ${'so very settled '.repeat(15)}.`,
}))

/**
 * The contract of a kind, as vitest tests: its fields are data with names for people, its defaults make a mode, and what comes
 * with the business (closed days, answers, greeting) reaches every caller.
 *
 * @example
 * testKind(receptionistKind({ messages }), { shared: { business, routes, directory: [], answers: [] }, settings: { offers: ['callback'] } })
 */
export const testKind = <Made>(kind: Kind<Made>, options: TestKindOptions<Made>): void => {
  const { shared, settings = {}, modeOf = (made) => made as unknown as Mode } = options
  const schema = instanceSchema(kind)
  const make = (fields: Readonly<Record<string, unknown>>, changes: Partial<SharedSettings> = {}): Mode =>
    modeOf(kind.make(schema.parse(fields) as Parameters<typeof kind.make>[0], { ...shared, ...changes }))
  const brief = async (mode: Mode, changes = {}) => mode.brief({ ...facts!, ...changes })
  const refused = (fields: Readonly<Record<string, unknown>>): string[] =>
    (schema.safeParse(fields).error?.issues ?? []).map((issue) =>
      [...issue.path, ...('keys' in issue ? issue.keys : [])].join('.'),
    )

  describe(`the kind "${kind.name}"`, () => {
    it('has a name for the document, and a title and a sentence for people', () => {
      assert.match(kind.name, /^[a-z][a-zA-Z0-9-]*$/)
      assert.match(kind.title, /^\p{Lu}/u)
      assert.match(kind.about, /^\p{Lu}.*\.$/u)
    })

    it('has fields that are data, each with a title, a description and examples that it takes', () => {
      // Throws for what is no data, such as portSchema.
      const fields = fieldsOf(z.toJSONSchema(kind.settings, { io: 'input' }) as JsonSchema)
      for (const [path, { title, description }] of fields) {
        assert.ok(title, `${path}: give it .meta({ title })`)
        assert.ok(description && description.endsWith('.'), `${path}: give it .meta({ description }), a sentence`)
      }
      for (const [name, field] of Object.entries(kind.settings.shape)) {
        const { examples = [] } = z.toJSONSchema(field as z.ZodType, { io: 'input' }) as JsonSchema
        assert.ok(examples.length > 0, `${name}: give it .meta({ examples })`)
        for (const example of examples)
          assert.deepEqual(
            refused({ [name]: example }),
            [],
            `${name} does not take its example ${JSON.stringify(example)}`,
          )
      }
    })

    it('has a form that can be drawn, filled in and published', async () => {
      const fields = formFields(z.toJSONSchema(kind.settings, { io: 'input' }) as FormSchema)
      assert.deepEqual(
        fields.map(({ name }) => name),
        Object.keys(kind.settings.shape),
      )
      const values = Object.fromEntries(fields.map((field) => [field.name, filled(field, shared, field.name)]))
      assert.deepEqual(refused(values), [])
      const { instructions } = await brief(make(values))
      assert.ok(instructions.includes(shared.business.name))
    })

    it('needs no field, and takes those of the test', async () => {
      for (const fields of [{}, settings]) {
        const { instructions } = await brief(make(fields))
        assert.ok(instructions.includes(shared.business.name), 'the prompt does not name the business')
      }
    })

    it('refuses fields it does not know, and those of the business', () => {
      assert.deepEqual(refused({ unheardOf: 1 }), ['unheardOf'])
      assert.deepEqual(refused({ business: shared.business }), ['business'])
      assert.deepEqual(refused({ voice: '' }), ['voice'])
    })

    it('greets as it is set to, and refuses what it cannot fill', async () => {
      const { greeting } = await brief(make({ greeting: 'You have reached {business}, AI assistant.' }))
      assert.equal(greeting, `You have reached ${shared.business.name}, AI assistant.`)
      const wrong = (problems: unknown): boolean =>
        problems instanceof ModeInvalid && problems.problems[0]?.path.join('.') === 'greeting'
      assert.throws(() => make({ greeting: 'Hello {busyness}, AI here.' }), wrong)
    })

    it('refuses opening tools it does not have', () => {
      const wrong = (problems: unknown): boolean =>
        problems instanceof ModeInvalid && problems.problems[0]?.path.join('.') === 'openingTools.0'
      assert.throws(() => make({ openingTools: ['unheard_of'] }), wrong)
    })

    it('tells of closed days that come, and connects nobody on them', async () => {
      const day = localDate(facts!.startedAt, shared.business.timeZone)
      const business = { ...shared.business, closures: [{ from: day, to: day, reason: 'the great flood' }] }
      const mode = make(settings, { business })
      const { instructions, known } = await brief(mode)
      const said = closedDays(business, facts!.startedAt)
      assert.ok(instructions.includes(said), `the prompt does not say "${said}": give defineMode the business`)
      for (const tool of mode.tools.filter(({ name }) => ['transfer_call', 'warm_transfer'].includes(name)))
        for (const destination of parametersOf(tool).properties?.['destination']?.enum ?? []) {
          const route = mode.routes[String(destination)]
          if (!route || !isPerson(route) || route.openOnClosures) continue
          const run = callOf(facts!, known)
          const words = tool.name === 'transfer_call' ? { reason: 'x' } : { introduction: 'x' }
          await tool.invoke(JSON.stringify({ destination, ...words }), run.context)
          assert.ok(!run.left, `${tool.name} rings ${String(destination)} on a closed day: give it the business`)
        }
    })

    it('tells whoever tries the line the same as any caller', async () => {
      const mode = make(settings)
      const [real, tried] = [await brief(mode), await brief(mode, { isTest: true })]
      assert.deepEqual([tried.greeting, tried.instructions], [real.greeting, real.instructions])
    })

    it('changes nothing outside the store in a test call', async () => {
      const { changes = () => 0, tools = {} } = options.outside ?? {}
      const mode = make(settings)
      for (const [name, input] of Object.entries(tools)) {
        const tool = mode.tools.find((each) => each.name === name)
        assert.ok(tool, `there is no tool ${name}`)
        const changedBy = async (called: CallFacts): Promise<number> => {
          const before = changes()
          const { known } = await mode.brief(called)
          await tool.invoke(JSON.stringify(input), callOf(called, known).context)
          return changes() - before
        }
        assert.equal(
          await changedBy({ ...facts!, isTest: true }),
          0,
          `${name} acts in a test call: look at facts.isTest`,
        )
        assert.notEqual(await changedBy({ ...facts! }), 0, `${name} changes nothing in a real call either`)
      }
    })

    it('has a tool for answers that are too long for the prompt', async () => {
      const mode = make(settings, { answers: LONG_ANSWERS })
      const { instructions } = await brief(mode)
      assert.ok(instructions.includes('What about matter 20?'), 'the prompt has no answers: give it whatYouKnow')
      assert.ok(!instructions.includes('so very settled'), 'the prompt holds the text of long answers')
      const tool = mode.tools.find(({ name }) => name === 'look_up_answer')
      assert.ok(tool, 'nothing looks them up: give it answerTools')
      const answer = await tool.invoke('{"question":"20"}', callOf(facts!, undefined).context)
      assert.match(JSON.stringify(answer), /Matter 20 is so very settled/)
    })
  })
}
