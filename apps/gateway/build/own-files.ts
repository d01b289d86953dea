import { readFile } from 'node:fs/promises'
import { statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import type { PartialMessage, Plugin } from 'esbuild'

/** What the sources of a bundle refer to by address. Paths are from the root. */
export interface OwnFiles {
  /** Files and folders that are read: they are copied to `files/`. */
  readonly data: Set<string>
  /** Threads: they are bundled as programs of their own, by file name. */
  readonly threads: Map<string, string>
}

const REFERENCE = /new URL\('([^']+)', import\.meta\.url\)/g
const OTHER_USE = /import\.meta\.(?:url|dirname|filename|resolve|main)\b/

/**
 * Makes `new URL('…', import.meta.url)` in our sources lead to the same file from the bundle: data below `files/`, threads as
 * bundles beside it, and what lies at the repository's root, as `.env`, in the folder above the build. Any other use of
 * the address is an error, because it would silently mean the bundle.
 */
export const ownFiles = (root: string, { data, threads }: OwnFiles): Plugin => ({
  name: 'own-files',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      // What the build itself adds is about the bundle.
      if (path.includes('/node_modules/') || dirname(path) === import.meta.dirname) return undefined
      const source = await readFile(path, 'utf8')
      if (!source.includes('import.meta.')) return undefined
      const errors: PartialMessage[] = []
      const addressOf = (text: string): string => {
        const target = resolve(dirname(path), text)
        const fromRoot = relative(root, target)
        if (dirname(fromRoot) === '.') return `../${fromRoot}`
        if (fromRoot.endsWith('.ts')) {
          const name = basename(fromRoot, '.ts')
          threads.set(name, fromRoot)
          return `./${name}.js`
        }
        if (statSync(target, { throwIfNoEntry: false })) data.add(fromRoot)
        return `./files/${fromRoot}`
      }
      const contents = source.replaceAll(
        REFERENCE,
        (_, text: string) => `new URL('${addressOf(text)}', import.meta['url'])`,
      )
      for (const [index, lineText] of contents.split('\n').entries()) {
        const found = OTHER_USE.exec(lineText)
        if (!found) continue
        const text = "In a build only new URL('…', import.meta.url), with the path written out, finds files."
        errors.push({ text, location: { file: path, line: index + 1, column: found.index, lineText } })
      }
      return { contents, loader: 'ts', errors }
    })
  },
})

/**
 * Loads `node:http` by `require`. An `import` reads every property of a module, and one of this one is the client behind
 * `fetch`, which takes 15 MB.
 */
export const httpByRequire: Plugin = {
  name: 'http-by-require',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:http$/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'builtin' } : { path, external: true },
    )
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`,
      loader: 'js',
    }))
  },
}

/** Programs as entries: each begins with the file `first`. */
export const programEntries = (root: string, first: string): Plugin => ({
  name: 'program-entries',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^program:/ }, ({ path }) => ({ path: path.slice('program:'.length), namespace: 'program' }))
    onLoad({ filter: /.*/, namespace: 'program' }, ({ path }) => ({
      contents: `import ${JSON.stringify(first)}\nawait import(${JSON.stringify(join(root, path))})`,
      loader: 'js',
      resolveDir: root,
    }))
  },
})
