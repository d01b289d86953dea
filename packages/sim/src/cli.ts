/** `pnpm call` and `pnpm sim`: calls the gateway, or plays the outside world for it. */
import { call, callHelp } from './cli/call.ts'
import { serve, serveHelp } from './cli/serve.ts'
import { UserError } from './cli/user-error.ts'

const help = `Usage: pnpm sim COMMAND [OPTIONS]

  call    rings the running gateway, speaks, listens, and writes the call as a WAV (also: pnpm call)
  serve   plays Twilio and the Realtime API where their credentials are missing (pnpm dev does this)

  pnpm sim COMMAND --help tells more.
`

const commands = { call: { run: call, help: callHelp }, serve: { run: serve, help: serveHelp } }

// pnpm and turbo may put a bare -- before what the user typed.
const [name, ...rest] = process.argv.slice(2).filter((argument, index) => !(argument === '--' && index < 2))
const command = name === 'call' || name === 'serve' ? commands[name] : undefined
const wantsHelp = rest.includes('--help') || rest.includes('-h')

try {
  if (command && wantsHelp) process.stdout.write(command.help)
  else if (command) process.exitCode = await command.run(rest)
  else {
    const asked = name === undefined || name === '--help' || name === '-h'
    if (!asked) process.stderr.write(`There is no command "${name}".\n\n`)
    process[asked ? 'stdout' : 'stderr'].write(help)
    process.exitCode = asked ? 0 : 2
  }
} catch (error) {
  if (!(error instanceof UserError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = error.exitCode
}
