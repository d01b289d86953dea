import { defineKind, type E164, type Kind, type OutboundMode } from '@llc-phone/core'
import { freePort } from '@llc-phone/core/testing/free-port'
import { defaultPolicy } from '@llc-phone/dialer'
import { parseEnv, secretsOf } from '@llc-phone/gateway/env'
import { startGateway } from '@llc-phone/gateway/gateway'
import { createLog } from '@llc-phone/gateway/log'
import type { PricedCall } from '@llc-phone/gateway/call-log'
import { createTwilio, type FarEnd, type SimTwilio } from '@llc-phone/sim'
import * as z from 'zod'
import { CouldNotRun, type Target } from '../run.ts'
import type { World } from '../worlds/world.ts'

const ADMIN_TOKEN = 'token-of-an-evaluation'
const ACCOUNT_SID = `AC${'0'.repeat(32)}`

/** The gateway as it ships, with one mode behind every number, between a simulated carrier and the model that is asked. */
export interface SpokenWorld {
  readonly carrier: SimTwilio
  /** Places a call of ours; returns its id. */
  dial(to: string, name: string | undefined): Promise<string>
  /** A call as it stands, by the carrier's id or ours. */
  story(id: string): Promise<PricedCall | undefined>
  /** What the gateway has last complained about. */
  problem(): string | undefined
  close(): Promise<void>
}

/** Whoever is called here has agreed, and is called as often and as late as it takes. */
const policyFor = (from: E164) => ({
  ...defaultPolicy(from),
  destinations: { countries: [...defaultPolicy(from).destinations.countries] },
  callingHours: '00:00-24:00',
  frequency: [],
  detectMachines: false,
})

/** A kind whose only instance is a mode that is there already. */
const evaluatedKind = <Made>(made: Made): Kind<Made> =>
  defineKind({
    name: 'evaluated',
    title: 'Evaluated',
    about: 'What is evaluated.',
    settings: z.strictObject({}),
    make: () => made,
  })

const outboundOf = ({ mode, machine = { action: 'continue' } }: World): OutboundMode => ({
  name: 'outbound',
  scenarios: ['evaluated'],
  plan: () => ({ mode, machine, scenario: 'evaluated' }),
})

/** Starts it; `onLeftOut` hears of settings that the model server refuses. */
export const startSpokenWorld = async (
  world: World,
  target: Target,
  farEnd: (to: string) => FarEnd,
  onLeftOut: (field: string) => void,
): Promise<SpokenWorld> => {
  const port = await freePort()
  const publicUrl = `http://127.0.0.1:${port}`
  const authToken = 'a-token-for-signatures-of-evaluations'
  const carrier = await createTwilio({
    accountSid: ACCOUNT_SID,
    authToken,
    anyNumber: { voiceUrl: `${publicUrl}/twiml`, statusCallback: `${publicUrl}/twilio/status` },
    farEnd,
  })
  const env = parseEnv(
    {
      PORT: String(port),
      PUBLIC_URL: publicUrl,
      OPENAI_API_KEY: target.apiKey,
      OPENAI_REALTIME_URL: target.url,
      OPENAI_REALTIME_DIALECT: target.dialect,
      OPENAI_MODEL: target.model,
      TWILIO_ACCOUNT_SID: ACCOUNT_SID,
      TWILIO_AUTH_TOKEN: authToken,
      TWILIO_PHONE_NUMBER: world.dialled,
      TWILIO_API_URL: carrier.url,
      DATABASE_URL: 'file::memory:',
      ADMIN_TOKEN,
      RECORD_PHRASES: 'off',
      ...target.proxy,
    },
    { mode: 'dev' },
  )
  let problem: string | undefined
  const log = createLog({
    level: 'warn',
    secrets: secretsOf(env),
    stream: {
      write(line) {
        const { field, reason, causeCode } = JSON.parse(line) as Record<
          'field' | 'reason' | 'causeCode',
          string | undefined
        >
        if (field !== undefined) onLeftOut(field)
        // The same is told again without its cause when the caller hears of it.
        if (reason !== undefined && !problem?.startsWith(reason))
          problem = causeCode === undefined ? reason : `${reason} (${causeCode})`
      },
    },
  })
  const gateway = await startGateway(env, {
    log,
    drainDeadlineMs: 0,
    configure: async ({ store }) => ({
      kinds: [evaluatedKind(world.mode)],
      outboundKinds: [evaluatedKind(outboundOf(world))],
      seed: {
        business: { name: 'Evaluated', timeZone: 'UTC' },
        modes: { evaluated: { kind: 'evaluated' } },
        numbers: { unknown: 'evaluated' },
        outbound: {
          modes: { outbound: { kind: 'evaluated' } },
          default: 'outbound',
          policy: policyFor(world.dialled),
        },
      },
      messages: store.messages,
    }),
  })
  const ask = (path: string, body?: object): Promise<Response> =>
    fetch(`${publicUrl}${path}`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    })
  return {
    carrier,
    problem: () => problem,
    async dial(to, name) {
      const response = await ask('/outbound-call', { to, ...(name === undefined ? {} : { callerName: name }) })
      const answer = (await response.json()) as { callId?: string; error?: { message: string } }
      if (answer.callId === undefined || answer.error)
        throw new CouldNotRun(`The call was not placed: ${answer.error?.message ?? response.status}`)
      return answer.callId
    },
    async story(id) {
      const response = await ask(`/calls/${id}`)
      return response.ok ? ((await response.json()) as PricedCall) : undefined
    },
    async close() {
      await carrier.close()
      await gateway.stop()
    },
  }
}
