import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { notE164, tryE164 } from '@llc-phone/core'
import { namesOf, type ModeNames } from './names.ts'

/** What {@link newMode} cannot do, in a sentence for whoever asked for it. */
export class NewModeError extends Error {
  override readonly name = 'NewModeError'
}

const TEMPLATE = fileURLToPath(new URL('../template', import.meta.url))
const CONFIG = 'apps/gateway/gateway.config.ts'
const MANIFEST = 'apps/gateway/package.json'

const personalise = (text: string, { name, camel, pascal }: ModeNames): string =>
  text.replaceAll('SampleMode', pascal).replaceAll('sampleMode', camel).replaceAll('sample', name)

const templateFiles = (): string[] =>
  readdirSync(TEMPLATE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => relative(TEMPLATE, join(entry.parentPath, entry.name)))

/** Puts `line` behind the first match of `anchor`. */
const insertAfter = (text: string, anchor: RegExp, line: string, what: string): string => {
  const found = anchor.exec(text)
  if (!found) throw new NewModeError(`${CONFIG} has no ${what} to add to: add the mode by hand, or restore it.`)
  const end = found.index + found[0].length
  return text.slice(0, end) + line + text.slice(end)
}

const addToConfig = (config: string, { name, camel }: ModeNames, number: string | undefined): string => {
  const code = config.replaceAll(/\/\*[^]*?\*\/|\/\/[^\n]*|'[^'\n]*'/g, '')
  if (new RegExp(`\\b${camel}(?:Kind)?\\b`).test(code))
    throw new NewModeError(`"${camel}" already stands for something in ${CONFIG}; choose another name.`)
  const imported = insertAfter(
    config,
    /(?:^import [^\n]*from '@llc-phone\/mode-[^\n]*\n)+/m,
    `import { ${camel}Kind } from '@llc-phone/mode-${name}'\n`,
    'import of a mode',
  )
  const known = insertAfter(imported, /^ {4}kinds: \[/m, `${camel}Kind(), `, '"kinds: ["')
  const named = insertAfter(known, /^ {4}modes: \{/m, `\n      ${camel}: { kind: '${name}' },`, '"modes: {"')
  if (number === undefined) return named
  if (config.includes(`'${number}'`)) throw new NewModeError(`${number} already stands in ${CONFIG}.`)
  return insertAfter(named, /^ {6}list: \{/m, `\n        '${number}': { mode: '${camel}' },`, '"list: {"')
}

const addToManifest = (text: string, { name }: ModeNames): string => {
  const manifest = JSON.parse(text) as { dependencies?: Record<string, string> }
  const dependencies = Object.entries({ ...manifest.dependencies, [`@llc-phone/mode-${name}`]: 'workspace:*' })
  const sorted = Object.fromEntries(dependencies.toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return `${JSON.stringify({ ...manifest, dependencies: sorted }, null, 2)}\n`
}

/**
 * Writes the package of a new mode, its docs page and its instance in the gateway; nothing at all when something is in
 * the way. Returns the paths written, from `root`. Throws {@link NewModeError}.
 */
export const newMode = (root: string, asked: string, { number }: { readonly number?: string } = {}): string[] => {
  const names = namesOf(asked)
  if (typeof names === 'string') throw new NewModeError(names)
  if (number !== undefined && tryE164(number) === undefined) throw new NewModeError(`"${number}" ${notE164(number)}.`)
  const { name } = names
  const folder = `packages/mode-${name}`
  const page = `docs/modes/${name}.md`
  for (const path of [folder, page])
    if (existsSync(join(root, path))) throw new NewModeError(`${path} is there already; choose another name.`)

  const read = (path: string) => readFileSync(join(root, path), 'utf8')
  const files = new Map<string, string>([
    [CONFIG, addToConfig(read(CONFIG), names, number)],
    [MANIFEST, addToManifest(read(MANIFEST), names)],
  ])
  for (const file of templateFiles()) {
    // Under its real name it would be a project that extends nothing.
    const target =
      file === 'docs.md' ? page : `${folder}/${personalise(file, names).replaceAll('\\', '/').replace('.template', '')}`
    files.set(target, personalise(readFileSync(join(TEMPLATE, file), 'utf8'), names))
  }
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return [...files.keys()].toSorted()
}
