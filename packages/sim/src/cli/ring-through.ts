/** Orders a call from the stand-in for Twilio, which is another process, and passes on what it tells. */
import { WebSocket } from 'ws'
import { isLoopback } from '@llc-phone/virtual-carrier/reach'
import type { ControlEvent, ControlRing } from '../twilio/control.ts'
import { CONTROL_PATH } from '../twilio/control-path.ts'
import { UserError } from './user-error.ts'

/** What is left of a call that was ordered. */
export type Ended = Extract<ControlEvent, { event: 'ended' }>['result']

/** Rings, and resolves when the call is over; rejects with a `UserError` when it cannot be ordered. The first Ctrl-C hangs up. */
export async function ringThrough(
  env: Record<string, string>,
  order: ControlRing,
  onEvent: (event: ControlEvent) => void,
): Promise<Ended> {
  const url = new URL(CONTROL_PATH, env.TWILIO_API_URL)
  const token = env.TWILIO_AUTH_TOKEN!.split(',')[0]!.trim()
  const credentials = Buffer.from(`${env.TWILIO_ACCOUNT_SID}:${token}`).toString('base64')
  const socket = await connect(url, `Basic ${credentials}`)
  const { promise, resolve, reject } = Promise.withResolvers<Ended>()
  // The first Ctrl-C hangs up and still gives the result; the second one ends the command.
  const hangUp = (): void => socket.send(JSON.stringify({ hangup: true }))
  process.once('SIGINT', hangUp)
  socket.on('message', (data) => {
    const event = JSON.parse((data as Buffer).toString()) as ControlEvent
    onEvent(event)
    if (event.event === 'ended') resolve(event.result)
    if (event.event === 'refused') reject(new UserError(event.message))
  })
  socket.on('error', (error) => reject(unreachable(error, url)))
  socket.on('close', () => reject(new UserError('The call was cut off: the stand-in for Twilio went away.')))
  socket.send(JSON.stringify(order))
  try {
    return await promise
  } finally {
    process.off('SIGINT', hangUp)
    socket.close()
  }
}

/** Opens the door of the stand-in. One that speaks TLS hangs up on plain HTTP: then it is asked again in TLS. */
async function connect(url: URL, authorization: string): Promise<WebSocket> {
  try {
    return await open(url, authorization)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET' || url.protocol !== 'http:')
      throw unreachable(error, url)
    const secure = new URL(url.href.replace(/^http:/, 'https:'))
    return open(secure, authorization).catch((again: unknown) => {
      throw unreachable(again, secure)
    })
  }
}

function open(url: URL, authorization: string): Promise<WebSocket> {
  const socket = new WebSocket(url.href.replace(/^http/, 'ws'), {
    headers: { authorization },
    maxPayload: 256 * 1024 * 1024,
    // Its certificate is made anew at every start; on this machine it would prove nothing.
    rejectUnauthorized: !isLoopback(url.hostname),
  })
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      socket.off('error', reject)
      resolve(socket)
    })
    socket.once('error', reject)
  })
}

function unreachable(error: unknown, url: URL): UserError {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ECONNREFUSED') {
    return new UserError(`Nothing listens on ${url.host}. Start \`./phone dev\` in another terminal first.`)
  }
  return new UserError(`Cannot ring through ${url.host}: ${message}. Is it the \`./phone dev\` of this repository?`)
}
