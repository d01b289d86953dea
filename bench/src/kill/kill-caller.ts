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
  /** How long after the stream was torn any audio came again (ms); `undefined` when none did. */
  readonly silentMs: Promise<number | undefined>
  /** How long the answer to `/twiml` took (ms). */
  readonly twimlMs: number
  /** The gateway in the address of the first media stream, where there are several. */
  readonly owner: string | undefined
  readonly callSid: string
  /** What Twilio does when the gateway redirects the call over REST: fetches the document, and opens its stream instead of the old one. */
  redirect(url: string): Promise<void>
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

/** Where Twilio asks how the call goes on. */
const actionIn = (twiml: string): string | undefined =>
  /<Connect[^>]* action="([^"]+)"/.exec(twiml)?.[1]?.replaceAll('&amp;', '&')
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
    postAsTwilio(AUTH_TOKEN, new URL(path, origin).href, fields)
  const join = (mediaUrl: string, onMedia: () => void, onAudio: () => void): Promise<FakeMedia> =>
    connectMedia({ ...options, mediaUrl, authToken: AUTH_TOKEN, accountSid: ACCOUNT_SID, callSid, onMedia, onAudio })

  const askedAt = performance.now()
  const twiml = await post('/twiml', { ...form, CallStatus: 'ringing' })
  const twimlMs = performance.now() - askedAt
  const mediaUrl = streamIn(twiml)
  const action = actionIn(twiml) ?? '/twilio/after-stream'
  if (mediaUrl === undefined) throw new Error('The call was not answered with a stream.')
  const nothing = (): void => {}
  let media = await join(mediaUrl, nothing, nothing)
  let isOver = false
  const audible = Promise.withResolvers<number | undefined>()

  const ask = async (): Promise<string> => {
    const deadline = performance.now() + ASK_LIMIT_MS
    for (;;) {
      try {
        return await post(action, { ...form, CallStatus: 'in-progress' })
      } catch (error) {
        if (performance.now() > deadline) throw error
        await sleep(ASK_EVERY_MS)
      }
    }
  }

  const redirected = Promise.withResolvers<number | undefined>()
  let isRedirected = false
  const redirect = async (url: string): Promise<void> => {
    const beganAt = performance.now()
    isRedirected = true
    media.cut()
    const again = streamIn(await postAsTwilio(AUTH_TOKEN, url, { ...form, CallStatus: 'in-progress' }))
    if (again === undefined) return redirected.resolve(undefined)
    media = await join(
      again,
      () => redirected.resolve(performance.now()),
      () => audible.resolve(performance.now() - beganAt),
    )
  }

  const comeBack = async (): Promise<number | undefined> => {
    await media.closed
    if (isOver) return undefined
    if (isRedirected) return redirected.promise
    const tornAt = performance.now()
    const again = streamIn(await ask())
    if (again === undefined) return undefined
    const heard = Promise.withResolvers<number>()
    media = await join(
      again,
      () => heard.resolve(performance.now()),
      () => audible.resolve(performance.now() - tornAt),
    )
    return Promise.race([heard.promise, media.closed.then(() => undefined)])
  }

  const heardAgainAt = comeBack().catch(() => undefined)
  // Whoever was not heard again has heard nothing, or a clip: then this is settled already.
  void heardAgainAt.then(() => audible.resolve(undefined))
  return {
    heardAgainAt,
    silentMs: audible.promise,
    twimlMs,
    callSid,
    redirect,
    owner: /\/i\/([^/]+)\/media\//.exec(mediaUrl)?.[1],
    async hangUp() {
      isOver = true
      media.hangUp()
      await post('/twilio/status', { ...form, CallStatus: 'completed', CallDuration: '30' }).catch(() => {})
    },
  }
}
