import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { namesOf } from './names.ts'
import { newMode, NewModeError } from './new-mode.ts'

const HELP = `Usage: pnpm new-mode NAME [--number +14155550104]

Writes packages/mode-NAME (prompt, tools, routing, kind with its settings, test) and docs/modes/NAME.md, adds an instance to
apps/gateway/gateway.config.ts and installs. Its tests pass at once; docs/guides/add-a-mode.md goes on from there.

  NAME          small letters, digits and hyphens, like order-line
  --number      our number that it answers; without it no number does yet
  --no-install  leaves out pnpm install
  --help        shows this`

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
    console.log(HELP)
    return 0
  }
  if (name === undefined || more.length > 0) {
    console.error(`Give one name.\n\n${HELP}`)
    return 1
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
    `\nNext: pnpm --filter @llc-phone/mode-${name} test\n${
      number === undefined
        ? `Then map a number to "${instance}": pnpm numbers set +14155550104 ${instance}, or in apps/gateway/gateway.config.ts`
        : `Then: pnpm dev, and pnpm call --to ${number} --say "goodbye"`
    }`,
  )
  return 0
}

try {
  process.exitCode = run()
} catch (error) {
  const isUsageError = String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS')
  console.error(error instanceof NewModeError || isUsageError ? (error as Error).message : error)
  process.exitCode = 1
}
