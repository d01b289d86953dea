import { didYouMean } from '../names/nearest-name.ts'
import { ModeInvalid, type SettingProblem } from './mode-invalid.ts'
import type { Tool } from './tool.ts'

interface Choice<Known> {
  readonly name: string
  readonly tools: readonly Tool<Known>[]
  readonly openingTools?: readonly string[] | undefined
}

/** Tools that no call is without: they end it, fulfil what must not be refused, or keep the model silent. */
const isNeeded = ({ always, effect }: Pick<Tool, 'always' | 'effect'>): boolean =>
  always === true || effect === 'listen'

/** The tools asked for by a name that none has, each with a suggestion. */
export const openingToolProblems = (
  openingTools: readonly string[] | undefined,
  names: readonly string[],
): SettingProblem[] =>
  (openingTools ?? []).flatMap((asked, index) =>
    names.includes(asked)
      ? []
      : [
          {
            path: ['openingTools', index],
            message: `there is no tool "${asked}". ${didYouMean(asked, names) ?? `There are ${names.join(', ')}.`}`,
          },
        ],
  )

/**
 * The tools of a mode, each with whether the first session has it. Unless the assistant `waits` until its greeting is heard, the
 * first reply may need any of them. Throws `ModeInvalid` for tools that do not exist, or that cannot come later.
 */
export const chooseOpening = <Known>(
  { name, tools, openingTools }: Choice<Known>,
  waits: boolean,
): readonly Tool<Known>[] => {
  const problems = openingToolProblems(
    openingTools,
    tools.map((tool) => tool.name),
  )
  if (problems.length > 0) throw new ModeInvalid(name, problems)
  if (!waits) return tools.map((tool) => (tool.opening ? tool : { ...tool, opening: true }))
  if (!openingTools) return tools
  return tools.map((tool) => ({ ...tool, opening: isNeeded(tool) || openingTools.includes(tool.name) }))
}
