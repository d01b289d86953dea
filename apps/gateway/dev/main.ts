import { chdir } from 'node:process'
import { fileURLToPath } from 'node:url'
import { GatewayError } from '@llc-phone/core'
import { developmentEnv } from '@llc-phone/sim'
import { prettyFactory } from 'pino-pretty'
import { loadDotEnv, parseEnv, secretsOf, type Env } from '../src/configuration/env.ts'
import { startGateway, type Gateway } from '../src/gateway.ts'
import { createLog } from '../src/watching/log.ts'

/** After an edit the new gateway must be up soon; calls in development are not worth waiting for. */
const EXIT_AFTER_MS = 1_000

const USUAL_PORT = 8081

/** As the README writes it: only Node and npm are assumed. */
const PNPM = 'npx -y pnpm@12.21.0'

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
  // Another terminal does not know which port this one was given, and need not have pnpm.
  const pnpm = `${env.PORT === USUAL_PORT ? '' : `PORT=${env.PORT} `}${PNPM}`
  const next = simulated.includes('twilio')
    ? `  Ring one from another terminal, or have somebody rung:\n    ${pnpm} call --to ${first?.number ?? '+14155550101'} --say "I have a question about my bill"\n    ${pnpm} dial +14155550120`
    : `  Point the voice URL of your Twilio number at ${publicUrl}/twiml and ring it, or have it ring you:\n    ${pnpm} dial NUMBER`
  return ['', `  The gateway answers at ${publicUrl}. ${simulatedLine}`, ...numbers, '', next, ''].join('\n')
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
  const env = parseEnv(variables, { mode: 'dev' })
  const prettify = prettyFactory({
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'callSid,legId,latency,usage,mode,at,host,port,publicUrl,model,direction,instance',
    singleLine: true,
    colorize: process.stdout.isTTY,
  })
  // Written at once, so that log lines and the welcome come in order.
  const stream = { write: (line: string) => void process.stdout.write(prettify(line)) }
  const log = createLog({ level: env.LOG_LEVEL, secrets: secretsOf(env), showPersonalData: true, stream })
  const gateway = await startGateway(env, { log, drainDeadlineMs: 0, demoData: true })
  console.log(welcome(gateway, env, simulated))
  const stop = () => {
    setTimeout(() => process.exit(0), EXIT_AFTER_MS).unref()
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
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

run().catch((error: unknown) => {
  console.error(error instanceof GatewayError ? error.message : error)
  process.exit(1)
})
