import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { chdir } from 'node:process'
import { fileURLToPath } from 'node:url'
import { GatewayError, isLoopback } from '@llc-phone/core'
import { asCalled, pasteable } from '@llc-phone/files'
import { developmentEnv } from '@llc-phone/sim/dev'
import { prettyFactory } from 'pino-pretty'
import { loadDotEnv, parseEnv, secretsOf, type Env } from '../src/configuration/env.ts'
import { createOutput } from '../src/cli/output.ts'
import { DRAIN_DEADLINE_MS } from '../src/drain.ts'
import { logFile } from '../src/processes/run-record.ts'
import type { FromGateway, ToGateway } from './messages.ts'
import { startGateway, type Gateway } from '../src/gateway.ts'
import { createLog } from '../src/watching/log.ts'

/** It ends soon when it is told to: a call in development is not worth waiting for then. */
const EXIT_AFTER_MS = 1_000

const LINGER_MS = 2_000
const LOOK_AGAIN_MS = 200

const NAMES = { openai: 'the Realtime API', twilio: 'Twilio' }

const welcome = (gateway: Gateway, env: Env, simulated: readonly (keyof typeof NAMES)[]): string => {
  const { PUBLIC_URL: publicUrl } = env
  const numbers = gateway.numbers.list().map(({ number, name }) => `    ${number}  ${name}`)
  const first = gateway.numbers.list()[0]
  const simulatedLine =
    simulated.length === 0
      ? env.TWILIO_IS_SIMULATED
        ? 'Calls go to the stand-in for Twilio that TWILIO_API_URL names.'
        : 'Nothing is simulated: calls are real and cost money.'
      : `Simulated, because their credentials are not in .env: ${simulated.map((name) => NAMES[name]).join(' and ')}.`
  const next = simulated.includes('twilio')
    ? `  Ring one from another terminal, or have somebody rung:\n    ./phone call --to ${first?.number ?? '+14155550101'} --say "I have a question about my bill"\n    ./phone dial +14155550120`
    : `  Point the voice URL of your Twilio number at ${publicUrl}/twiml and ring it, or have it ring you:\n    ./phone dial NUMBER`
  const console = `  Look at it, and ring it, in a browser: http://127.0.0.1:${env.PORT}/console/`
  return [
    '',
    `  The gateway answers at ${publicUrl}. ${simulatedLine}`,
    ...numbers,
    '',
    console,
    '',
    pasteable(next),
    '',
  ].join('\n')
}

const run = async (): Promise<void> => {
  chdir(fileURLToPath(new URL('../../..', import.meta.url)))
  loadDotEnv()
  const { env: variables, simulated } = developmentEnv(process.env)
  if (!simulated.includes('twilio') && !process.env['PUBLIC_URL'])
    throw new GatewayError(
      'config_invalid',
      'Twilio cannot reach this machine yet: set PUBLIC_URL to the https origin of your tunnel or proxy, or leave out the TWILIO_ values to have Twilio simulated.',
    )
  // Development's own token stands in the documentation.
  if (!process.env['ADMIN_TOKEN'] && !isLoopback(variables['PUBLIC_URL'] ?? ''))
    throw new GatewayError(
      'config_invalid',
      'Who finds PUBLIC_URL could use this gateway with the token of development: set ADMIN_TOKEN in .env to one of your own, for example from: openssl rand -hex 32. You sign in with it.',
    )
  // `./phone dev` listens, so that one gateway can take the place of another: each has a port of its own.
  const { ADMIN_PORT: _port, ADMIN_HOST: _host, ...own } = variables
  const env = parseEnv(own, { mode: 'dev' })
  const prettify = prettyFactory({
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'callSid,legId,latency,usage,mode,at,host,port,publicUrl,model,direction,instance',
    singleLine: true,
    colorize: process.stdout.isTTY,
  })
  const file = createOutput(() => createWriteStream(logFile(), { flags: 'a', mode: 0o600 }))
  mkdirSync(dirname(logFile()), { recursive: true })
  const stream = {
    write(line: string) {
      file.write(line)
      // Written at once, so that log lines and the welcome come in order.
      process.stdout.write(prettify(line))
    },
  }
  const log = createLog({ level: env.LOG_LEVEL, secrets: secretsOf(env), showPersonalData: true, stream })
  const gateway = await startGateway(
    { ...env, PORT: 0, HOST: '127.0.0.1' },
    {
      log,
      drainDeadlineMs: DRAIN_DEADLINE_MS,
      demoData: true,
      development: {
        // Nobody but who sits here: no real call can be placed, and nothing is to be reached from elsewhere.
        signsIn: simulated.includes('twilio') && isLoopback(env.PUBLIC_URL) && isLoopback(`http://${env.HOST}`),
        isModelSimulated: simulated.includes('openai'),
      },
    },
  )
  // After a file was saved the numbers are known, and the log line says that it listens.
  if (!process.argv.includes('again')) console.log(welcome(gateway, env, simulated))
  stop = () => {
    setTimeout(() => process.exit(0), EXIT_AFTER_MS).unref()
    // Said twice, it waits for nobody.
    for (let times = 0; times < 2; times++)
      gateway.stop().then(
        () => process.exit(0),
        () => process.exit(1),
      )
  }
  // After a defect it ends by itself once the calls are over.
  gateway.stopped.then(
    () => process.exit(),
    () => process.exit(1),
  )
  /** Ends after the last call, and a moment later: the carrier still tells how it ended, and people ask what was said. */
  const finish = (): void => {
    const isOver = gateway.liveCalls().length === 0
    setTimeout(isOver ? () => void gateway.stop().catch(() => undefined) : finish, isOver ? LINGER_MS : LOOK_AGAIN_MS)
  }
  const tell = (message: FromGateway): void => void process.send?.(message, undefined, undefined, () => undefined)
  process.on('message', (message: ToGateway) => {
    if (message.type === 'drain') return finish()
    const calls = gateway.liveCalls()
    return tell({
      type: 'live',
      calls: calls.length,
      ids: calls.flatMap(({ callId, legId }) => [callId, legId]).filter(Boolean),
    })
  })
  tell({ type: 'ready', port: gateway.port })
}

/** Until there is a gateway to stop. */
let stop = (): void => process.exit(0)

// `./phone dev` is gone, in whatever way: nothing may stay behind. Ctrl-C reaches it too, and it decides.
process.on('disconnect', () => stop())
process.on('SIGTERM', () => stop())
process.on('SIGHUP', () => stop())
process.on('SIGINT', () => process.channel ?? stop())
if (!process.channel) {
  console.error(asCalled('./phone dev runs this.'))
  process.exit(2)
}

run().catch((error: unknown) => {
  console.error(error instanceof GatewayError ? error.message : error)
  process.exit(1)
})
