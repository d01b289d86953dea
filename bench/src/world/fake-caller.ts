import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { ACCOUNT_SID } from '../process/gateway-env.ts'
import { connectMedia, type FakeMedia, type FakeMediaOptions } from './fake-media.ts'
import type { Stamp } from './payloads.ts'
import { postAsTwilio } from './post-as-twilio.ts'

/** Between our answer to the webhook and the media stream the phone rings on; the greeting is made meanwhile. */
const CONNECT_AFTER_MS = 500

/** One caller: Twilio's half of a call, from the webhook to the last status callback. */
export interface FakeCaller extends Pick<FakeMedia, 'arrivals' | 'framesSent' | 'fallSilent'> {
  hangUp(): Promise<void>
}

export interface FakeCallerOptions extends Pick<
  FakeMediaOptions,
  'index' | 'authToken' | 'ticker' | 'frames' | 'deltas'
> {
  readonly origin: string
  /** The number rung. */
  readonly dialled: string
  /** `startedAt`: when the stream started. */
  onMedia(stamp: Stamp, now: number, startedAt: number): void
  /** The greeting's first frame, `ms` after `start`; only when the greeting was ready before it. */
  onGreeting(ms: number): void
  onBroken(): void
}

/** Rings, connects the media stream and talks. Rejects when the webhook or the handshake is refused. */
export const placeCall = async (options: FakeCallerOptions): Promise<FakeCaller> => {
  const { index, origin, authToken } = options
  const callSid = `CA${randomBytes(16).toString('hex')}`
  const form = {
    CallSid: callSid,
    AccountSid: ACCOUNT_SID,
    From: `+1415555${String(1000 + index).padStart(4, '0')}`,
    To: options.dialled,
    Direction: 'inbound',
    ApiVersion: '2010-04-01',
  }
  const post = (path: string, fields: Record<string, string>): Promise<string> =>
    postAsTwilio(authToken, `${origin}${path}`, fields)

  const twiml = await post('/twiml', { ...form, CallStatus: 'ringing' })
  const mediaUrl = /<Stream url="([^"]+)"/.exec(twiml)?.[1]
  if (mediaUrl === undefined) throw new Error(`The webhook's answer connects no stream: ${twiml}`)
  await wait(CONNECT_AFTER_MS)

  let over = false
  let greeted = false
  const media = await connectMedia({
    ...options,
    mediaUrl,
    accountSid: ACCOUNT_SID,
    callSid,
    onMedia(stamp, now, startedAt) {
      if (!greeted && stamp.sentAt < startedAt) options.onGreeting(now - startedAt)
      greeted = true
      options.onMedia(stamp, now, startedAt)
    },
  })
  void media.closed.then(() => {
    if (!over) options.onBroken()
  })

  return {
    arrivals: media.arrivals,
    get framesSent() {
      return media.framesSent
    },
    fallSilent: media.fallSilent,
    async hangUp() {
      over = true
      media.hangUp()
      await post('/twilio/status', { ...form, CallStatus: 'completed', CallDuration: '30' })
    },
  }
}
