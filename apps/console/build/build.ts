import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'vite'

/** Builds the console into `dist/`, with a compressed copy of each file beside it: the gateway compresses nothing itself. */
const root = fileURLToPath(new URL('..', import.meta.url))
await build({ root, logLevel: 'warn' })
for (const file of globSync(`${root}dist/**/*.{js,css,html,svg}`)) {
  const bytes = readFileSync(file)
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
}
