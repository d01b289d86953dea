import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import type { CallStory } from '@llc-phone/core'
import {
  createRealtimeServer,
  createTwilio,
  type RealtimeServer,
  type RealtimeServerOptions,
  type SimCall,
  type SimTwilio,
} from '@llc-phone/sim'
import { parseEnv, secretsOf } from '../../src/env.ts'
import { startGateway, type Gateway } from '../../src/gateway.ts'
import { createLog } from '../../src/log.ts'

/** The gateway as it ships, between a simulated Twilio and a simulated model, all on loopback. */
export interface World {
  readonly gateway: Gateway
  readonly twilio: SimTwilio
  readonly model: RealtimeServer
  readonly publicUrl: string
  readonly logText: () => string
  readonly numbers: { readonly ivr: string; readonly receptionist: string; readonly csr: string }
  /** The story of a call, as an operator sees it. */
  story(call: SimCall): Promise<CallStory>
  close(): Promise<void>
}

const ADMIN_TOKEN = 'an-admin-token-for-tests'
const ACCOUNT_SID = `AC${'0'.repeat(32)}`
const AUTH_TOKEN = '00112233445566778899aabbccddeeff'

/** A port that was free a moment ago: the public URL must be known before the gateway listens. */
const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

export const startWorld = async (options: {
  dialect: 'ga' | 'flat'
  faults?: RealtimeServerOptions['faults']
  variables?: Record<string, string>
  drainDeadlineMs?: number
}): Promise<World> => {
  const port = await freePort()
  const publicUrl = `http://127.0.0.1:${port}`
  const model = await createRealtimeServer({
    dialect: options.dialect,
    apiKey: 'sk-for-tests',
    ...(options.faults ? { faults: options.faults } : {}),
  })
  const twilio = await createTwilio({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    anyNumber: { voiceUrl: `${publicUrl}/twiml`, statusCallback: `${publicUrl}/twilio/status` },
  })
  const env = parseEnv(
    {
      PORT: String(port),
      PUBLIC_URL: publicUrl,
      OPENAI_API_KEY: 'sk-for-tests',
      OPENAI_REALTIME_URL: model.url,
      TWILIO_ACCOUNT_SID: ACCOUNT_SID,
      TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      TWILIO_PHONE_NUMBER: '+14155550100',
      TWILIO_API_URL: twilio.url,
      DATABASE_URL: 'file::memory:',
      ADMIN_TOKEN,
      ...options.variables,
    },
    { mode: 'dev' },
  )
  const lines: string[] = []
  const log = createLog({ level: 'info', secrets: secretsOf(env), stream: { write: (line) => void lines.push(line) } })
  const gateway = await startGateway(env, { log, drainDeadlineMs: options.drainDeadlineMs ?? 0, demoData: true })
  return {
    gateway,
    twilio,
    model,
    publicUrl,
    logText: () => lines.join(''),
    numbers: { ivr: env.IVR_DID!, receptionist: env.RECEPTIONIST_DID!, csr: env.CSR_DID! },
    async story(call) {
      const response = await fetch(`${publicUrl}/calls/${call.sid}`, {
        headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
      })
      if (response.status !== 200) throw new Error(`GET /calls/${call.sid} answered ${response.status}`)
      return (await response.json()) as CallStory
    },
    async close() {
      await twilio.close()
      await gateway.stop()
      await model.close()
    },
  }
}
