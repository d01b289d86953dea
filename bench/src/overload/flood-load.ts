import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { ACCOUNT_SID } from '../process/gateway-env.ts'
import { connectMedia } from '../world/fake-media.ts'
import { createPayloads } from '../world/payloads.ts'
import { createSamples } from '../world/samples.ts'
import { createTicker } from '../world/ticker.ts'
import type { Flood, FloodResult, FromFlood } from './flood-messages.ts'

// Rings the gateway, many times at once, with as little work of its own as possible: it shares a core with the load whose
// delays are being measured. So the requests are written and signed before, and sent on bare sockets.

const JOINS_AFTER_MS = 500
const GIVES_UP_AFTER_MS = 15_000

const tell = (message: FromFlood): void => void process.send?.(message)
const frames = createPayloads(160)
const deltas = createPayloads(1_600)
const ticker = createTicker(() => {})
/** Each caller has a number of their own, or the limits of one number would be met. */
let callers = 0

const requestOf = ({ origin, authToken, numbers }: Flood) => {
  const index = callers++
  const callSid = `CA${randomBytes(16).toString('hex')}`
  const fields = {
    CallSid: callSid,
    AccountSid: ACCOUNT_SID,
    From: `+1212${String(2_000_000 + index)}`,
    To: numbers[index % numbers.length]!,
    Direction: 'inbound',
    ApiVersion: '2010-04-01',
  }
  const write = (path: string, form: Record<string, string>): Buffer => {
    const body = new URLSearchParams(form).toString()
    const signature = getExpectedTwilioSignature(authToken, `${origin}${path}`, form)
    return Buffer.from(
      `POST ${path} HTTP/1.1\r\nhost: ${new URL(origin).host}\r\nconnection: close\r\nx-twilio-signature: ${signature}\r\n` +
        `content-type: application/x-www-form-urlencoded\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
  }
  return {
    callSid,
    ring: write('/twiml', { ...fields, CallStatus: 'ringing' }),
    over: write('/twilio/status', { ...fields, CallStatus: 'completed', CallDuration: '10' }),
  }
}

const send = (port: number, request: Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    let answer = ''
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => (answer += text))
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
    socket.setTimeout(GIVES_UP_AFTER_MS, () => socket.destroy(new Error('no answer')))
  })

const run = async (flood: Flood): Promise<FloodResult> => {
  const { origin, rings, perSecond, talkMs, authToken } = flood
  const port = Number(new URL(origin).port)
  const requests = Array.from({ length: rings }, () => requestOf(flood))
  const admittedMs = createSamples()
  const refusedMs = createSamples()
  let failed = 0
  let dropped = 0

  const talk = async (mediaUrl: string, { callSid, over }: (typeof requests)[number], index: number): Promise<void> => {
    await wait(JOINS_AFTER_MS)
    const media = await connectMedia({
      index,
      mediaUrl,
      authToken,
      accountSid: ACCOUNT_SID,
      callSid,
      ticker,
      frames,
      deltas,
      onMedia() {},
    })
    const isDropped = await Promise.race([media.closed.then(() => true), wait(talkMs - JOINS_AFTER_MS, false)])
    if (isDropped) dropped++
    else media.hangUp()
    await send(port, over)
  }

  const ring = async (request: (typeof requests)[number], index: number): Promise<void> => {
    const rungAt = performance.now()
    const answer = await send(port, request.ring)
    const took = performance.now() - rungAt
    const mediaUrl = /<Stream url="([^"]+)"/.exec(answer)?.[1]
    if (mediaUrl !== undefined) admittedMs.add(took)
    else if (/<Say [^]*<Dial|<Say [^]*<Record/.test(answer)) refusedMs.add(took)
    else failed++
    if (mediaUrl !== undefined && talkMs > 0) await talk(mediaUrl, request, index)
  }

  const ringing: Promise<void>[] = []
  const begun = performance.now()
  for (const [index, request] of requests.entries()) {
    ringing.push(ring(request, index).catch(() => void failed++))
    const dueMs = perSecond === 0 ? 0 : ((index + 1) * 1_000) / perSecond
    const earlyMs = begun + dueMs - performance.now()
    if (earlyMs > 0) await wait(earlyMs)
  }
  await Promise.all(ringing)
  const [admitted, refused] = [admittedMs.quantiles(), refusedMs.quantiles()]
  return {
    offered: rings,
    admitted: admitted.count,
    refused: refused.count,
    failed,
    dropped,
    admittedMs: admitted,
    refusedMs: refused,
  }
}

process.on('message', (flood: Flood) => {
  run(flood).then(
    (result) => tell({ type: 'rung', result }),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
tell({ type: 'ready' })
