import {
  e164,
  GatewayError,
  type AcceptLine,
  systemClock,
  type CallFacts,
  type CallSession,
  type E164,
  type Instruction,
  type LineHost,
} from '@llc-phone/core'
import { freePort } from '@llc-phone/core/testing'
import { createTwilio, type SimTwilio } from '@llc-phone/sim'
import { fastify } from 'fastify'
import { createTwilioLine, type TwilioLine } from '../../src/index.ts'

export const ACCOUNT_SID = `AC${'1'.repeat(32)}`
const AUTH_TOKEN = '0123456789abcdef0123456789abcdef'
export const OWN: E164 = e164('+14155550100')

/** A call as the line sees it; the test has its audio, and decides how it goes on. */
export interface RigCall {
  readonly facts: { -readonly [Key in keyof CallFacts]: CallFacts[Key] }
  attach: CallSession['attach']
  /** What it answers when Twilio asks. */
  next: Instruction
  isOver: boolean
}

/** The line between a simulated Twilio and calls that do nothing by themselves. */
export interface Rig {
  readonly twilio: SimTwilio
  readonly twilioLine: TwilioLine
  readonly publicUrl: string
  readonly calls: Map<string, RigCall>
  /** Codes of requests that were turned away. */
  readonly refused: string[]
  add(legId?: string): RigCall
  close(): Promise<void>
}

/** Starts both; REST requests go to the simulated Twilio, or to `apiUrl`. `callUrl`: what stands before the URLs of calls. */
export const startRig = async ({
  apiUrl,
  callUrl,
}: { readonly apiUrl?: string; readonly callUrl?: string } = {}): Promise<Rig> => {
  const port = await freePort()
  const publicUrl = `http://127.0.0.1:${port}`
  const calls = new Map<string, RigCall>()
  const refused: string[] = []
  const twilio = await createTwilio({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    anyNumber: { voiceUrl: `${publicUrl}/twiml` },
  })

  const sessionOf = (call: RigCall | undefined): CallSession | undefined =>
    call === undefined
      ? undefined
      : ({
          facts: call.facts,
          mode: { language: 'en' },
          state: { phase: call.isOver ? 'ended' : 'live' },
          offered() {},
          answered() {},
          attach: (accept: AcceptLine) => call.attach(accept),
          next: () => call.next,
          end() {},
          bind: () => true,
          answeredBy() {},
        } as Pick<CallSession, 'facts'> as CallSession)
  const byCallId = (callId: string) => sessionOf(calls.get(callId))
  const byLegId = (legId: string) => sessionOf([...calls.values()].find(({ facts }) => facts.legId === legId))

  const twilioLine = createTwilioLine({
    account: { accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, apiUrl: apiUrl ?? twilio.url },
    publicUrl,
    callUrl,
    authTokens: [AUTH_TOKEN],
    ownNumber: OWN,
    clock: systemClock,
    calls: { byCallId },
  })
  const host: LineHost = {
    numbers: { own: OWN, lists: () => true },
    calls: { byCallId, byLegId },
    log: { info() {}, warn() {}, error() {} },
    http: {
      describeError: (error) => ({
        status: 500,
        body: { error: { code: error instanceof GatewayError ? error.code : 'internal', message: String(error) } },
      }),
      refused: (code) => void refused.push(code),
      refuseUpgrade(socket, status, code) {
        refused.push(code)
        socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
      },
    },
    arrived: ({ legId }) => ({ call: byLegId(legId)! }),
    answered() {},
    languageOf: () => 'en',
    turnAway: ({ direction }) => ({ direction, language: 'en' }),
    lost: async () => undefined,
    keepRecording: async () => true,
    legReported() {},
    statusReported() {},
  }
  const server = twilioLine.serve(host)
  const app = fastify()
  await app.register(server.plugin)
  app.server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    if (!server.takeUpgrade(request, socket, head)) socket.destroy()
  })
  await app.listen({ port, host: '127.0.0.1' })

  let added = 0
  return {
    twilio,
    twilioLine,
    publicUrl,
    calls,
    refused,
    add(legId = '') {
      const callId = `call-${++added}`
      const call: RigCall = {
        facts: { callId, legId, direction: 'inbound', otherParty: {}, dialled: OWN, startedAt: new Date() },
        attach() {},
        next: { kind: 'hangUp' },
        isOver: false,
      }
      calls.set(callId, call)
      return call
    },
    async close() {
      await twilio.close()
      await app.close()
    },
  }
}
