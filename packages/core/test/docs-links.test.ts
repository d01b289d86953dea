import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
// @boundaries-ignore the check is no package, and looks at all pages
import { deadLinksOf } from '../../../scripts/check-links.ts'

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true })
})

it('finds links, headings and names of files that lead nowhere, and nothing else', () => {
  const root = mkdtempSync(join(tmpdir(), 'links-'))
  roots.push(root)
  const pages = {
    'README.md': '# One\n[a](docs/a.md#the-second-one) [b](docs/b.md) [c](docs/a.md#third) `gone.ts` `src/gone.ts`\n',
    'docs/a.md': '# A\n## The *second* one\n```sh\n[x](y.md)\n```\n[up](../README.md#one) `here.ts` `src/here.ts`\n',
    'src/here.ts': '',
  }
  for (const [path, text] of Object.entries(pages)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  expect(deadLinksOf(root)).toEqual([
    'README.md: there is no docs/b.md',
    'README.md: docs/a.md#third has no such heading',
    'README.md: there is no source file gone.ts',
    'README.md: there is no source file src/gone.ts',
  ])
})
