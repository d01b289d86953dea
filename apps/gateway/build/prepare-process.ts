// Runs first in each program and thread of a build, before its own modules are loaded.
import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'

const here = new URL('./', import.meta.url).href
const maps = new Map<string, SourceMap | undefined>()

const mapOf = (url: string): SourceMap | undefined => {
  if (!maps.has(url)) {
    let map: SourceMap | undefined
    try {
      map = new SourceMap(JSON.parse(readFileSync(fileURLToPath(`${url}.map`), 'utf8')))
    } catch {
      // A build without maps names lines of the bundle.
    }
    maps.set(url, map)
  }
  return maps.get(url)
}

/** The line of the source behind a line of the bundle. */
const sourceLine = (text: string, url: string, line: string, column: string): string => {
  if (!url.startsWith(here) || url.includes('/node_modules/')) return text
  const found = mapOf(url)?.findEntry(Number(line) - 1, Number(column) - 1)
  if (!found || !('originalSource' in found) || !found.originalSource) return text
  return `${new URL(found.originalSource, url).href}:${found.originalLine + 1}:${found.originalColumn + 1}`
}

/**
 * Stack traces name the line of the `.ts` file. Node's own `--enable-source-maps` reads every map at start, which costs 8 MB;
 * here it is read with the first trace that leads through it.
 */
Error.prepareStackTrace = (error, frames) => {
  let head = 'Error'
  try {
    head = Error.prototype.toString.call(error)
  } catch {
    // Its message cannot be read.
  }
  const lines = frames.map(
    // oxlint-disable-next-line typescript/no-base-to-string -- a call site prints its place
    (frame) => `\n    at ${frame.toString().replace(/(file:\/\/[^\s()]+\.js):(\d+):(\d+)/, sourceLine)}`,
  )
  return head + lines.join('')
}
