/** `./phone call` and `./phone sim`: calls the gateway, or plays the outside world for it. */
import { asCalled, pasteable } from '@llc-phone/files'
import { call, callHelp } from './cli/call.ts'
import { serve, serveHelp } from './cli/serve.ts'
import { DialogueError } from './realtime/find-dialogues.ts'
import { UserError } from './cli/user-error.ts'

const help = `Usage: ./phone sim COMMAND [OPTIONS]

Calls the gateway, or plays the outside world for it.

Commands:
  call    rings the running gateway, speaks, listens, and writes the call as a WAV (also: ./phone call)
  serve   plays Twilio and the Realtime API where their credentials are missing (./phone dev does this)

Options:
  --help   shows this; ./phone sim COMMAND --help tells more of a command

Examples:
  ./phone sim serve --help
  ./phone call --to +14155550101 --say "goodbye"
`

const commands = { call: { run: call, help: callHelp }, serve: { run: serve, help: serveHelp } }

// pnpm and turbo may put a bare -- before what the user typed.
const [name, ...rest] = process.argv.slice(2).filter((argument, index) => !(argument === '--' && index < 2))
const command = name === 'call' || name === 'serve' ? commands[name] : undefined
const wantsHelp = rest.includes('--help') || rest.includes('-h')

try {
  if (command && wantsHelp) process.stdout.write(asCalled(command.help))
  else if (command) process.exitCode = await command.run(rest)
  else {
    const asked = name === undefined || name === '--help' || name === '-h'
    if (asked) process.stdout.write(asCalled(help))
    else
      process.stderr.write(
        asCalled(`There is no command "${name}": write serve or call. ./phone sim --help tells more.\n`),
      )
    process.exitCode = asked ? 0 : 2
  }
} catch (error) {
  if (!(error instanceof UserError || error instanceof DialogueError)) throw error
  process.stderr.write(`${pasteable(error.message)}\n`)
  // The simulator beside the one that could not start would go on alone.
  process.exit(error instanceof UserError ? error.exitCode : 1)
}
