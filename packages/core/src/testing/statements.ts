import { KNOWLEDGE_TITLE } from '../mode/knowledge.ts'
import type { Mode } from '../mode/mode.ts'
import { briefAll, parametersOf, sampleAnswers, type Briefed, type ModeFixtures } from './mode-fixtures.ts'

/** A line that the model reads, with its place in the prompt or tool. */
export interface Statement {
  readonly where: string
  readonly text: string
}

const sectionsOf = (instructions: string): string[] => instructions.split(/\n\n(?=# )/)

/** A prompt without its facts of the business, which are not rules and may say "only by appointment". */
export const rulesIn = (instructions: string): string =>
  sectionsOf(instructions)
    .filter((section) => !section.startsWith(`# ${KNOWLEDGE_TITLE}\n`))
    .join('\n\n')

/** The lines of a prompt, without titles. */
export const linesOf = (instructions: string): string[] =>
  instructions.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('# '))

/** The lines of sections that are the same for all calls of the fixtures. */
export const fixedLines = ([first, ...others]: readonly Briefed[]): string[] => {
  const isShared = (section: string): boolean =>
    others.every(({ instructions }) => sectionsOf(instructions).includes(section))
  return linesOf(sectionsOf(first!.instructions).filter(isShared).join('\n'))
}

/** The lines of sections that differ between calls. Misses a live section that is the same for all calls of the fixtures. */
export const liveLines = (briefings: readonly Briefed[]): string[] => {
  const known = new Set(fixedLines(briefings))
  return [...new Set(briefings.flatMap(({ instructions }) => linesOf(instructions)))].filter((line) => !known.has(line))
}

/** Every rule the model reads before it speaks, from prompts and tools, without duplicates. */
export const statementsOf = async (mode: Mode, fixtures: ModeFixtures): Promise<Statement[]> => {
  const briefings = await briefAll(mode, fixtures)
  const lines = new Set(briefings.flatMap(({ instructions }) => linesOf(rulesIn(instructions))))
  return [
    ...Array.from(lines, (text) => ({ where: 'the prompt', text })),
    ...mode.tools.flatMap((tool) => [
      { where: tool.name, text: tool.description },
      ...Object.entries(parametersOf(tool).properties ?? {}).flatMap(([name, { description }]) =>
        description === undefined ? [] : [{ where: `${tool.name}.${name}`, text: description }],
      ),
    ]),
  ]
}

/** The sentences of the tools' results for samples, without duplicates. */
export const answersOf = async (mode: Mode, fixtures: ModeFixtures): Promise<Statement[]> => {
  const said = (await sampleAnswers(mode, fixtures)).flatMap(({ tool, say }) =>
    say === undefined ? [] : [{ where: `the answer of ${tool.name}`, text: say }],
  )
  return [...new Map(said.map((statement) => [`${statement.where}: ${statement.text}`, statement])).values()]
}
