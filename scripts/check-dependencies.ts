import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { parseArgs } from 'node:util'

/**
 * Fails on what nobody should have to look for in a review: files that import each other in a circle (types included), an
 * arrow that points upwards inside `core`, a vendor's word in `core` outside `realtime/`, two files of a package with one
 * name, and production code that imports the simulators. Run by `pnpm check`.
 */

/** Vendors' words that are allowed, each with the reason. */
const ALLOWED_WORDS: Readonly<Record<string, string>> = {
  'packages/core/src/testing/count-tokens.ts': 'the npm package that counts tokens has the name of a model family',
}

/** Packages whose source runs beside the simulators, or is one. */
const RUNS_SIMULATORS = ['packages/sim/', 'packages/sim-clients/', 'evals/', 'bench/']

const VENDOR_WORDS = /twilio|twiml|call_?sid|stream_?sid|account_?sid|openai|\bgpt\b|whisper-1/i

/** Floors of `core/src`, from below: a file imports from its own floor and from those before it. */
const FLOORS = ['ground', 'mode', 'call'] as const
type Room = (typeof FLOORS)[number] | 'realtime' | 'testing' | 'index'

const roomOf = (file: string): Room => {
  const [folder, ...rest] = file.replace('packages/core/src/', '').split('/')
  if (rest.length === 0) return folder === 'index.ts' ? 'index' : 'ground'
  if (folder === 'mode' || folder === 'call' || folder === 'realtime' || folder === 'testing') return folder
  return 'ground'
}

const mayImport = (from: Room, to: Room): boolean => {
  if (from === 'index') return to !== 'testing'
  if (from === 'testing') return to !== 'realtime'
  if (to === 'testing' || to === 'index') return false
  if (from === 'realtime') return to === 'ground' || to === 'realtime'
  if (to === 'realtime') return false
  return FLOORS.indexOf(to) <= FLOORS.indexOf(from)
}

/** Every kind of import, `import type` and `import('…')` included. */
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g

interface Source {
  readonly text: string
  /** What it imports, as written. */
  readonly imports: readonly string[]
  /** Files of this repository that it imports. */
  readonly files: readonly string[]
}

const read = (root: string): ReadonlyMap<string, Source> => {
  const paths = globSync(['{packages,apps}/*/src/**/*.ts', '{evals,bench}/src/**/*.ts'], { cwd: root }).toSorted()
  return new Map(
    paths.map((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      const imports = [...text.matchAll(IMPORT)].map(([, name = '']) => name)
      const files = imports
        .filter((name) => name.startsWith('.'))
        .map((name) => normalize(join(dirname(path), name)))
        .filter((file) => paths.includes(file))
      return [path, { text, imports, files }]
    }),
  )
}

/** Every file that is part of a circle, grouped: within a group each file reaches each other one (Tarjan). */
const circlesOf = (sources: ReadonlyMap<string, Source>): string[][] => {
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const open: string[] = []
  const groups: string[][] = []
  const visit = (file: string): void => {
    order.set(file, order.size)
    lowest.set(file, order.get(file)!)
    open.push(file)
    for (const next of sources.get(file)!.files) {
      if (!order.has(next)) visit(next)
      if (open.includes(next)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(next)!))
    }
    if (lowest.get(file) !== order.get(file)) return
    const group = open.splice(open.indexOf(file))
    if (group.length > 1 || sources.get(file)!.files.includes(file)) groups.push(group.toSorted())
  }
  for (const file of sources.keys()) if (!order.has(file)) visit(file)
  return groups
}

/** Files of one package that have one name: whoever searches for it finds the wrong one. */
const sameNamed = (paths: readonly string[]): string[][] => {
  const byName = Map.groupBy(paths, (path) => {
    const [package_ = ''] = path.split('/src/')
    return `${package_} ${path.slice(path.lastIndexOf('/') + 1)}`
  })
  return [...byName].filter(([name, all]) => all.length > 1 && !name.endsWith(' index.ts')).map(([, all]) => all)
}

/** What is wrong with the sources below `root`, one line each. */
export const problemsOf = (root: string): string[] => {
  const sources = read(root)
  const problems: string[] = []
  for (const group of circlesOf(sources)) problems.push(`circle: ${group.join(' ⇄ ')}`)
  for (const namesakes of sameNamed([...sources.keys()])) problems.push(`same name: ${namesakes.join(', ')}`)
  for (const [path, { text, imports, files }] of sources) {
    if (!RUNS_SIMULATORS.some((start) => path.startsWith(start)))
      for (const name of imports)
        if (/^@llc-phone\/sim(?:\/|$)/.test(name)) problems.push(`simulator: ${path} imports ${name}`)
    if (!path.startsWith('packages/core/src/')) continue
    for (const file of files)
      if (!mayImport(roomOf(path), roomOf(file))) problems.push(`upward: ${path} imports ${file}`)
    if (roomOf(path) === 'realtime' || path in ALLOWED_WORDS) continue
    for (const [index, line] of text.split('\n').entries()) {
      const word = VENDOR_WORDS.exec(line)
      if (word) problems.push(`vendor: ${path}:${index + 1} says ${word[0]}`)
    }
  }
  return problems
}

if (import.meta.main) {
  const { root } = parseArgs({ options: { root: { type: 'string', default: '.' } } }).values
  const problems = problemsOf(root)
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
}
