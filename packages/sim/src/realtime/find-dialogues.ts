/** Finds dialogue files by itself: those of every package, and those of a folder that is named in the environment. */
import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { repositoryRoot } from '../dev.ts'
import { type Dialogue, parseDialogue } from './dialogue.ts'

/** Where packages are, as in pnpm-workspace.yaml; those without a folder for modes are left out. */
const OF_PACKAGES = '{packages,apps,examples}/*/dialogues/*.json'

/** A file that is no dialogue; the message names it and says what is wrong. */
export class DialogueError extends Error {}

/** Reads a dialogue file's text; throws what `wrong` makes of the reason, or else a `DialogueError`. */
export function readDialogue(
  path: string,
  text: string,
  wrong = (message: string): Error => new DialogueError(message),
): Dialogue {
  try {
    return parseDialogue(JSON.parse(text))
  } catch (error) {
    throw wrong(
      `${path} is no dialogue: ${error instanceof Error ? error.message : String(error)}\npackages/sim/dialogues/README.md has the format.`,
    )
  }
}

const readAll = (pattern: string, cwd: string): Dialogue[] =>
  globSync(pattern, { cwd })
    .toSorted()
    // A mode of one's own may have the name of an example, as in the guide.
    .toSorted((a, b) => Number(a.startsWith('examples')) - Number(b.startsWith('examples')))
    .map((path) => readDialogue(path, readFileSync(resolve(cwd, path), 'utf8')))
    .toSorted((a, b) => a.order - b.order)

/** The dialogues of a folder, counted from the repository's root. Throws a `DialogueError`. */
export const dialoguesIn = (folder: string): Dialogue[] => readAll('*.json', resolve(repositoryRoot, folder))

/** The dialogues of `folder`, and behind them those of all packages below `root`, each in their order. */
export const findDialogues = (folder?: string, root: string = repositoryRoot): Dialogue[] => [
  ...(folder ? dialoguesIn(folder) : []),
  ...readAll(OF_PACKAGES, root),
]

let shipped: readonly Dialogue[] | undefined

/** The dialogues of the packages, read once; the last one fits every session. */
export const shippedDialogues = (): readonly Dialogue[] => (shipped ??= findDialogues())
