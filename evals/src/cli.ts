import { loadDotEnv } from '@llc-phone/gateway/env'
import { main } from './main.ts'
import { UsageError } from './options.ts'

loadDotEnv()
const interrupted = new AbortController()
// Once prints what was found so far, twice ends it.
process.once('SIGINT', () => interrupted.abort())

main(process.argv.slice(2), {
  env: process.env,
  print: (line) => void process.stdout.write(`${line}\n`),
  signal: interrupted.signal,
}).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof UsageError ? error.message : error)
    process.exit(2)
  },
)
