import type { CallSession } from '@llc-phone/core'
import type { FakeClock } from '@llc-phone/core/testing/fake-clock'
import { linkedSockets, type LinkedSocket } from '@llc-phone/core/testing/linked-sockets'

/** The carrier's end of a call without a carrier: it plays what it is sent, in the time of the call, and says what was heard. */
export interface Line {
  /** Joins the call's media, once more if it has been away. */
  connect(session: CallSession, claim: (token: string) => CallSession | undefined, token?: string): void
  readonly isConnected: boolean
  /** Something is still to be heard. */
  readonly isPlaying: boolean
  /** Lets this much of the call's time pass; `speaking`: with the caller's voice on the line. */
  pass(ms: number, speaking?: boolean): Promise<void>
  press(digit: string): void
  hangUp(): void
}

const STEP_MS = 20
/** Loud enough to be a voice; what it says comes in writing. */
const VOICE = Buffer.alloc(STEP_MS * 8, 0x10).toString('base64')

interface Frame {
  readonly event: string
  readonly media?: { readonly payload: string }
  readonly mark?: object
}

/** A line that has not been connected. */
export const createLine = (clock: FakeClock, legId: string): Line => {
  let far: LinkedSocket | undefined
  let streams = 0
  let streamSid = ''
  let queue: { ms: number; mark?: object | undefined }[] = []

  const say = (frame: object): void => {
    far?.send(JSON.stringify(frame))
    far?.deliver()
  }

  const take = (frame: Frame): void => {
    if (frame.event === 'media') queue.push({ ms: Buffer.from(frame.media!.payload, 'base64').length / 8 })
    else if (frame.event === 'mark') queue.push({ ms: 0, mark: frame.mark })
    else if (frame.event === 'clear') {
      const dropped = queue
      queue = []
      for (const { mark } of dropped) if (mark) say({ event: 'mark', mark })
    }
  }

  const play = (ms: number): void => {
    let left = ms
    for (let next = queue[0]; next && (left > 0 || next.ms === 0); next = queue[0]) {
      const played = Math.min(left, next.ms)
      left -= played
      next.ms -= played
      if (next.ms > 0) return
      queue.shift()
      if (next.mark) say({ event: 'mark', mark: next.mark })
    }
  }

  return {
    connect(session, claim, token = session.mediaToken()) {
      const [near, other] = linkedSockets()
      far = other
      queue = []
      streamSid = `MZ${++streams}`
      other.on('message', (data: Buffer) => {
        if (far === other) take(JSON.parse(data.toString()) as Frame)
      })
      other.on('close', () => {
        if (far !== other) return
        far = undefined
        queue = []
      })
      claim(token)?.attachMedia(near)
      say({ event: 'connected', protocol: 'Call', version: '1.0.0' })
      say({ event: 'start', streamSid, start: { callSid: legId, accountSid: 'AC1', tracks: ['inbound'] } })
    },
    get isConnected() {
      return far !== undefined
    },
    get isPlaying() {
      return queue.some(({ ms }) => ms > 0)
    },
    async pass(ms, speaking = false) {
      for (let passed = 0; passed < ms; passed += STEP_MS) {
        if (speaking)
          say({
            event: 'media',
            streamSid,
            media: { track: 'inbound', timestamp: String(Math.round(clock.now())), payload: VOICE },
          })
        far?.deliver()
        play(Math.min(STEP_MS, ms - passed))
        // oxlint-disable-next-line no-await-in-loop -- time passes in order
        await clock.advance(Math.min(STEP_MS, ms - passed))
      }
      far?.deliver()
    },
    press: (digit) => say({ event: 'dtmf', dtmf: { track: 'inbound_track', digit } }),
    hangUp() {
      say({ event: 'stop' })
      far?.close(1000)
      far?.deliver()
    },
  }
}
