import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { always, rules } from '../src/rules.ts'

const guide = readFileSync(new URL('../../docs/guides/evaluate-prompts.md', import.meta.url), 'utf8')

it('the guide lists every rule as it is', () => {
  const listed = [...guide.matchAll(/^\| `([\w-]+)` +\| (\w+) +\| (.+?) +\|$/gm)].map(([, rule, kind, says]) => [
    rule,
    kind,
    says,
  ])
  expect(listed).toEqual(Object.entries(rules).map(([rule, { kind, says }]) => [rule, kind, says]))
})

it('the guide names the rules that every run tries, and says plainly what has not been done', () => {
  for (const rule of always) expect(guide.split('## The rules')[1]).toContain(`\`${rule}\``)
  expect(guide).toContain('**No real model has been asked yet.**')
})
