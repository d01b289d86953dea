/** One run of `<Start><Stream>`: a copy of the call's audio to a gateway that only listens. */
import { FRAME_MS } from './frame-clock.ts'
import type { Line } from './line.ts'
import { openMediaSocket, type MediaSocketOptions, type StreamEnd } from './media-socket.ts'
import { startOf, type StreamIdentity } from './stream-start.ts'

/** What a one-way stream needs to know. */
interface ForkOptions extends MediaSocketOptions, StreamIdentity {
  /** By which `<Stop>` finds it. */
  name: string | undefined
  /** `inbound`: what the person says; `outbound`: what they hear. */
  tracks: readonly ('inbound' | 'outbound')[]
  line: Line
  warn(code: number, message: string): void
}

/** A running one-way stream. */
export interface Fork {
  readonly name: string | undefined
  readonly streamSid: string
  readonly ended: Promise<StreamEnd>
  stop(): void
}

/** Opens the socket and copies from now on. */
export function openFork(options: ForkOptions): Fork {
  const { line, streamSid, tracks, opening } = options
  let leaveLine: () => void = () => {}
  let wasWarned = false

  const copy = (track: 'inbound' | 'outbound') => {
    let chunk = 0
    return (frame: Buffer): void => {
      const timestamp = String(opening.firstTimestampMs + FRAME_MS * chunk)
      chunk++
      socket.send({
        event: 'media',
        media: { track, chunk: String(chunk), timestamp, payload: frame.toString('base64') },
      })
    }
  }
  const socket = openMediaSocket(options, {
    opened() {
      socket.sendBare({ event: 'connected', protocol: 'Call', version: '1.0.0' })
      socket.send({ event: 'start', start: startOf(options, tracks) })
      options.log({ type: 'media-start', streamSid })
      const stops = tracks.map((track) => (track === 'inbound' ? line.onFrame : line.onHeard)(copy(track)))
      leaveLine = () => {
        for (const stop of stops) stop()
      }
    },
    received() {
      if (!wasWarned) options.warn(31951, 'Invalid message: a one-way stream takes none')
      wasWarned = true
    },
    leave: () => leaveLine(),
  })
  return { name: options.name, streamSid, ended: socket.ended, stop: socket.stop }
}
