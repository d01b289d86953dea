import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { freePort } from '@llc-phone/core/testing'
import { createRealtimeServer, createTwilio, type RealtimeServer, type SimCall, type SimTwilio } from '@llc-phone/sim'
import type { PricedCall } from '../../src/watching/call-log.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const DEMO = fileURLToPath(new URL('demo-gateway.ts', import.meta.url))
const FAULTS = new URL('faults-on-signal.ts', import.meta.url).href
const ACCOUNT_SID = `AC${'0'.repeat(32)}`
const AUTH_TOKEN = '00112233445566778899aabbccddeeff'
export const ADMIN_TOKEN = 'an-admin-token-for-tests'

/** `pnpm start` as a process of its own. */
export interface ChildGateway {
  /** Standard output and standard error so far. */
  readonly text: () => string
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>
  signal(name: NodeJS.Signals): void
  /** Waits until it has been written. */
  says(pattern: RegExp): Promise<void>
}

/** Simulated Twilio and model, and gateways between them that can die. */
export interface OutsideWorld {
  readonly twilio: SimTwilio
  readonly model: RealtimeServer
  readonly publicUrl: string
  readonly numbers: Readonly<Record<'ivr' | 'csr' | 'support' | 'billing', string>>
  /** Starts a gateway; what comes in from now on goes to it, open connections stay where they are. */
  start(more?: Readonly<Record<string, string>>): Promise<ChildGateway>
  /** What comes in from now on goes to this one. */
  turnTo(gateway: ChildGateway): void
  /** The story of a call, as an operator sees it. */
  story(call: SimCall): Promise<PricedCall>
  close(): Promise<void>
}

/** How long what comes in waits for a gateway to listen, as at a proxy that holds requests during a restart. */
const HELD_MS = 15_000
const RETRY_MS = 50

/**
 * Starts the simulators; gateways come and go. `demo`: with the fictional customers of development; `program`: what is run
 * instead of the source; `variables`: more of the environment.
 */
export const startOutsideWorld = async (
  database: string,
  {
    demo = false,
    program = ['--import', FAULTS, demo ? DEMO : MAIN],
    variables = {},
  }: {
    readonly demo?: boolean
    readonly program?: readonly string[]
    readonly variables?: Readonly<Record<string, string>>
  } = {},
): Promise<OutsideWorld> => {
  const publicPort = await freePort()
  const publicUrl = `http://127.0.0.1:${publicPort}`
  /** Where the latest gateway listens. */
  let target = 0
  const reach = (near: Socket, since = performance.now()): void => {
    const far = connect(target, '127.0.0.1')
    far.once('error', () => {
      if (performance.now() - since > HELD_MS) near.destroy()
      else setTimeout(() => reach(near, since), RETRY_MS)
    })
    far.once('connect', () => {
      far.removeAllListeners('error')
      join(near, far)
    })
  }
  const join = (near: Socket, far: Socket): void => {
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const)
      one
        .pipe(other)
        .on('error', () => one.destroy())
        .on('close', () => one.destroy())
  }
  const balancer = createServer((near) => {
    near.on('error', () => near.destroy())
    reach(near)
  }).listen(publicPort, '127.0.0.1')
  const model = await createRealtimeServer({ dialect: 'ga', apiKey: 'sk-for-tests' })
  const twilio = await createTwilio({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    anyNumber: { voiceUrl: `${publicUrl}/twiml`, statusCallback: `${publicUrl}/twilio/status` },
  })
  const numbers = { ivr: '+14155550101', csr: '+14155550103', support: '+14155550112', billing: '+14155550113' }
  const ports = new Map<ChildGateway, number>()
  const children = new Set<ReturnType<typeof spawn>>()

  return {
    twilio,
    model,
    publicUrl,
    numbers,
    async start(more = {}) {
      const port = await freePort()
      const child = spawn(process.execPath, program, {
        env: {
          PATH: process.env.PATH,
          PORT: String(port),
          HOST: '127.0.0.1',
          PUBLIC_URL: publicUrl,
          OPENAI_API_KEY: 'sk-for-tests',
          OPENAI_REALTIME_URL: model.url,
          TWILIO_ACCOUNT_SID: ACCOUNT_SID,
          TWILIO_AUTH_TOKEN: AUTH_TOKEN,
          TWILIO_PHONE_NUMBER: '+14155550100',
          TWILIO_API_URL: twilio.url,
          DATABASE_URL: database,
          ADMIN_TOKEN,
          IVR_DID: numbers.ivr,
          CSR_DID: numbers.csr,
          SUPPORT_NUMBER: numbers.support,
          BILLING_NUMBER: numbers.billing,
          ...variables,
          ...more,
        },
      })
      children.add(child)
      let text = ''
      child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
      child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()))
      const exited = once(child, 'exit').then(([code, signal]) => {
        children.delete(child)
        return { code: code as number | null, signal: signal as string | null }
      })
      let isUp = false
      while (!isUp) {
        if (child.exitCode !== null) throw new Error(`it ended: ${text}`)
        isUp = await fetch(`http://127.0.0.1:${port}/readyz`).then(
          ({ status }) => status === 200,
          () => false,
        )
      }
      target = port
      const gateway: ChildGateway = {
        text: () => text,
        exited,
        signal: (name) => void child.kill(name),
        async says(pattern) {
          while (!pattern.test(text)) {
            if (child.exitCode !== null) throw new Error(`it ended: ${text}`)
            await once(child.stdout, 'data')
          }
        },
      }
      ports.set(gateway, port)
      return gateway
    },
    turnTo(gateway) {
      target = ports.get(gateway)!
    },
    async story(call) {
      const answer = await fetch(`${publicUrl}/calls/${call.sid}`, {
        headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
      })
      if (!answer.ok) throw new Error(`GET /calls/${call.sid} answered ${answer.status}`)
      return (await answer.json()) as PricedCall
    },
    async close() {
      for (const child of children) child.kill('SIGKILL')
      balancer.close()
      await twilio.close()
      await model.close()
    },
  }
}
