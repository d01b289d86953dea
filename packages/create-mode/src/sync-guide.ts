import { readFileSync, writeFileSync } from 'node:fs'
import { fillGuide } from './guide.ts'

const root = new URL('../../../', import.meta.url)
const guide = new URL('docs/guides/add-a-mode.md', root)
writeFileSync(
  guide,
  fillGuide(readFileSync(guide, 'utf8'), (path) => readFileSync(new URL(path, root), 'utf8')),
)
