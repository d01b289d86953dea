import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
// @boundaries-ignore the check is no package, and looks at all of them
import { problemsOf } from '../../../scripts/check-dependencies.ts'

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true })
})

/** What is wrong with a repository of these files. */
const check = (files: Readonly<Record<string, string>>): string[] => {
  const root = mkdtempSync(join(tmpdir(), 'dependencies-'))
  roots.push(root)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return problemsOf(root)
}

it('finds nothing wrong with this repository', () => {
  expect(problemsOf(join(import.meta.dirname, '../../..'))).toEqual([])
})

it('finds files that import each other, if only for their types', () => {
  const problems = check({
    'packages/store/src/a.ts': "import { b } from './books/b.ts'",
    'packages/store/src/books/b.ts': "import type {\n  C,\n} from '../c.ts'",
    'packages/store/src/c.ts': "export type { A } from './a.ts'",
    'packages/store/src/apart.ts': "import { a } from './a.ts'",
  })
  expect(problems).toEqual([
    'circle: packages/store/src/a.ts ⇄ packages/store/src/books/b.ts ⇄ packages/store/src/c.ts',
  ])
})

it.each([
  ['telephone/number.ts', 'mode/tool.ts'],
  ['mode/tool.ts', 'call/state.ts'],
  ['call/state.ts', 'testing/fake.ts'],
  ['call/state.ts', 'realtime/wire.ts'],
  ['realtime/wire.ts', 'mode/tool.ts'],
  ['testing/fake.ts', 'realtime/wire.ts'],
])('finds that %s imports %s, which is above it', (from, to) => {
  const start = 'packages/core/src/'
  const files = { [start + from]: `import '../${to}'`, [start + to]: '' }
  expect(check(files)).toEqual([`upward: ${start + from} imports ${start + to}`])
})

it('finds the word of a vendor in core, comments included, but not where vendors are spoken to', () => {
  const text = '// As Twilio does.\nconst callSid = 1\n'
  const problems = check({ 'packages/core/src/call/a.ts': text, 'packages/core/src/realtime/b.ts': text })
  expect(problems).toEqual([
    'vendor: packages/core/src/call/a.ts:1 says Twilio',
    'vendor: packages/core/src/call/a.ts:2 says callSid',
  ])
})

it('finds production code that imports the simulators', () => {
  const text = "import { speak } from '@llc-phone/sim'"
  const problems = check({ 'apps/gateway/src/a.ts': text, 'evals/src/a.ts': text })
  expect(problems).toEqual(['simulator: apps/gateway/src/a.ts imports @llc-phone/sim'])
})

it('finds two files of one package that have one name', () => {
  const problems = check({
    'packages/store/src/a.ts': '',
    'packages/store/src/books/a.ts': '',
    'packages/store/src/index.ts': '',
    'packages/store/src/books/index.ts': '',
    'packages/dialer/src/a.ts': '',
  })
  expect(problems).toEqual(['same name: packages/store/src/a.ts, packages/store/src/books/a.ts'])
})
