import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { calleeIndex } from './callee-numbers.ts'
import { connectMedia, type FakeMedia, type FakeMediaOptions } from '../world/fake-media.ts'
import { ACCOUNT_SID, AUTH_TOKEN } from '../process/gateway-env.ts'
import { postAsTwilio } from '../world/post-as-twilio.ts'

/** Twilio takes some time until the phone rings. */
const DIALLING_MS = 200

/** How a call comes to its end. */
export interface Ending {
  /** The media socket breaks instead of saying `stop`. */
  readonly cut?: boolean
  /** The last status callback is lost. */
  readonly untold?: boolean
}

/** One call that Twilio was asked for: the callee's phone, and what Twilio tells of it. */
export interface FakeCallee {
  readonly index: number
  readonly callSid: string
  readonly to: string
  readonly from: string
  readonly createdAt: Date
  /** Twilio's word. */
  readonly status: string
  readonly placedAt: number
  /** When the call was over, however the gateway learns of it. */
  readonly endedAt: number | undefined
  readonly media: FakeMedia | undefined
  ring(ringMs: number): Promise<void>
  /** Picks up: the callback and the media stream come at the same time. */
  answer(onMedia: FakeMediaOptions['onMedia']): Promise<void>
  detected(answeredBy: string): Promise<void>
  end(status: string, ending?: Ending): Promise<void>
}

/** The ends of the wire that every call shares. */
export type Wire = Pick<FakeMediaOptions, 'ticker' | 'frames' | 'deltas'>

/** A call as `POST Calls.json` asks for it; nothing happens by itself. */
export const createCallee = (form: URLSearchParams, wire: Wire, onProblem: (error: unknown) => void): FakeCallee => {
  const field = (name: string): string => form.get(name) ?? ''
  const callSid = `CA${randomBytes(16).toString('hex')}`
  const [to, from] = [field('To'), field('From')]
  const mediaUrl = /<Stream url="([^"]+)"/.exec(field('Twiml'))?.[1]
  if (mediaUrl === undefined) throw new Error('The request for a call connects no stream.')
  const known = { CallSid: callSid, AccountSid: ACCOUNT_SID, From: from, To: to, Direction: 'outbound-api' }
  let status = 'queued'
  let toldTimes = 0
  let endedAt: number | undefined
  let media: FakeMedia | undefined

  /** Our side has closed the stream: what comes next is asked for, and there is nothing but the end. */
  const askNext = async (): Promise<void> => {
    if (isOver()) return
    const next = /<Connect action="([^"]+)"/.exec(field('Twiml'))?.[1]
    if (next !== undefined) await postAsTwilio(AUTH_TOKEN, next, { ...known, CallStatus: status })
    await callee.end('completed')
  }
  const tell = async (): Promise<void> => {
    const more = {
      ...known,
      CallStatus: status,
      SequenceNumber: String(toldTimes++),
      CallbackSource: 'call-progress-events',
    }
    await postAsTwilio(AUTH_TOKEN, field('StatusCallback'), more)
  }
  const isOver = (): boolean => endedAt !== undefined

  const callee: FakeCallee = {
    index: calleeIndex(to),
    callSid,
    to,
    from,
    createdAt: new Date(),
    placedAt: performance.now(),
    get status() {
      return status
    },
    get endedAt() {
      return endedAt
    },
    get media() {
      return media
    },
    async ring(ringMs) {
      for (const next of ['initiated', 'ringing']) {
        await wait(DIALLING_MS)
        if (isOver()) return
        status = next
        await tell()
      }
      await wait(ringMs)
    },
    async answer(onMedia) {
      if (isOver()) return
      status = 'in-progress'
      const index = calleeIndex(to)
      const connecting = connectMedia({
        ...wire,
        index,
        mediaUrl,
        callSid,
        onMedia,
        authToken: AUTH_TOKEN,
        accountSid: ACCOUNT_SID,
      })
      const told = tell()
      media = await connecting
      void media.closed.then(askNext).catch(onProblem)
      // They, or we, have hung up at the very moment.
      if (isOver()) media.hangUp()
      await told
    },
    detected: async (answeredBy) => {
      if (isOver()) return
      await postAsTwilio(AUTH_TOKEN, field('AsyncAmdStatusCallback'), { ...known, AnsweredBy: answeredBy })
    },
    async end(last, { cut = false, untold = false } = {}) {
      if (isOver()) return
      status = last
      endedAt = performance.now()
      if (cut) media?.cut()
      else media?.hangUp()
      if (!untold) await tell()
    },
  }
  return callee
}
