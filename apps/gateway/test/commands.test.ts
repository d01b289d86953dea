import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { commands, exitCodes, type Command } from '../phone/commands.mjs'

// Each command is a process of its own; no gateway runs.
vi.setConfig({ testTimeout: 240_000 })

const root = fileURLToPath(new URL('../../..', import.meta.url))

const run = (file: string, args: readonly string[]) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const env = { PATH: process.env['PATH'], PHONE_AS: './phone', PORT: '9', DATABASE_URL: 'file:/nowhere/x.db' }
    execFile(process.execPath, [file, ...args], { env, cwd: root }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    )
  })

const phone = (args: readonly string[]) => run(`${root}apps/gateway/phone/main.mjs`, args)

/** What `./phone start` runs, without the build that may come first. */
const helpOf = (name: string) =>
  name === 'start' ? run(`${root}apps/gateway/src/main.ts`, ['--help']) : phone([name, '--help'])

/** So many processes at once: the rest of the machine runs other tests. */
const AT_ONCE = 3

const eachOf = async <Result>(ask: (command: Command) => Promise<Result>): Promise<Map<string, Result>> => {
  const results = new Map<string, Result>()
  const left = commands[Symbol.iterator]()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, several times
      for (const command of left) results.set(command.name, await ask(command))
    }),
  )
  return results
}

/** What people most often get wrong: an option that is not there, and nothing where something is needed. */
const MISTAKES: Readonly<Record<string, readonly string[]>> = {
  backup: ['one.db', 'two.db'],
  call: ['--to', '415-555-0101'],
  contacts: ['show'],
  customers: ['import'],
  database: ['move'],
  dial: [],
  doctor: ['--yes'],
  'do-not-call': ['add'],
  greetings: ['remove'],
  logs: ['--lines', 'many'],
  messages: ['done'],
  'new-mode': [],
  numbers: ['set', '+14155550102'],
  people: ['add', 'ann'],
  phrases: [],
  replay: [],
  sim: ['ring'],
  status: ['--wait', 'long'],
}

describe('the table of commands', () => {
  it('names files that exist, every command of the gateway, and the scripts of package.json by the same names', () => {
    const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: Record<string, string> }
    for (const { name, file, args = [] } of commands) {
      expect([name, existsSync(`${root}${file}`)]).toEqual([name, true])
      expect(scripts).toMatchObject({ [name]: ['node', file, ...args].join(' ') })
    }
    const files = commands.map(({ file }) => file)
    for (const file of readdirSync(`${root}apps/gateway/src/cli`))
      if (file.endsWith('-command.ts')) expect(files).toContain(`apps/gateway/src/cli/${file}`)
    expect(new Set(commands.map(({ name }) => name)).size).toBe(commands.length)
  })

  it('is listed by --help, and a name that is not in it is answered with the nearest', async () => {
    const [help, none, wrong] = await Promise.all([phone(['--help']), phone([]), phone(['mesages'])])
    expect(none).toEqual(help)
    expect(help).toMatchObject({ code: 0, err: '' })
    const listed = help.out.split('\n').map((line) => line.trim().replace(/ +/, ' '))
    for (const { name, about } of commands) expect(listed).toContain(`${name} ${about}`)
    expect(wrong).toEqual({
      code: 2,
      out: '',
      err: 'There is no command "mesages". Did you mean "messages"? ./phone --help lists them all.\n',
    })
  })

  it('completes the names in each shell', async () => {
    const [bash, zsh, fish, other] = await Promise.all(
      ['bash', 'zsh', 'fish', 'tcsh'].map((shell) => phone(['completion', shell])),
    )
    for (const { name } of commands) for (const shell of [bash, zsh, fish]) expect(shell?.out).toContain(name)
    expect(other).toMatchObject({ code: 2, err: 'Name a shell: ./phone completion bash, zsh or fish.\n' })
    const complete = `${bash?.out}\nCOMP_WORDS=(./phone numbers s) COMP_CWORD=2; _phone; echo "\${COMPREPLY[@]}"`
    const completed = await new Promise<string>((resolve) => {
      execFile('bash', ['-c', complete], (_, out) => resolve(out))
    })
    expect(completed).toBe('set\n')
  })
})

describe('every command', () => {
  it('explains itself in the same shape; docs/reference/commands.md is made of that', async () => {
    const told = await eachOf(({ name }) => helpOf(name))
    const groups = Map.groupBy(commands, ({ group }) => group)
    const page = [
      '# Commands',
      '`./phone` (`phone` on Windows) finds the right Node, installs what a fresh clone lacks, and runs one of these; `./phone completion bash` (`zsh`, `fish`) prints completion. `npx -y pnpm@12.21.0 NAME` runs them, too. This page is made from `apps/gateway/phone/commands.mjs` and what each command says: `pnpm --filter @llc-phone/gateway exec vitest run test/commands.test.ts -u` writes it.',
      `Exit codes: ${exitCodes.map(([code, meaning]) => `\`${code}\` ${meaning}`).join(' · ')}.`,
    ]
    for (const [group, listed] of groups) {
      page.push(`## ${group}`)
      for (const { name, about } of listed) {
        const { code, out, err } = told.get(name)!
        expect([name, code, err]).toEqual([name, 0, ''])
        expect([name, out]).toEqual([name, expect.stringMatching(new RegExp(`^Usage: ./phone ${name}(?: |$)`, 'm'))])
        expect([name, out]).toEqual([name, expect.stringMatching(/\n\nOptions:\n(?: {2}.*\n)+/)])
        expect([name, out]).toEqual([name, expect.stringMatching(/\n\nExamples.*:\n(?: {2}.*\.\/phone .*(?:\n|$))+/)])
        expect([name, out.match(/^.{160,}$/m)]).toEqual([name, null])
        page.push(`### ${name}`, `${about[0]?.toUpperCase()}${about.slice(1)}.`, `\`\`\`\n${out.trimEnd()}\n\`\`\``)
      }
    }
    await expect(`${page.join('\n\n')}\n`).toMatchFileSnapshot('../../../docs/reference/commands.md')
  })

  it('answers the commonest mistake, or an option that is not there, with what is right, and ends with 2', async () => {
    const told = await eachOf(({ name }) =>
      name === 'start'
        ? run(`${root}apps/gateway/src/main.ts`, ['--nonsense'])
        : phone([name, ...(MISTAKES[name] ?? ['--nonsense'])]),
    )
    for (const [name, { code, out, err }] of told) {
      expect([name, code, out]).toEqual([name, 2, ''])
      expect([name, err]).toEqual([name, expect.not.stringMatching(/^\s+at /m)])
    }
    expect(Object.fromEntries(commands.map(({ name }) => [name, told.get(name)!.err.trimEnd()]))).toMatchSnapshot()
  })
})
