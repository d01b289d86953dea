/** `pnpm sim serve`: the stand-ins for whatever has no credentials. */
import { parseArgs } from 'node:util'
import { developmentEnv, loadDotEnv, repositoryRoot } from '../dev.ts'
import { farEndAt, trialNumbers } from './far-ends.ts'
import { readModelFaults } from './model-faults.ts'
import { portHolder } from './port-holder.ts'
import { tellOutbound } from './tell-outbound.ts'
import { createTranscript } from './transcript.ts'
import { UserError } from './user-error.ts'

/** What `--help` prints. */
export const serveHelp = `Usage: pnpm sim serve

Plays Twilio and the OpenAI Realtime API on this machine, each only when its credentials are missing from the
environment and from .env: OPENAI_API_KEY, and TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER.

  PORT               the gateway's port (default 8081)
  SIM_TWILIO_PORT    default PORT + 1
  SIM_REALTIME_PORT  default PORT + 2
  SIM_MODELS         names of the models that the simulated server knows, with commas between them, or: any
                     (default: those of OpenAI's, so that a mistyped OPENAI_MODEL shows)
  SIM_MODEL_FAULTS   what the simulated model does wrong, as JSON: an object for every connection, or a list for the
                     first, the second and so on (those after it are well). packages/sim/src/realtime/faults.ts has all.

  SIM_MODEL_FAULTS='[{"stallAfterDeltas":60}]'             the first connection falls silent in mid-sentence
  SIM_MODEL_FAULTS='{"latency":{"firstAudioMs":4000}}'     every reply takes four seconds
  SIM_MODEL_FAULTS='{"mute":true}'                         no reply is ever heard

Numbers that the gateway can call, to hear each outcome (any other number is a person, too):
${Object.entries(trialNumbers)
  .map(([number, { what }]) => `  ${number}  ${what}`)
  .join('\n')}

A call that was answered is kept as a WAV in calls/.
`

/** Starts the stand-ins and stays until it is told to stop. */
export async function serve(args: string[]): Promise<number> {
  parseArgs({ args, options: {} })
  loadDotEnv()
  const { env, simulated } = developmentEnv(process.env)
  const say = (text: string): void => void process.stdout.write(`${text}\n`)
  const closers: (() => Promise<void>)[] = []

  if (simulated.length === 0) {
    say('Nothing to simulate: the credentials of OpenAI and of Twilio are set.')
    return 0
  }
  if (simulated.includes('openai')) {
    const port = Number(new URL(env.OPENAI_REALTIME_URL!).port)
    // Loaded when needed: the other commands start faster without them.
    const { createRealtimeServer } = await import('../realtime/server.ts')
    const faults = readModelFaults(env.SIM_MODEL_FAULTS)
    const server = await claimPort(port, 'SIM_REALTIME_PORT', () =>
      createRealtimeServer({ port, keepsAudio: false, faults, ...readModels(env.SIM_MODELS) }),
    )
    closers.push(() => server.close())
    say(`Simulated Realtime API  ${server.url}  (OPENAI_API_KEY is not set)`)
    if (env.SIM_MODEL_FAULTS) say(`  which does wrong       ${env.SIM_MODEL_FAULTS}`)
  }
  if (simulated.includes('twilio')) {
    const port = Number(new URL(env.TWILIO_API_URL!).port)
    const { createTwilio } = await import('../twilio/create-twilio.ts')
    const twilio = await claimPort(port, 'SIM_TWILIO_PORT', () =>
      createTwilio({
        port,
        accountSid: env.TWILIO_ACCOUNT_SID!,
        // During a rotation there are several; Twilio signs with the first.
        authToken: env.TWILIO_AUTH_TOKEN!.split(',')[0]!.trim(),
        anyNumber: { voiceUrl: `${env.PUBLIC_URL}/twiml`, statusCallback: `${env.PUBLIC_URL}/twilio/status` },
        farEnd: (to) => farEndAt(to, env),
        onCall(call) {
          if (call.direction !== 'outbound-api') return
          const transcript = (sid: string) => createTranscript(env, sid)
          // `pnpm dev` runs this in its own folder; people read the path from where they started it.
          tellOutbound(call, { print: say, transcript, directory: repositoryRoot }).catch((error: unknown) =>
            say(String(error)),
          )
        },
      }),
    )
    closers.push(() => twilio.close())
    const missing = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_PHONE_NUMBER'].filter(
      (name) => !process.env[name],
    )
    say(`Simulated Twilio        ${twilio.url}  (not set: ${missing.join(', ')})`)
  }

  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
  await Promise.all(closers.map((close) => close()))
  return 0
}

function readModels(text: string | undefined): { models?: readonly string[] | 'any' } {
  const names = (text ?? '').split(',').flatMap((name) => name.trim() || [])
  if (names.length === 0) return {}
  return { models: names.includes('any') ? 'any' : names }
}

async function claimPort<T>(port: number, variable: string, start: () => Promise<T>): Promise<T> {
  try {
    return await start()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    const holder = portHolder(port) ?? 'another process'
    throw new UserError(`Port ${port} is taken by ${holder}: stop it, or set ${variable} to a free port.`)
  }
}
