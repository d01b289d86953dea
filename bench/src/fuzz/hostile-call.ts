import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { WebSocket } from 'ws'
import { ACCOUNT_SID, AUTH_TOKEN } from '../process/gateway-env.ts'
import { postAsTwilio } from '../world/post-as-twilio.ts'
import { hostileFrame, mannersOf, opening } from './hostile-frames.ts'
import type { Random } from './random.ts'
import { sendMessage, untilRead } from './send-message.ts'

const BATCH = 20
/** A gateway that has not closed the socket by then never will. */
const CLOSE_LIMIT_MS = 10_000

export interface HostileCallOptions {
  readonly origin: string
  /** The number rung. */
  readonly dialled: string
  /** Frames to send, unless the gateway closes the socket first. */
  readonly frames: number
  readonly random: Random
  onFrame(): void
  /** Something that the gateway must not do. */
  onFault(what: string): void
}

const hexOf = (random: Random): string =>
  Array.from({ length: 4 }, () =>
    random
      .below(2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('')

/** One call of a Twilio that does not keep to its protocol: webhook, media stream, and one of many ends. */
export const placeHostileCall = async (options: HostileCallOptions): Promise<void> => {
  const { origin, dialled, frames, random, onFault } = options
  const callSid = `CA${hexOf(random)}`
  const from = `+1415555${String(1_000 + random.below(9_000))}`
  const form = { CallSid: callSid, AccountSid: ACCOUNT_SID, From: from, To: dialled, Direction: 'inbound' }
  const post = (path: string, fields: Record<string, string>): Promise<string> =>
    postAsTwilio(AUTH_TOKEN, `${origin}${path}`, { ...form, ...fields })

  const twiml = await post('/twiml', { CallStatus: 'ringing' })
  const mediaUrl = /<Stream url="([^"]+)"/.exec(twiml)?.[1]
  if (mediaUrl !== undefined) await stream(mediaUrl)
  // Whatever has happened to the stream, Twilio asks what comes next, and tells when it is over.
  if (random.chance(0.8)) {
    const next = await post('/twilio/after-stream', { CallStatus: 'in-progress' })
    if (!next.startsWith('<?xml')) onFault(`/twilio/after-stream answered with ${next.slice(0, 200)}`)
  }
  await post('/twilio/status', { CallStatus: 'completed', CallDuration: '1' })

  async function stream(url: string): Promise<void> {
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      headers: { 'x-twilio-signature': getExpectedTwilioSignature(AUTH_TOKEN, url, {}) },
    })
    const closed = once(socket, 'close')
    socket.on('error', () => socket.terminate())
    await Promise.race([once(socket, 'open'), closed])
    const isOpen = (): boolean => socket.readyState === WebSocket.OPEN
    const names = { accountSid: ACCOUNT_SID, callSid, streamSid: `MZ${hexOf(random)}` }
    const manners = mannersOf(random)
    for (const message of opening(names, random)) if (isOpen()) sendMessage(socket, message)
    for (let index = 0; index < frames && isOpen();) {
      for (const end = Math.min(frames, index + BATCH); index < end && isOpen(); index++) {
        sendMessage(socket, hostileFrame(names, index, manners, random))
        options.onFrame()
      }
      await untilRead(socket)
    }
    hangUp(socket, names.streamSid)
    if ((await Promise.race([closed, wait(CLOSE_LIMIT_MS)])) === undefined) {
      onFault('the media socket of a call that was over stayed open')
      socket.terminate()
    }
  }

  function hangUp(socket: WebSocket, streamSid: string): void {
    if (socket.readyState !== WebSocket.OPEN) return
    switch (random.below(4)) {
      case 0:
        return socket.terminate()
      case 1:
        return socket.close(random.pick([1000, 1001, 1011, 4000]))
      case 2:
        socket.send(JSON.stringify({ event: 'stop', streamSid, stop: { accountSid: ACCOUNT_SID, callSid } }))
        return undefined
      default:
        socket.send(JSON.stringify({ event: 'stop', streamSid }))
        return socket.close()
    }
  }
}
