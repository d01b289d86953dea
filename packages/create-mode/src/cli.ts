import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { asCalled, pasteable, runCommand, UsageError } from '@llc-phone/files'
import { namesOf } from './names.ts'
import { newMode, NewModeError } from './new-mode.ts'

const HELP = `Usage: ./phone new-mode NAME [--number +14155550104]

Writes packages/mode-NAME (prompt, tools, routing, kind with its settings, dialogue, test) and docs/modes/NAME.md,
adds an instance to apps/gateway/gateway.config.ts and installs. Its tests pass at once; docs/guides/add-a-mode.md goes on from there.

Options:
  NAME          small letters, digits and hyphens, like order-line
  --number      our number that it answers; without it no number does yet
  --no-install  leaves out pnpm install
  --help        shows this

Examples:
  ./phone new-mode order-line --number +14155550104`

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** The very pnpm that runs this, or else the one the repository names. */
const install = (): boolean => {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { packageManager: string }
  const script = process.env['npm_execpath']
  const [command, ...first] = !script
    ? ['npx', '-y', packageManager]
    : /\.[cm]?js$/.test(script)
      ? [process.execPath, script]
      : [script]
  const { status } = spawnSync(command, [...first, 'install', '--no-frozen-lockfile'], { cwd: root, stdio: 'inherit' })
  return status === 0
}

const run = (): number => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: { help: { type: 'boolean', short: 'h' }, number: { type: 'string' }, install: { type: 'boolean' } },
  })
  const [name, ...more] = positionals
  if (values.help) {
    console.log(asCalled(HELP))
    return 0
  }
  if (name === undefined || more.length > 0) {
    throw new UsageError('Give one name, like order-line. ./phone new-mode --help tells more.')
  }
  const { number } = values
  const written = newMode(root, name, number === undefined ? {} : { number })
  console.log(['Written:', ...written.map((path) => `  ${path}`)].join('\n'))
  const names = namesOf(name)
  const instance = typeof names === 'string' ? name : names.camel
  if (values.install !== false && !install()) {
    console.error('The mode is written, but pnpm install failed: run it again before the tests.')
    return 1
  }
  console.log(
    pasteable(
      `\nNext: npx -y pnpm@12.21.0 --filter @llc-phone/mode-${name} test\n${
        number === undefined
          ? `Then map a number to "${instance}": ./phone numbers set +14155550104 ${instance}, or in apps/gateway/gateway.config.ts`
          : `Then: ./phone dev, and ./phone call --to ${number} --say "goodbye"`
      }\nOnce you have published settings, those hold: add it there, under Business › Assistants in the console, or ./phone settings set modes.${instance} '{ kind: ${name} }'`,
    ),
  )
  return 0
}

runCommand(
  async () => {
    process.exitCode = run()
  },
  (error) => error instanceof NewModeError,
  'new-mode',
)
