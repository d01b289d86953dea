import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@llc-phone/core/testing'
import {
  createRealtimeServer,
  createTwilio,
  type RealtimeServer,
  type RealtimeServerOptions,
  type SimCall,
  type SimTwilio,
} from '@llc-phone/sim'
import type { PricedCall } from '../../src/watching/call-log.ts'
import { parseEnv, secretsOf } from '../../src/configuration/env.ts'
import { startGateway, type Gateway, type GatewayOptions } from '../../src/gateway.ts'
import { createLog } from '../../src/watching/log.ts'

/** The gateway as it ships, between a simulated Twilio and a simulated model, all on loopback. */
export interface World {
  readonly gateway: Gateway
  readonly twilio: SimTwilio
  readonly model: RealtimeServer
  readonly publicUrl: string
  /** The environment the gateway runs with. */
  readonly variables: Readonly<Record<string, string>>
  readonly logText: () => string
  readonly numbers: { readonly ivr: string; readonly receptionist: string; readonly csr: string }
  /** The story of a call, as an operator sees it. */
  story(call: SimCall): Promise<PricedCall>
  /** Waits until the assistant has said it, and the caller has heard it. */
  said(call: SimCall, words: RegExp): Promise<void>
  /** An operator's request. */
  admin(
    method: string,
    path: string,
    body?: object,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: unknown }>
  close(): Promise<void>
}

/** A ring, a whisper and the time to think before a key. */
const SAID_WITHIN_MS = 60_000

const ADMIN_TOKEN = 'an-admin-token-for-tests'
const ACCOUNT_SID = `AC${'0'.repeat(32)}`
const AUTH_TOKEN = '00112233445566778899aabbccddeeff'

export const startWorld = async (options: {
  dialect: 'ga' | 'flat'
  faults?: RealtimeServerOptions['faults']
  dialogues?: RealtimeServerOptions['dialogues']
  variables?: Record<string, string>
  /** Instead of what is read from the variables. */
  env?: Partial<ReturnType<typeof parseEnv>>
  /** How the operator has written the public URL, in `.env` and for Twilio. */
  written?: (publicUrl: string) => string
  /** Path and query of the voice webhook as Twilio has it. */
  voicePath?: string
  drainDeadlineMs?: number
  configure?: GatewayOptions['configure']
}): Promise<World> => {
  const port = await freePort()
  const publicUrl = `http://127.0.0.1:${port}`
  const written = options.written?.(publicUrl) ?? publicUrl
  const voiceUrl = `${written.replace(/\/$/, '')}${options.voicePath ?? '/twiml'}`
  const model = await createRealtimeServer({
    dialect: options.dialect,
    apiKey: 'sk-for-tests',
    ...(options.faults ? { faults: options.faults } : {}),
    ...(options.dialogues ? { dialogues: options.dialogues } : {}),
  })
  const twilio = await createTwilio({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    anyNumber: { voiceUrl, statusCallback: `${publicUrl}/twilio/status` },
  })
  const variables = {
    PORT: String(port),
    PUBLIC_URL: written,
    OPENAI_API_KEY: 'sk-for-tests',
    OPENAI_REALTIME_URL: model.url,
    TWILIO_ACCOUNT_SID: ACCOUNT_SID,
    TWILIO_AUTH_TOKEN: AUTH_TOKEN,
    TWILIO_PHONE_NUMBER: '+14155550100',
    TWILIO_API_URL: twilio.url,
    DATABASE_URL: 'file::memory:',
    ADMIN_TOKEN,
    ...options.variables,
  }
  const env = { ...parseEnv(variables, { mode: 'dev' }), ...options.env }
  const lines: string[] = []
  const log = createLog({ level: 'info', secrets: secretsOf(env), stream: { write: (line) => void lines.push(line) } })
  const gateway = await startGateway(env, {
    log,
    drainDeadlineMs: options.drainDeadlineMs ?? 0,
    demoData: true,
    checkAnswers: true,
    ...(options.configure ? { configure: options.configure } : {}),
  })
  const admin: World['admin'] = async (method, path, body, headers) => {
    const response = await fetch(`${publicUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_TOKEN}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return { status: response.status, body: await response.json() }
  }
  const story: World['story'] = async (call) => {
    const { status, body } = await admin('GET', `/calls/${call.sid}`)
    if (status !== 200) throw new Error(`GET /calls/${call.sid} answered ${status}`)
    return body as PricedCall
  }
  return {
    gateway,
    twilio,
    model,
    publicUrl,
    variables,
    logText: () => lines.join(''),
    numbers: { ivr: env.IVR_DID!, receptionist: env.RECEPTIONIST_DID!, csr: env.CSR_DID! },
    admin,
    story,
    async said(call, words) {
      await call.seen('media-start')
      const deadline = performance.now() + SAID_WITHIN_MS
      for (;;) {
        const { turns, phase } = await story(call)
        if (turns.some(({ speaker, text }) => speaker === 'assistant' && words.test(text))) break
        if (phase === 'ended' || performance.now() > deadline)
          throw new Error(`${words.source} was never said, but ${JSON.stringify(turns)}`)
        await sleep(100)
      }
      await call.quiet(700)
    },
    async close() {
      await twilio.close()
      await gateway.stop()
      await model.close()
    },
  }
}
