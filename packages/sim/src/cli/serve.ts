/** `./phone sim serve`: the stand-ins for whatever has no credentials. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { EXIT } from '@llc-phone/files'
import { makeCertificate, type Certificate } from '../tls/certificate.ts'
import { developmentEnv, loadDotEnv, repositoryRoot } from '../dev.ts'
import { farEndAt, trialNumbers } from './far-ends.ts'
import { readModelFaults } from './model-faults.ts'
import { portHolder } from './port-holder.ts'
import { dialoguesIn } from '../realtime/find-dialogues.ts'
import { usualLatency } from '../realtime/faults.ts'
import { readServeArguments } from './serve-arguments.ts'
import { tellOutbound } from './tell-outbound.ts'
import { createTranscript } from './transcript.ts'
import type { RealtimeServer } from '../realtime/server.ts'
import type { NumberConfig } from '@llc-phone/virtual-carrier/types'
import type { GatewayAddress } from './urls.ts'
import { UserError } from './user-error.ts'

/** What `--help` prints. */
export const serveHelp = `Usage: ./phone sim serve [OPTIONS]

Plays Twilio and the OpenAI Realtime API on this machine, each only when its credentials are missing from the
environment and from .env: OPENAI_API_KEY, and TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER.

Options:
  --voice-url URL    the gateway's voice webhook, with any path; default PUBLIC_URL/twiml
  --voice-method M   GET or POST (default)
  --status-url URL   told when a call to a number is over, or none; default PUBLIC_URL/twilio/status, and with --voice-url
                     none. A gateway may set all three for a number itself, by IncomingPhoneNumbers
  --dialogue FILE    what the simulated model says (several are tried in order, then those of SIM_DIALOGUES and of the
                     packages); the format is in packages/sim/dialogues/README.md
  --model-latency L  how long it takes: a number of ms before each answer's first sound, or NAME=MS,NAME=MS of
                     ${Object.keys(usualLatency).join(', ')}
                     (default ${Object.entries(usualLatency)
                       .map(([name, value]) => `${name}=${value}`)
                       .join(',')})
  --seed N           of chance, such as the first timestamp of a stream; the default is always the same
  --tls              both speak TLS (https: and wss:), with a certificate made at the start; the file of its authority is
                     printed, for NODE_EXTRA_CA_CERTS
  --tls-cert FILE    with this certificate (PEM) instead, and
  --tls-key FILE     its key
  --ca FILE          Twilio trusts the certificates in this PEM file, too, when it calls a gateway with https: and wss:
  --insecure         Twilio takes any certificate of a gateway on this machine
  --allow-host NAME  Twilio may contact this host, too; otherwise nothing but this machine (and the host of PUBLIC_URL)
  --help             shows this

Environment:
  PORT               the gateway's port (default 8081)
  SIM_TWILIO_PORT    default PORT + 1
  SIM_REALTIME_PORT  default PORT + 2
  SIM_MODELS         names of the models that the simulated server knows, with commas between them, or: any
                     (default: those of OpenAI's, so that a mistyped OPENAI_MODEL shows)
  SIM_DIALOGUES      a folder of dialogues (*.json), tried before those that packages bring in their folder dialogues/
  SIM_MODEL_FAULTS   what the simulated model does wrong, as JSON: an object for every connection, or a list for the
                     first, the second and so on (those after it are well). packages/sim/src/realtime/faults.ts has all.

Numbers that the gateway can call, to hear each outcome (any other number is a person, too):
${Object.entries(trialNumbers)
  .map(([number, { what }]) => `  ${number}  ${what}`)
  .join('\n')}

A call that was answered is kept as a WAV in calls/.

Examples (the first connection falls silent in mid-sentence; every reply takes four seconds; no reply is ever heard):
  SIM_MODEL_FAULTS='[{"stallAfterDeltas":60}]' ./phone sim serve
  SIM_MODEL_FAULTS='{"latency":{"firstAudioMs":4000}}' ./phone sim serve
  SIM_MODEL_FAULTS='{"mute":true}' ./phone sim serve
`

/** Starts the stand-ins and stays until it is told to stop. */
export async function serve(args: string[]): Promise<number> {
  // Whoever started us is gone, in whatever way, and perhaps by now: nothing may stay on the ports.
  const starterGone = new Promise<void>((resolve) => {
    if ('connected' in process && !process.connected) resolve()
    process.once('disconnect', () => resolve())
  })
  // pnpm runs scripts in the package; what was typed counts from where it was typed.
  const order = readServeArguments(args, process.env.INIT_CWD ?? process.cwd())
  loadDotEnv()
  const { env, simulated } = developmentEnv(process.env)
  const say = (text: string): void => void process.stdout.write(`${text}\n`)
  const closers: (() => Promise<void>)[] = []

  if (simulated.length === 0) {
    say('Nothing to simulate: the credentials of OpenAI and of Twilio are set.')
    return 0
  }
  const tls = order.tls === true ? ownCertificate(env.PORT!, say) : order.tls
  let model: RealtimeServer | undefined
  if (simulated.includes('openai')) {
    const port = Number(new URL(env.OPENAI_REALTIME_URL!).port)
    // Loaded when needed: the other commands start faster without them.
    const { createRealtimeServer } = await import('../realtime/server.ts')
    const faults = readModelFaults(env.SIM_MODEL_FAULTS)
    const server = await claimPort(port, 'SIM_REALTIME_PORT', () =>
      createRealtimeServer({
        port,
        tls,
        keepsAudio: false,
        faults,
        dialogues: [...order.dialogues, ...(env.SIM_DIALOGUES ? dialoguesIn(env.SIM_DIALOGUES) : [])],
        latency: order.latency,
        ...readModels(env.SIM_MODELS),
      }),
    )
    model = server
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
        tls,
        ...(order.seed !== undefined && { seed: order.seed }),
        ...(model && { truncations: model.truncations }),
        // Where the gateway says that it is reached may be a tunnel, and that was somebody's own decision.
        reach: { ...order.reach, allowHosts: [...order.reach.allowHosts!, new URL(env.PUBLIC_URL!).hostname] },
        accountSid: env.TWILIO_ACCOUNT_SID!,
        // During a rotation there are several; Twilio signs with the first.
        authToken: env.TWILIO_AUTH_TOKEN!.split(',')[0]!.trim(),
        numbers: Object.fromEntries(ownNumbers(env).map((number) => [number, numberAt(env, order.gateway)])),
        anyNumber: numberAt(env, order.gateway),
        farEnd: (to) => farEndAt(to, env),
        onCall(call) {
          if (call.direction !== 'outbound-api') return
          const transcript = (sid: string) => createTranscript(env, sid)
          // `./phone dev` runs this in its own folder; people read the path from where they started it.
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
    // A gateway that is not ours has to be told; values of somebody's own are secrets.
    if (missing.includes('TWILIO_ACCOUNT_SID')) say(`  account               ${env.TWILIO_ACCOUNT_SID}`)
    if (missing.includes('TWILIO_AUTH_TOKEN')) say(`  auth token            ${env.TWILIO_AUTH_TOKEN}`)
    say(`  numbers point to      ${numberAt(env, order.gateway).voiceUrl}`)
  }

  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
    // `./phone dev` gets it too, and ends us when we are not needed any more.
    process.on('SIGINT', () => process.channel ?? resolve())
    void starterGone.then(resolve)
  })
  await Promise.all(closers.map((close) => close()))
  // An open channel to whoever started us would keep this process.
  if (process.connected) process.disconnect?.()
  return 0
}

function readModels(text: string | undefined): { models?: readonly string[] | 'any' } {
  const names = (text ?? '').split(',').flatMap((name) => name.trim() || [])
  if (names.length === 0) return {}
  return { models: names.includes('any') ? 'any' : names }
}

/** The numbers that stand in the environment: what a gateway finds when it asks for the account's. */
const ownNumbers = (env: Record<string, string>): string[] =>
  ['TWILIO_PHONE_NUMBER', 'IVR_DID', 'RECEPTIONIST_DID', 'CSR_DID'].map((name) => env[name]!)

/** Where numbers point. A gateway elsewhere is not supposed to have our status address. */
function numberAt(
  { PUBLIC_URL }: Record<string, string>,
  { voiceUrl, method, statusCallback }: GatewayAddress,
): NumberConfig {
  return {
    voiceUrl: voiceUrl ?? `${PUBLIC_URL}/twiml`,
    ...(method && { method }),
    ...(statusCallback && { statusCallback }),
    ...(statusCallback === undefined &&
      voiceUrl === undefined && { statusCallback: `${PUBLIC_URL}/twilio/status`, statusIsSupposed: true }),
  }
}

/** A certificate for both stand-ins; its authority goes into a file that processes can be told to trust. */
function ownCertificate(port: string, say: (text: string) => void): Certificate {
  const certificate = makeCertificate()
  const path = `${repositoryRoot}data/sim-ca-${port}.pem`
  mkdirSync(`${repositoryRoot}data`, { recursive: true })
  writeFileSync(path, certificate.ca)
  say(`To trust them           NODE_EXTRA_CA_CERTS=${path}`)
  return certificate
}

async function claimPort<T>(port: number, variable: string, start: () => Promise<T>): Promise<T> {
  try {
    return await start()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    const holder = portHolder(port) ?? 'another process'
    throw new UserError(
      `Port ${port} is taken by ${holder}: stop it, or set ${variable} to a free port.`,
      EXIT.portHeld,
    )
  }
}
