import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { parseArgs } from 'node:util'

/** Fails on what a page leads to and is not there: a file, a heading, a source file named in the text. Run by `pnpm check`. */

const isOfOthers = (path: string): boolean => /(?:^|\/)(?:node_modules|dist)(?:\/|$)/.test(path)

/** What `./phone new-mode` writes leads to places of where it is written to. */
const isPage = (path: string): boolean => path.endsWith('.md') && !path.includes('/template/')

/** Files that a page names for the reader to write, by their names. */
const YET_TO_WRITE = new Set(['fr.ts'])

const withoutCode = (text: string): string => text.replaceAll(/^ *```[^]*?^ *```/gm, '')

/** Heading to anchor, as GitHub does it. */
const anchorOf = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\- _]/gu, '')
    .replaceAll(' ', '-')

const anchorsOf = (page: string): ReadonlySet<string> => {
  const seen = new Map<string, number>()
  return new Set(
    [...withoutCode(page).matchAll(/^#{1,6} (.*)$/gm)].map(([, heading = '']) => {
      const anchor = anchorOf(heading)
      const before = seen.get(anchor) ?? 0
      seen.set(anchor, before + 1)
      return before === 0 ? anchor : `${anchor}-${before}`
    }),
  )
}

/** What pages below `root` lead to in vain, one line each. */
export const deadLinksOf = (root: string): string[] => {
  const paths = globSync('**/*', { cwd: root, exclude: isOfOthers }).map((path) => path.replaceAll('\\', '/'))
  const names = new Set(paths.map((path) => basename(path)))
  const problems: string[] = []
  for (const path of paths.filter(isPage).toSorted()) {
    const text = withoutCode(readFileSync(join(root, path), 'utf8'))
    for (const [, target = ''] of text.replaceAll(/`[^`\n]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue
      const [file = '', anchor] = target.split('#')
      const to = file === '' ? path : normalize(join(dirname(path), file))
      if (!existsSync(join(root, to))) problems.push(`${path}: there is no ${target}`)
      else if (anchor && to.endsWith('.md') && !anchorsOf(readFileSync(join(root, to), 'utf8')).has(anchor))
        problems.push(`${path}: ${target} has no such heading`)
    }
    for (const [, file = ''] of text.matchAll(/`([\w./-]+\.(?:ts|tsx|mjs))`/g)) {
      const isThere = file.includes('/')
        ? paths.some((each) => `/${each}`.endsWith(`/${file.replace(/^(?:\.\.?\/)+/, '')}`))
        : names.has(file) || YET_TO_WRITE.has(file)
      if (!isThere) problems.push(`${path}: there is no source file ${file}`)
    }
  }
  return problems
}

if (import.meta.main) {
  const { root } = parseArgs({ options: { root: { type: 'string', default: '.' } } }).values
  const problems = deadLinksOf(root)
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
}
