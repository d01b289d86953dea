import { basename } from 'node:path'

/** What the exit codes of every command mean; the table for people is in docs/reference/commands.md. */
export const EXIT = { done: 0, failed: 1, usage: 2, notRunning: 3, portHeld: 4, interrupted: 130 } as const

/** Wrong usage: its message is printed as it is, without a stack. A text that begins with `Usage:` stands for its first lines. */
export class UsageError extends Error {
  readonly exitCode: number = EXIT.usage
}

/** Something the user can put right, but no wrong usage. */
export class CommandFailed extends UsageError {
  override readonly exitCode: number = EXIT.failed
}

const USUAL_PORT = '8081'

/** As it was in the shell: another terminal that reads the same `.env` does not have it. */
const portOfShell = process.env.PORT

const PNPM = 'npx -y pnpm@12.21.0'
/** Scripts that pnpm takes for commands of its own. */
const NEEDS_RUN = /^(?:doctor|why|config|audit)\b/

/** How the person called us: by `./phone` from wherever they are, by a script of package.json, or by file. */
const calledBy = (): string => {
  const { PHONE_AS: launcher, npm_lifecycle_event: script } = process.env
  return launcher ?? (script === undefined ? './phone' : PNPM)
}

const named = (text: string, before: string): string =>
  text.replaceAll(/(?<![\w./])\.\/phone(?= ([\w-]+)|\b)/g, (_, command: string | undefined) => {
    const by = calledBy()
    return `${before}${by === PNPM && NEEDS_RUN.test(command ?? '') ? `${by} run` : by}`
  })

/** A text that names our commands as `./phone NAME`, with them as this person calls them. For help, where no port belongs. */
export const asCalled = (text: string): string => named(text, '')

/** The same with commands that can be pasted into another terminal, which does not know a PORT that was set in this one. */
export const pasteable = (text: string): string =>
  named(text, portOfShell && portOfShell !== USUAL_PORT ? `PORT=${portOfShell} ` : '')

/** The command that runs: `numbers` for `numbers-command.ts`. */
const ownName = (): string =>
  basename(process.argv[1] ?? '')
    .replace(/\.[jt]s$/, '')
    .replace(/-command$/, '')

const isParsing = (error: unknown): error is Error =>
  error instanceof Error && String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS')

/** What is said of an error, and the exit code; `undefined` when it is a defect of ours. */
export const toldOf = (
  error: unknown,
  isTheirs: (error: unknown) => boolean = () => false,
  name = ownName(),
): { readonly text: string; readonly exitCode: number } | undefined => {
  const more = `./phone ${name} --help tells more.`
  if (isParsing(error)) {
    const [sentence = ''] = error.message.split(/(?<=\w'?)\. /)
    return { text: asCalled(`${sentence.replace(/\.$/, '')}. ${more}`), exitCode: EXIT.usage }
  }
  if (error instanceof UsageError) {
    const { message, exitCode } = error
    if (!message.startsWith('Usage:')) return { text: pasteable(message), exitCode }
    return { text: asCalled(`${message.split('\n\n')[0]}\n\n${more}`), exitCode }
  }
  if (isTheirs(error)) return { text: pasteable((error as Error).message), exitCode: EXIT.failed }
  return undefined
}

/** Runs a command; what the user can put right is printed without a stack, and the exit code tells what it was. */
export const runCommand = (run: () => Promise<void>, isTheirs?: (error: unknown) => boolean, name?: string): void => {
  run().catch((error: unknown) => {
    const told = toldOf(error, isTheirs, name)
    console.error(told?.text ?? error)
    process.exitCode = told?.exitCode ?? EXIT.failed
  })
}
