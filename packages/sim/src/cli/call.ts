/** `./phone call`: rings the running gateway through the stand-in for Twilio, and tells what happened. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { pasteable } from '@llc-phone/files'
import { developmentEnv, loadDotEnv } from '../dev.ts'
import { measureCall, type CallReport } from '../report/measure.ts'
import { renderReport } from '../report/render.ts'
import { isLoopback } from '@llc-phone/virtual-carrier/reach'
import type { ControlRing } from '../twilio/control.ts'
import type { CallerStep, TimelineEntry } from '@llc-phone/virtual-carrier/types'
import { usualCallPath, writeCall } from './call-file.ts'
import { readCallArguments } from './call-arguments.ts'
import { createCallPrinter, renderTable } from './call-printer.ts'
import { foresee, listPhrases } from './foresee.ts'
import { measureLatency } from './call-latency.ts'
import { ringThrough, type Ended } from './ring-through.ts'
import { createTranscript } from './transcript.ts'
import { cures, faultOf } from './verdict.ts'
import { UserError } from './user-error.ts'

/** What `--help` prints. */
export const callHelp = `Usage: ./phone call [STEPS] [OPTIONS]

Rings the gateway that runs in \`./phone dev\`, speaks with a synthesised voice, listens in real time, prints who said what
and how long each step took, and writes the call as a stereo WAV (caller left, assistant right).

Steps, in the order given; before each the caller lets the assistant finish:
  --say "TEXT"        says it
  --dtmf DIGITS       presses keys
  --audio FILE.wav    plays a PCM WAV
  --interrupt "TEXT"  says it while the assistant is speaking, 0.6 s after it began
  --wait MS           waits, and does the next step without listening
  --hangup            hangs up; without it, after 8 s of silence or when the assistant does

Options:
  --to NUMBER         default +14155550101
  --from NUMBER       default +14155550199
  --voice NAME        slt, rms, awb, kal16 or kal (default rms, which the simulated model understands best)
  --out FILE.wav      default calls/TIME-NUMBER.wav
  --report [FILE]     measures the call at the caller's ear and prints the figures; to FILE as JSON, too
                      (what each one means: docs/guides/test-any-gateway.md)
  --strict            does not ring when the simulated model will not understand a line; otherwise it is only said
  --json              prints the result as JSON, figures included, and nothing else

What the simulated model understands, instead of a call:
  --phrases [MODE]    lists what callers may say in a mode (ivr, an instance of the settings), or in every one

The gateway, when it is not the one of \`./phone dev\` (docs/guides/test-any-gateway.md):
  --voice-url URL     its voice webhook, with any path; default what the number was given
  --voice-method M    GET or POST (default)
  --status-url URL    told when the call is over, or none; default what the number was given, and none with --voice-url
  --ca FILE           trusts the certificates in this PEM file, too
  --insecure          takes any certificate of a gateway on this machine
  --help              shows this

Examples:
  ./phone call --to +14155550101 --say "I have a question about my bill"
  ./phone call --phrases receptionist
  ./phone call --to +14155550103 --say "how does your service work" --interrupt "when is my next appointment" --hangup

Exit code: 0 when the call was completed and the caller heard somebody, 1 when not, or when something that was asked for
failed on the way, 2 for a wrong command line, and for a line that is not understood with --strict.
`

/** When it is said that answers are still waited for. */
const WAITING_MS = 1500

/** Makes the call; resolves with the exit code. */
export async function call(args: string[]): Promise<number> {
  // pnpm runs scripts in the package; what was typed counts from where it was typed.
  const order = readCallArguments(args, process.env.INIT_CWD ?? process.cwd())
  loadDotEnv()
  const { env, simulated } = developmentEnv(process.env)
  if (order.phrases !== undefined) {
    process.stdout.write(`${await listPhrases(env, order.phrases === true ? undefined : order.phrases)}\n`)
    return 0
  }
  if (!simulated.includes('twilio') && !isLoopback(URL.parse(env.TWILIO_API_URL ?? '')?.hostname ?? '')) {
    throw new UserError(
      "Twilio's values are set, so the gateway takes calls from real phones. Dial its number, or unset TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER to ring it from here.",
    )
  }
  if (simulated.includes('openai')) {
    const warnings = await foresee(env, order)
    if (order.strict && warnings.length > 0) throw new UserError(`${warnings.join('\n')}\nNobody was rung.`, 2)
    // JSON and nothing else is on the standard output with --json.
    const out = order.json ? process.stderr : process.stdout
    for (const warning of warnings) out.write(`${pasteable(warning)}\n`)
  }
  const startedAt = new Date()
  const timeline: TimelineEntry[] = []
  const printer = createCallPrinter(order.json ? () => {} : (line) => void process.stdout.write(`${line}\n`))
  let transcript = createTranscript(env, '')
  let waiting: NodeJS.Timeout | undefined
  const steps = listeningBeforeTheEnd(order.steps).map((step) =>
    'audio' in step ? { audio: step.audio.toString('base64') } : step,
  )
  const { to, from, voice, gateway, reach } = order
  const ring: ControlRing = { to, from, voice, steps, ...gateway, reach }
  const result = await ringThrough(env, ring, (event) => {
    if (event.event === 'ringing') {
      transcript = createTranscript(env, event.sid)
      printer.ringing(order)
    }
    if (event.event !== 'timeline') return
    timeline.push(event.entry)
    printer.entry(event.entry)
    if (event.entry.type === 'ended') waiting = setTimeout(() => printer.waiting(event.entry.atMs), WAITING_MS)
    if (event.entry.type === 'assistant-stop') void transcript.fetchNew().then((words) => printer.assistantSaid(words))
  })
  clearTimeout(waiting)
  printer.assistantSaid(await transcript.fetchNew())

  const wavPath = order.out ?? usualCallPath(startedAt, order.to)
  const tracks = {
    caller: Buffer.from(result.tracks.caller, 'base64'),
    heard: Buffer.from(result.tracks.heard, 'base64'),
  }
  writeCall(wavPath, tracks)
  const told = result.truncations?.map((one) => ({ ...one, audio: Buffer.from(one.audio, 'base64') }))
  const report = measureCall({ timeline, tracks }, told)
  if (typeof order.report === 'string') writeReport(order.report, report)

  const latency = measureLatency(timeline)
  const { sid, status, durationMs, warnings, errors } = result
  const story = await transcript.story()
  const fault = faultOf({ status, errors, timeline })
  const wasAnswered = timeline.some(({ type }) => type === 'answered')
  if (order.json) {
    const turns = story?.turns ?? []
    const json = {
      sid,
      status,
      durationMs,
      warnings,
      errors,
      fault,
      latency,
      report,
      turns,
      gatewayLatency: story?.latency,
      timeline,
      wav: wavPath,
    }
    process.stdout.write(`${JSON.stringify(json, undefined, 2)}\n`)
  } else {
    const shown = relative(process.env.INIT_CWD ?? process.cwd(), wavPath)
    process.stdout.write(
      `\n${renderTable(latency)}\n${order.report ? `\n${renderReport(report)}\n` : ''}\n${summarise(result, fault, wasAnswered)}\n${shown}\n`,
    )
  }
  return fault === undefined ? 0 : 1
}

/** Before hanging up, too, the caller lets the assistant finish; unless they were told to wait instead. */
const listeningBeforeTheEnd = (steps: readonly CallerStep[]): CallerStep[] =>
  steps.flatMap((step, index): CallerStep[] => {
    const before = steps[index - 1]
    return 'hangup' in step && !(before && 'wait' in before) ? [{ listen: true }, step] : [step]
  })

function writeReport(path: string, report: CallReport): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify(report, undefined, 2)}\n`)
}

function summarise(ended: Ended, fault: string | undefined, wasAnswered: boolean): string {
  const { status, durationMs, errors, warnings } = ended
  const lines = [`${status} after ${(durationMs / 1000).toFixed(1)} s`]
  for (const { code, message } of [...errors, ...warnings]) lines.push(`  ${code}: ${message}`)
  if (fault !== undefined && errors.length === 0) lines.push(fault)
  lines.push(...cures(errors, wasAnswered).map(pasteable))
  return lines.join('\n')
}
