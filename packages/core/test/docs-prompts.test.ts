import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { modeChecks } from '../src/testing/mode-checks.ts'
import { promptChecks } from '../src/testing/prompt-checks.ts'
import { toolChecks } from '../src/testing/tool-checks.ts'

const root = new URL('../../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

/** The sizes that the golden files of all modes begin with. */
const sizes = readdirSync(new URL('packages/', root))
  .filter((name) => name.startsWith('mode-') && existsSync(new URL(`packages/${name}/test/golden`, root)))
  .flatMap((name) =>
    readdirSync(new URL(`packages/${name}/test/golden`, root)).map((file) => `${name}/test/golden/${file}`),
  )
  .map((path) => /^(\S+): (\d+) tokens of prompt, (\d+) tokens of/.exec(read(`packages/${path}`))!.slice(1))

describe('the page about prompts', () => {
  it('knows the size of every mode that has a golden file', () => {
    const rows = [...read('docs/explanation/prompts.md').matchAll(/^\| `([\w-]+)` +\|(.+)\|$/gm)].map(
      ([, mode, cells]) => [mode!, ...cells!.split('|').map((cell) => cell.trim())],
    )
    expect(sizes.length).toBeGreaterThanOrEqual(2)
    for (const [mode, prompt, tools] of sizes) {
      const row = rows.find(([name]) => name === mode)
      expect([mode, row?.[2], row?.[4]]).toEqual([mode, prompt, tools])
    }
  })

  it('has a reason for each rule of how an assistant speaks', () => {
    const page = read('docs/explanation/prompts.md')
    for (const topic of [
      'English',
      'Exact values',
      'Keys',
      'Unclear',
      'Noise',
      'Other topics',
      'Danger',
      'AI assistant',
    ])
      expect(page).toMatch(new RegExp(`^\\| [^|]*${topic}[^|]*\\| [^|]{20,} \\|$`, 'm'))
  })
})

it('lists every check of prompts and tools in the guide', () => {
  const guide = read('docs/guides/write-a-prompt.md')
  const promises = [...Object.keys(promptChecks), ...Object.keys(toolChecks)]
  const budgets = ['keeps its prompt within its budget', 'keeps its tools within their budget']
  expect(promises.filter((promise) => !budgets.includes(promise) && !guide.includes(`| ${promise} `))).toEqual([])
  expect(guide).toContain('| keeps its prompt, keeps its tools within their budget ')
  expect(Object.keys(modeChecks)).toContain('mentions only tools it has')
})

it('counts tokens in tests only: nothing that runs loads the tokenizer', () => {
  const files = readdirSync(new URL('packages/core/src', root), { recursive: true, encoding: 'utf8' })
  const running = files.filter((file) => file.endsWith('.ts') && !file.startsWith('testing'))
  expect(running.length).toBeGreaterThan(50)
  expect(running.filter((file) => /tokenizer|from '.*testing\//.test(read(`packages/core/src/${file}`)))).toEqual([])
})
