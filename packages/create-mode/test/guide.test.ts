import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { fillGuide } from '../src/guide.ts'

const root = new URL('../../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

it('the guide shows the files of the example as they are', () => {
  const guide = read('docs/guides/add-a-mode.md')
  // Otherwise: pnpm --filter @llc-phone/create-mode sync-guide
  expect(guide).toBe(fillGuide(guide, read))
})

it('the guide shows every source file of the example', () => {
  const shown = [...read('docs/guides/add-a-mode.md').matchAll(/<!-- (examples\/\S+) -->\n+```ts/g)].map(
    ([, path]) => path,
  )
  const files = readdirSync(new URL('examples/custom-mode/src', root), { recursive: true, encoding: 'utf8' })
  const sources = files.filter((path) => path.endsWith('.ts')).map((path) => `examples/custom-mode/src/${path}`)
  expect(shown).toEqual(expect.arrayContaining(sources))
})

it('a listing that is not the file any more is seen', () => {
  const guide = '<!-- examples/a.ts -->\n\n```ts\nold()\n```\n\n```ts\nfree()\n```\n'
  expect(fillGuide(guide, () => 'current()\n')).toBe(guide.replace('old()', 'current()'))
})
