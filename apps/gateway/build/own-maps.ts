import { readFileSync, writeFileSync } from 'node:fs'
import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec'

interface SourceMap {
  readonly sources: readonly string[]
  readonly mappings: string
}

/**
 * Makes a source map small, because Node keeps each one in memory: it leaves out third-party code, for which a position in
 * the bundle is as good, and what does not change the line of the source.
 */
export const shrinkMap = (file: string): void => {
  const map = JSON.parse(readFileSync(file, 'utf8')) as SourceMap
  const kept = map.sources.map((source) => !source.includes('node_modules/'))
  const shrink = (line: readonly SourceMapSegment[]): SourceMapSegment[] => {
    let last = ''
    return line.flatMap(([column, source, sourceLine, sourceColumn]): SourceMapSegment[] => {
      const isOurs = source !== undefined && kept[source] === true
      const here = isOurs ? `${source}:${sourceLine}` : ''
      if (here === last) return []
      last = here
      return [isOurs ? [column, source, sourceLine!, sourceColumn!] : [column]]
    })
  }
  const mappings = encode(decode(map.mappings).map(shrink))
  writeFileSync(
    file,
    JSON.stringify({ version: 3, sources: map.sources.map((one, at) => (kept[at] ? one : '')), names: [], mappings }),
  )
}
