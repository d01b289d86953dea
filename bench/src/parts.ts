import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Part } from './part.ts'

/** Every part of the bench: those that run by default come first, and the relay before all others. */
export const loadParts = async (): Promise<Part[]> => {
  const here = import.meta.dirname
  const files = globSync('*/*-part.ts', { cwd: here })
  const modules = await Promise.all(
    files.map((file) => import(pathToFileURL(join(here, file)).href) as Promise<{ readonly part?: Part }>),
  )
  const parts = modules.map(({ part }, index) => {
    if (!part) throw new Error(`${basename(files[index]!)} exports no part.`)
    return part
  })
  const rank = ({ name, byDefault }: Part): string => `${byDefault ? 0 : 1} ${name === 'relay' ? '' : name}`
  return parts.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))
}
