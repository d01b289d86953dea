import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AnsweredBy, Gate } from '@llc-phone/core'
import type { FarEnd, SimCall } from '@llc-phone/sim'
import type { OutboundState } from '@llc-phone/store'
import type { PricedCall } from '../../src/watching/call-log.ts'
import { startWorld, type World } from './whole-call.ts'

/** What `POST /outbound-call` answers. */
export interface DialAnswer {
  readonly status: number
  readonly callId: string
  readonly callSid?: string
  readonly state: OutboundState
  readonly error?: { readonly code: string; readonly message: string; readonly gate?: Gate; readonly until?: string }
}

/** An outbound call as `GET /calls/ID` tells it. Without a session there are neither turns nor a phase. */
export interface OutboundStory extends PricedCall {
  readonly outbound: {
    readonly state: OutboundState
    readonly disposition?: NonNullable<PricedCall['disposition']>
    readonly answeredBy?: AnsweredBy
    readonly gate?: Gate
    readonly until?: string
    readonly problem?: string
    readonly costUsd?: number
    readonly dialledAt?: string
    readonly answeredAt?: string
    readonly endedAt?: string
  }
  readonly notes?: readonly { readonly text: string; readonly at: string }[]
}

/** A completion that the operator's system was sent. */
export interface Completion {
  readonly id: string
  readonly type: string
  readonly data: { readonly callId: string; readonly state: OutboundState } & Record<string, unknown>
  /** The signature was right. */
  readonly isGenuine: boolean
}

/** The gateway as it ships, placing calls between a simulated Twilio and a simulated model. */
export interface OutboundRig extends World {
  /** `POST /outbound-call`; a refusal has `error`. */
  dial(body: { readonly to: string } & Record<string, unknown>, idempotencyKey?: string): Promise<DialAnswer>
  /** How whoever is rung behaves; by default they answer and say nothing. */
  callee(to: string, farEnd: FarEnd): void
  /** Twilio's leg of a call that was placed to this number: the latest. */
  leg(to: string): SimCall
  /** Every leg that Twilio was asked for towards this number. */
  legs(to: string): readonly SimCall[]
  told(id: string): Promise<OutboundStory>
  /** Waits until the ledger says one of these. */
  until(id: string, ...states: OutboundState[]): Promise<OutboundStory>
  /** Model sessions that are open now. */
  openSessions(): number
  /** What the webhook was sent, in order; empty without `webhook: true`. */
  readonly completions: readonly Completion[]
}

const UNTIL_MS = 60_000
const LOOK_AGAIN_MS = 50
const SECRET = `whsec_${Buffer.from('a-secret-of-the-operators-system').toString('base64')}`

const startReceiver = async (completions: Completion[]) => {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = request.headers
      const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64')
      const expected = `v1,${createHmac('sha256', key)
        .update(`${String(id)}.${String(at)}.${body}`)
        .digest('base64')}`
      const { type, data } = JSON.parse(body) as Pick<Completion, 'type' | 'data'>
      completions.push({ id: String(id), type, data, isGenuine: signature === expected })
      response.writeHead(204).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/calls`,
    close: () => void server.close(),
  }
}

/** Starts everything. Calls are not held back by pace unless `variables` says so: 50 a second, 100 at a time. */
export const startOutboundRig = async ({
  webhook = false,
  variables,
  dialect = 'ga',
  ...options
}: Partial<Parameters<typeof startWorld>[0]> & { readonly webhook?: boolean } = {}): Promise<OutboundRig> => {
  const completions: Completion[] = []
  const receiver = webhook ? await startReceiver(completions) : undefined
  const world = await startWorld({
    ...options,
    dialect,
    variables: {
      OUTBOUND_CALLS_PER_SECOND: '50',
      OUTBOUND_MAX_CONCURRENT: '100',
      ...(receiver ? { OUTBOUND_WEBHOOK_URL: receiver.url, OUTBOUND_WEBHOOK_SECRET: SECRET } : {}),
      ...variables,
    },
  })
  const { twilio, model, admin } = world
  const callees = new Map<string, FarEnd>()
  twilio.setFarEnd((to) => callees.get(to) ?? { outcome: 'answers' })

  const legs = (to: string): SimCall[] =>
    [...twilio.calls.values()].filter((leg) => leg.to === to && leg.direction === 'outbound-api')
  const told: OutboundRig['told'] = async (id) => {
    const { status, body } = await admin('GET', `/calls/${id}`)
    if (status !== 200) throw new Error(`GET /calls/${id} answered ${status}`)
    return body as OutboundStory
  }

  return {
    ...world,
    completions,
    told,
    legs,
    callee: (to, farEnd) => void callees.set(to, farEnd),
    leg(to) {
      const leg = legs(to).at(-1)
      if (!leg) throw new Error(`nobody was called at ${to}`)
      return leg
    },
    async dial(body, idempotencyKey) {
      const headers = idempotencyKey === undefined ? undefined : { 'idempotency-key': idempotencyKey }
      const answer = await admin('POST', '/outbound-call', body, headers)
      return { status: answer.status, ...(answer.body as Omit<DialAnswer, 'status'>) }
    },
    async until(id, ...states) {
      const deadline = performance.now() + UNTIL_MS
      for (;;) {
        const story = await told(id)
        if (states.includes(story.outbound.state)) return story
        if (performance.now() > deadline) throw new Error(`${id} is still ${story.outbound.state}`)
        await sleep(LOOK_AGAIN_MS)
      }
    },
    openSessions: () => model.sessions.filter(({ isOpen }) => isOpen).length,
    async close() {
      await world.close()
      receiver?.close()
    },
  }
}
