/** A stand-in for Twilio on loopback: phones that ring, speak and listen; REST, signed webhooks, signed media streams. */
import type { AddressInfo } from 'node:net'
import { createReach, type ReachOptions } from '@llc-phone/virtual-carrier/reach'
import { certificateOf, type TlsOption } from '../tls/serve-tls.ts'
import type { Truncation } from '../report/measure.ts'
import { attachControl } from './control.ts'
import { createLeg } from '@llc-phone/virtual-carrier/leg'
import { createNumberBook } from './numbers.ts'
import { createRandom } from './random.ts'
import { simVoices } from './sim-voices.ts'
import { buildRest, type AccountWorld } from './rest.ts'
import type { RecordedRequest } from './rest-faults.ts'
import { runCall } from '@llc-phone/virtual-carrier/run-twiml'
import { rehearse, runScript } from '@llc-phone/virtual-carrier/caller-script'
import type { FarEnd, NumberConfig, PlaceCallOptions, SimCall, TwilioFaults } from '@llc-phone/virtual-carrier/types'
import { askWebhook, WEBHOOK_TIMEOUT_MS } from '@llc-phone/virtual-carrier/webhook'
import { pause } from '@llc-phone/virtual-carrier/waiting'
import type { Leg } from '@llc-phone/virtual-carrier/world'

/** An account, its numbers, and how the people it rings behave. */
export interface TwilioOptions {
  /** Default 0: any free port. */
  port?: number
  accountSid: string
  authToken: string
  numbers?: Record<string, NumberConfig>
  /** For every number that `numbers` does not name. */
  anyNumber?: NumberConfig
  /** What happens when a number is rung; by default everybody answers and says nothing. */
  farEnd?: (to: string) => FarEnd
  /** Told of every call as it begins, inbound or outbound. */
  onCall?: (call: SimCall) => void
  faults?: TwilioFaults
  /**
   * Truncations that a simulated model received since then, on the clock of `performance.now()`, for measuring a call
   * from another process.
   */
  truncations?: (sinceMs: number) => Promise<Truncation[]>
  /** Of chance, such as the first timestamp of each stream: the same seed, the same run. */
  seed?: number
  /** Default 15,000, as Twilio. */
  webhookTimeoutMs?: number
  /** Serves the REST API over TLS: with a certificate made for this machine (`true`), or with this one. */
  tls?: TlsOption
  /** Whose certificates it takes and where it may go; default: this machine only, with certificates that Node trusts. */
  reach?: ReachOptions
}

/** A running stand-in. */
export interface SimTwilio {
  /** Origin of the REST API, for `TWILIO_API_URL`. */
  readonly url: string
  /** What clients have to trust, in PEM; undefined without TLS, or when the certificate given named none. */
  readonly ca: string | undefined
  readonly calls: ReadonlyMap<string, SimCall>
  readonly requests: readonly RecordedRequest[]
  /** Rings a number of the account; the call goes on by itself. */
  placeCall(options: PlaceCallOptions): SimCall
  /** Replaces the faults. */
  setFaults(faults: TwilioFaults): void
  setFarEnd(farEnd: (to: string) => FarEnd): void
  /** Ends every call and stops listening. */
  close(): Promise<void>
}

const MAX_CALL_MS = 120_000
const MOST_LEGS = 200
// Its first stream begins at 100 ms and without parameters; those after it differ.
const USUAL_SEED = 490

/** Starts a stand-in; rejects with EADDRINUSE when the port is taken. */
export async function createTwilio(options: TwilioOptions): Promise<SimTwilio> {
  const { accountSid, authToken } = options
  const numbers = createNumberBook(accountSid, options.numbers ?? {}, options.anyNumber)
  let farEnd = options.farEnd ?? ((): FarEnd => ({ outcome: 'answers' }))
  let url = ''
  const requests: RecordedRequest[] = []
  const world: AccountWorld = {
    accountSid,
    authToken,
    webhookTimeoutMs: options.webhookTimeoutMs ?? WEBHOOK_TIMEOUT_MS,
    faults: options.faults ?? {},
    random: createRandom(options.seed ?? USUAL_SEED),
    legs: new Map(),
    rooms: new Map(),
    recordings: new Map(),
    reach: createReach(options.reach),
    farEnd: (to) => farEnd(to),
    numbers,
    voices: simVoices,
    url: () => url,
    createLeg(legOptions) {
      const leg = createLeg(world, legOptions)
      world.legs.set(leg.sid, leg)
      // Their audio stays with them: the oldest calls that are over are forgotten.
      for (const old of world.legs.values()) {
        if (world.legs.size <= MOST_LEGS) break
        if (old.over) world.legs.delete(old.sid)
      }
      options.onCall?.(leg)
      return leg
    },
  }

  const placeCall = (call: PlaceCallOptions): Leg => {
    const number = numberFor(call, numbers.configOf(call.to))
    const { to, from, callerName, stirVerstat, extra, voice, media, actionAfterHangup, reach } = call
    const leg = world.createLeg({
      direction: 'inbound',
      to,
      from,
      ...(callerName !== undefined && { callerName }),
      ...(stirVerstat !== undefined && { stirVerstat }),
      ...(extra && { extra }),
      ...(voice && { voice }),
      ...(media && { media }),
      ...(actionAfterHangup !== undefined && { actionAfterHangup }),
      ...(reach && { reach: createReach({ ...options.reach, ...reach }) }),
      ...(number?.statusCallback && {
        subscription: {
          url: number.statusCallback,
          method: number.statusMethod ?? 'POST',
          events: ['completed'],
          isSupposed: number.statusIsSupposed ?? false,
        },
      }),
    })
    leg.track(receive(leg, call, number))
    return leg
  }

  const certificate = certificateOf(options.tls)
  const app = buildRest(world, requests, certificate)
  const closeControl = attachControl(app.server, { accountSid, authToken, placeCall, truncations: options.truncations })
  url = await app.listen({ port: options.port ?? 0, host: '127.0.0.1' })
  url = `${certificate ? 'https' : 'http'}://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  // A client's first request takes tens of milliseconds, which the first call would show as the gateway's.
  await askWebhook({ reach: world.reach, authToken, url, method: 'POST', params: {}, retry: false }).catch(() => {})
  requests.length = 0

  return {
    url,
    ca: certificate?.ca,
    calls: world.legs,
    requests,
    placeCall,
    setFaults(faults) {
      world.faults = faults
    },
    setFarEnd(next) {
      farEnd = next
    },
    async close() {
      for (const leg of world.legs.values()) leg.end('completed', 'the stand-in stopped')
      await Promise.all([...world.legs.values()].map((leg) => leg.ended))
      closeControl()
      await app.close()
    },
  }
}

/** The webhook address of one call: its own order wins over the number's setting. */
function numberFor(call: PlaceCallOptions, number: NumberConfig | undefined): NumberConfig | undefined {
  const { voiceUrl = number?.voiceUrl, statusCallback } = call
  if (voiceUrl === undefined) return undefined
  const status = statusCallback === null ? {} : statusCallback !== undefined ? { statusCallback } : undefined
  // Another gateway's statuses are nothing that the number's own gateway would know of.
  const kept = call.voiceUrl === undefined ? number : {}
  const method = call.method ?? (call.voiceUrl === undefined ? number?.method : undefined) ?? 'POST'
  return { voiceUrl, method, ...(status ?? statusOf(kept)) }
}

const statusOf = ({ statusCallback, statusMethod, statusIsSupposed }: Partial<NumberConfig> = {}) => ({
  ...(statusCallback && { statusCallback }),
  ...(statusMethod && { statusMethod }),
  ...(statusIsSupposed && { statusIsSupposed }),
})

/** An inbound call: rings, asks the voice webhook, runs the answer; the caller acts once somebody picks up. */
async function receive(leg: Leg, call: PlaceCallOptions, number: NumberConfig | undefined): Promise<void> {
  const script = call.script ?? []
  await rehearse(leg.world.voices, { script, voice: call.voice })
  await pause(call.ringMs ?? 0, leg.signal)
  if (leg.over) return
  leg.setStatus('ringing')
  if (!number) {
    leg.fail(21421, `Nobody owns the number ${call.to}`)
    return leg.end('failed', 'the number is not in service')
  }
  if (number.voiceUrl === '') {
    leg.fail(11100, `No voice URL is set for ${call.to}`)
    return leg.end('failed', 'the number has no voice URL')
  }
  void pause(call.maxCallMs ?? MAX_CALL_MS, leg.signal).then(() => leg.hangUp())
  leg.track(
    leg.seen('answered').then(async (answered) => {
      if (answered && call.script) await runScript(leg, { script, voice: call.voice, maxSilenceMs: call.maxSilenceMs })
    }),
  )
  const { voiceUrl: url, method = 'POST' } = number
  if (leg.world.faults.duplicateWebhook) void leg.ask('voice', url, method).catch(() => undefined)
  void runCall(leg, { name: 'voice', url, method })
}
