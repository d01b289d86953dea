/** The softphone's end of a line: whatever socket it has at the moment, and what it may send. */
import type { WebSocket } from 'ws'
import type { Handset } from './line.ts'
import type { FromSoftphone, ToSoftphone } from './line-protocol.ts'
import { createMicrophoneQueue } from './microphone-queue.ts'
import { readMessage } from './softphone-message.ts'

/** How long a call waits for its softphone to come back, in ms. */
export const KEPT_MS = 4000

/** A page whose machine sleeps, or whose network is gone, does not say so: it is asked. */
const ASK_EVERY_MS = 5_000

/** What does not leave by then is not read any more: the page stands still, or the network does. */
const CONGESTED_BYTES = 1_000_000

/** Messages a second, on average, and at once: a microphone sends 50, and after a stall two seconds of them. */
const AUDIO = { perSecond: 60, most: 150 }
/** A `clear` brings back every mark that was waiting. */
const OTHERS = { perSecond: 100, most: 1000 }
/** Messages of one socket that were left out before it is closed. */
const MOST_LEFT_OUT = 1000

/** What a softphone does; times of audio are the line's. */
export interface SoftphoneEvents {
  /** Everything but audio and marks. */
  received(message: Exclude<FromSoftphone, { event: 'media' | 'mark' }>): void
  /** A socket is there: the first, or another one. */
  attached(): void
  /** Nobody came, or came back, in time, or what came was no softphone. */
  gone(why: string): void
}

/** A softphone. */
export interface Softphone extends Handset {
  /** Takes a socket, in place of one that may be there. */
  attach(socket: WebSocket): void
  send(message: ToSoftphone): void
  readonly isThere: boolean
  /** Closes the socket; nothing is told any more. */
  close(): void
}

/** A softphone without a socket yet: the first one must come in time too, or a call would go on that nobody hears. */
export function createSoftphone(events: SoftphoneEvents): Softphone {
  const microphone = createMicrophoneQueue()
  const markListeners = new Set<(id: string) => void>()
  let socket: WebSocket | undefined
  let isOver = false
  const waitForSocket = (why: string): NodeJS.Timeout => setTimeout(() => events.gone(why), KEPT_MS)
  let lost = waitForSocket('no softphone came')

  const send = (message: ToSoftphone): void => {
    if (socket?.readyState !== 1) return
    if (socket.bufferedAmount > CONGESTED_BYTES) return socket.terminate()
    socket.send(JSON.stringify(message))
  }
  const play = (audio: Buffer): void => send({ event: 'media', media: { payload: audio.toString('base64') } })

  const take = (message: FromSoftphone): void => {
    if (message.event === 'media') return microphone.push(Buffer.from(message.media.payload, 'base64'))
    if (message.event !== 'mark') return events.received(message)
    for (const listener of markListeners) listener(message.mark.name)
  }

  const drop = (from: WebSocket): void => {
    if (socket !== from || isOver) return
    socket = undefined
    lost = waitForSocket('the softphone was lost')
  }

  const read = (from: WebSocket): void => {
    const audio = createAllowance(AUDIO)
    const others = createAllowance(OTHERS)
    const told = new Set<string>()
    let leftOut = 0
    let hasAnswered = true
    const asking = setInterval(() => {
      if (!hasAnswered) return from.terminate()
      hasAnswered = false
      from.ping()
    }, ASK_EVERY_MS).unref()
    from.on('pong', () => (hasAnswered = true))
    const leaveOut = (code: string, message: string): void => {
      if (!told.has(message)) send({ event: 'problem', code, message })
      told.add(message)
      if (++leftOut < MOST_LEFT_OUT) return
      // Nothing of it is read any more, however long it takes to close.
      socket = undefined
      from.close(1008, 'no softphone')
      events.gone('what came over the line was no softphone')
    }
    from.on('message', (data, isBinary) => {
      if (socket !== from || isOver) return
      const message = isBinary ? 'A binary message was left out.' : readMessage((data as Buffer).toString())
      const allowance = typeof message !== 'string' && message.event === 'media' ? audio : others
      if (!allowance())
        return leaveOut('line_flooded', 'More came over the line than a softphone sends; it was left out.')
      if (typeof message === 'string') return leaveOut('frame_invalid', message)
      take(message)
    })
    from.on('error', () => from.terminate())
    from.on('close', () => {
      clearInterval(asking)
      drop(from)
    })
  }

  return {
    send,
    attach(next) {
      // Whoever comes back to a call that is over would hold a socket that nobody closes.
      if (isOver) return next.close(1000)
      clearTimeout(lost)
      const before = socket
      socket = next
      before?.close(1000)
      read(next)
      events.attached()
    },
    readMouth: () => microphone.read(),
    hear: play,
    ear: {
      play,
      mark: (name) => send({ event: 'mark', mark: { name } }),
      clear: () => send({ event: 'clear' }),
      get isThere() {
        return socket !== undefined
      },
      onMark(listener) {
        markListeners.add(listener)
        return () => void markListeners.delete(listener)
      },
    },
    get isThere() {
      return socket !== undefined
    },
    close() {
      isOver = true
      clearTimeout(lost)
      socket?.close(1000)
    },
  }
}

/** A bucket that is refilled: true when one more is allowed. */
function createAllowance({ perSecond, most }: { perSecond: number; most: number }): () => boolean {
  let left = most
  let atMs = performance.now()
  return () => {
    const nowMs = performance.now()
    left = Math.min(most, left + ((nowMs - atMs) * perSecond) / 1000)
    atMs = nowMs
    if (left < 1) return false
    left--
    return true
  }
}
