import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'vite'

const HELP = `Usage: pnpm --filter @llc-phone/console build [--out FOLDER]

Builds the console into FOLDER (dist/), with a compressed copy of each file beside it: the gateway compresses nothing
itself. What was there before is replaced once the sources are known to be right.`

const run = async (): Promise<void> => {
  const { values } = parseArgs({ options: { out: { type: 'string' }, help: { type: 'boolean', short: 'h' } } })
  if (values.help) return console.log(HELP)
  const root = fileURLToPath(new URL('..', import.meta.url))
  const folder = resolve(values.out ?? join(root, 'dist'))
  await build({ root, logLevel: 'warn', build: { outDir: folder, emptyOutDir: true } })
  for (const file of globSync(`${folder}/**/*.{js,css,html,svg,wasm}`)) {
    const bytes = readFileSync(file)
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
  }
}

run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
