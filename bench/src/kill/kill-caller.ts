import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ACCOUNT_SID, AUTH_TOKEN } from '../process/gateway-env.ts'
import { connectMedia, type FakeMedia } from '../world/fake-media.ts'
import type { Payloads } from '../world/payloads.ts'
import { postAsTwilio } from '../world/post-as-twilio.ts'
import type { Ticker } from '../world/ticker.ts'

/** How often an unanswered request is repeated, as by a proxy that holds requests while a gateway restarts. */
const ASK_EVERY_MS = 50
/** Twilio gives a webhook up after that. */
const ASK_LIMIT_MS = 15_000

/** A caller whose stream is torn, and who asks how the call goes on. */
export interface KillCaller {
  /** When the model was first heard again after the stream was torn; `undefined` when it was not, or another answer came. */
  readonly heardAgainAt: Promise<number | undefined>
  hangUp(): Promise<void>
}

export interface KillCallerOptions {
  readonly index: number
  readonly origin: string
  readonly dialled: string
  readonly ticker: Ticker
  readonly frames: Payloads
  readonly deltas: Payloads
}

const streamIn = (twiml: string): string | undefined => /<Stream url="([^"]+)"/.exec(twiml)?.[1]

/** Rings, talks, and comes back when the stream is torn. Rejects when the call is not answered with a stream. */
export const placeKillCall = async (options: KillCallerOptions): Promise<KillCaller> => {
  const { index, origin } = options
  const callSid = `CA${randomBytes(16).toString('hex')}`
  const form = {
    CallSid: callSid,
    AccountSid: ACCOUNT_SID,
    From: `+1212${2_000_000 + index}`,
    To: options.dialled,
    Direction: 'inbound',
    ApiVersion: '2010-04-01',
  }
  const post = (path: string, fields: Record<string, string>): Promise<string> =>
    postAsTwilio(AUTH_TOKEN, `${origin}${path}`, fields)
  const join = (mediaUrl: string, onMedia: () => void): Promise<FakeMedia> =>
    connectMedia({ ...options, mediaUrl, authToken: AUTH_TOKEN, accountSid: ACCOUNT_SID, callSid, onMedia })

  const mediaUrl = streamIn(await post('/twiml', { ...form, CallStatus: 'ringing' }))
  if (mediaUrl === undefined) throw new Error('The call was not answered with a stream.')
  let media = await join(mediaUrl, () => {})
  let isOver = false

  const ask = async (): Promise<string> => {
    const deadline = performance.now() + ASK_LIMIT_MS
    for (;;) {
      try {
        return await post('/twilio/after-stream', { ...form, CallStatus: 'in-progress' })
      } catch (error) {
        if (performance.now() > deadline) throw error
        await sleep(ASK_EVERY_MS)
      }
    }
  }

  const comeBack = async (): Promise<number | undefined> => {
    await media.closed
    if (isOver) return undefined
    const again = streamIn(await ask())
    if (again === undefined) return undefined
    const heard = Promise.withResolvers<number>()
    media = await join(again, () => heard.resolve(performance.now()))
    return Promise.race([heard.promise, media.closed.then(() => undefined)])
  }

  return {
    heardAgainAt: comeBack().catch(() => undefined),
    async hangUp() {
      isOver = true
      media.hangUp()
      await post('/twilio/status', { ...form, CallStatus: 'completed', CallDuration: '30' }).catch(() => {})
    },
  }
}
