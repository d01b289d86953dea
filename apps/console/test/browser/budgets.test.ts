import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './support/chromium.ts'

interface Chunk {
  readonly file: string
  readonly css?: readonly string[]
  readonly imports?: readonly string[]
  readonly isEntry?: boolean
  readonly isDynamicEntry?: boolean
}

const KB = 1_024
const dist = fileURLToPath(new URL('../../dist/', import.meta.url))
const sizeOf = (file: string): number => statSync(`${dist}${file}.gz`).size

// The build is made before the tests in a browser.
describe.skipIf(!chromiumPath())('the build', () => {
  const read = () => JSON.parse(readFileSync(`${dist}.vite/manifest.json`, 'utf8')) as Record<string, Chunk>

  /** All that is loaded with a chunk, itself included. */
  const loadedWith = (manifest: Record<string, Chunk>, name: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(name)) return seen
    seen.add(name)
    for (const other of manifest[name]!.imports ?? []) loadedWith(manifest, other, seen)
    return seen
  }
  const scriptOf = (manifest: Record<string, Chunk>, names: Iterable<string>): number =>
    [...names].reduce((sum, name) => sum + sizeOf(manifest[name]!.file), 0)
  const styleOf = (manifest: Record<string, Chunk>, names: Iterable<string>): number =>
    [...new Set([...names].flatMap((name) => manifest[name]!.css ?? []))].reduce((sum, file) => sum + sizeOf(file), 0)

  it('loads little at first, and little more for each page', () => {
    const manifest = read()
    const first = loadedWith(manifest, 'index.html')
    expect(scriptOf(manifest, first), 'first script').toBeLessThanOrEqual(130 * KB)
    expect(styleOf(manifest, first), 'first style').toBeLessThanOrEqual(15 * KB)
    const pages = Object.entries(manifest).filter(([, { isDynamicEntry }]) => isDynamicEntry)
    expect(pages.length).toBeGreaterThan(8)
    for (const [name] of pages) {
      const more = [...loadedWith(manifest, name)].filter((chunk) => !first.has(chunk))
      expect(scriptOf(manifest, more), name).toBeLessThanOrEqual(45 * KB)
    }
    expect(scriptOf(manifest, Object.keys(manifest)), 'everything').toBeLessThanOrEqual(250 * KB)
  })
})
