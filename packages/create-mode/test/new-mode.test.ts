import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { newMode } from '../src/new-mode.ts'

const here = fileURLToPath(new URL('..', import.meta.url))
const repository = join(here, '../..')
const CONFIG = 'apps/gateway/gateway.config.ts'
const MANIFEST = 'apps/gateway/package.json'

let root: string
const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** What a new mode touches, copied below this package so that what it imports is found. */
beforeEach(() => {
  root = mkdtempSync(join(here, '.generated-'))
  for (const path of [CONFIG, MANIFEST, 'tsconfig.base.json']) cpSync(join(repository, path), join(root, path))
  return () => rmSync(root, { recursive: true, force: true })
})

const run = async (script: string, ...args: string[]) => {
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1' }
  // The inner run must not take itself for a part of this one.
  for (const name of Object.keys(env)) if (name.startsWith('VITEST')) delete env[name]
  return promisify(execFile)(process.execPath, [join(here, 'node_modules', script), ...args], { env })
}

describe('a new mode', () => {
  it('is complete: it compiles and its tests pass at once', async () => {
    const written = newMode(root, 'order-line')
    expect(written).toEqual([
      CONFIG,
      MANIFEST,
      'docs/modes/order-line.md',
      ...[
        'dialogues/order-line.json',
        'package.json',
        'src/index.ts',
        'src/kind.ts',
        'src/mode.ts',
        'src/prompt.ts',
      ].map(inPackage),
      ...['src/settings.ts', 'src/tools/opening-hours.ts', 'test/mode.test.ts', 'tsconfig.json', 'turbo.json'].map(
        inPackage,
      ),
    ])
    const folder = join(root, 'packages/mode-order-line')
    await run('typescript/bin/tsc', '-p', folder)
    const { stdout } = await run('vitest/vitest.mjs', 'run', '--root', folder)
    expect(stdout).toMatch(/Tests\s+6\d passed/)
  }, 60_000)

  it('fits the settings of the gateway as they are', async () => {
    newMode(root, 'order-line', { number: '+14155550104' })
    const gateway = join(root, 'apps/gateway')
    for (const folder of ['src', 'node_modules'])
      symlinkSync(join(repository, 'apps/gateway', folder), join(gateway, folder), 'dir')
    const paths = { '@llc-phone/mode-order-line': ['../../packages/mode-order-line/src/index.ts'] }
    const project = { extends: '../../tsconfig.base.json', compilerOptions: { paths }, files: ['gateway.config.ts'] }
    writeFileSync(join(gateway, 'tsconfig.json'), JSON.stringify(project))
    const complaints = await run('typescript/bin/tsc', '-p', gateway).then(
      () => '',
      ({ stdout }: { stdout: string }) => stdout,
    )
    // Mistakes of others are for their own tests.
    expect(complaints.split('\n').filter((line) => /gateway\.config\.ts|mode-order-line/.test(line))).toEqual([])
  }, 60_000)

  it('goes by its own name everywhere', () => {
    newMode(root, 'order-line')
    for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(ts|md|json)$/.test(name),
    ))
      if (!path.startsWith('apps')) expect(read(path), path).not.toMatch(/sample/i)
    expect(read('packages/mode-order-line/src/index.ts')).toBe(
      "export { orderLineKind } from './kind.ts'\nexport { orderLine } from './mode.ts'\nexport type { OrderLineSettings } from './settings.ts'\n",
    )
    expect(JSON.parse(read('packages/mode-order-line/package.json'))).toMatchObject({
      name: '@llc-phone/mode-order-line',
    })
  })

  it('is added to the gateway, without a number', () => {
    const before = read(CONFIG)
    newMode(root, 'order-line')
    const after = read(CONFIG)
    const lines = before.split('\n')
    expect(after.split('\n').filter((line) => !lines.includes(line))).toEqual([
      "import { orderLineKind } from '@llc-phone/mode-order-line'",
      expect.stringMatching(/^ {4}kinds: \[orderLineKind\(\), ivrKind\(\)/),
      "      orderLine: { kind: 'order-line' },",
    ])
    expect(JSON.parse(read(MANIFEST)).dependencies).toMatchObject({ '@llc-phone/mode-order-line': 'workspace:*' })
  })

  it('is added with a number, and beside another new one', () => {
    newMode(root, 'first')
    newMode(root, 'second', { number: '+14155550104' })
    expect(read(CONFIG)).toContain("list: {\n        '+14155550104': { mode: 'second' },\n")
    expect(read(CONFIG)).toContain("first: { kind: 'first' },")
    expect(read(CONFIG)).toContain('kinds: [secondKind(), firstKind(), ')
    expect(() => newMode(root, 'third', { number: '+14155550104' })).toThrow('+14155550104 already stands in')
  })
})

const inPackage = (path: string) => `packages/mode-order-line/${path}`

describe('nothing is written', () => {
  it.each([
    ['', 'cannot be the name'],
    ['Order', 'cannot be the name'],
    ['../evil', 'cannot be the name'],
    ['a--b', 'cannot be the name'],
    ['order-', 'cannot be the name'],
    ['2fast', 'cannot be the name'],
    ['a'.repeat(41), 'cannot be the name'],
    ['default', 'a word of the language'],
    ['routes', 'already stands for something'],
    ['front-desk', 'already stands for something'],
  ])('for the name %j', (name, problem) => {
    expect(() => newMode(root, name)).toThrow(problem)
    expect(existsSync(join(root, 'packages'))).toBe(false)
    expect(read(CONFIG)).toBe(readFileSync(join(repository, CONFIG), 'utf8'))
  })

  it('twice', () => {
    newMode(root, 'order-line')
    const config = read(CONFIG)
    expect(() => newMode(root, 'order-line')).toThrow('packages/mode-order-line is there already')
    expect(read(CONFIG)).toBe(config)
  })

  it('for a number that is none', () => {
    expect(() => newMode(root, 'order-line', { number: '555-0104' })).toThrow('not in E.164 form')
    expect(existsSync(join(root, 'packages'))).toBe(false)
  })
})

it('help and mistakes are answered without writing anything', async () => {
  const cli = join(here, 'src/cli.ts')
  const exec = promisify(execFile)
  // Under a script of pnpm's, as tests run, help names pnpm.
  const env = { ...process.env, PHONE_AS: './phone' }
  const help = await exec(process.execPath, [cli, '--help'], { env })
  expect(help.stdout).toMatch(/^Usage: \.\/phone new-mode NAME/)
  await expect(exec(process.execPath, [cli])).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Give one name'),
  })
  await expect(exec(process.execPath, [cli, 'ivr'])).rejects.toMatchObject({
    code: 1,
    stderr: 'packages/mode-ivr is there already; choose another name.\n',
  })
  await expect(exec(process.execPath, [cli, 'x', '--nubmer', '1'])).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Unknown option '--nubmer'"),
  })
})
