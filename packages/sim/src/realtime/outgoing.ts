/** What leaves a session, with the faults that go by how many pieces of audio were sent. */
import type { WebSocket } from 'ws'
import type { Dialect } from './dialects.ts'
import type { Faults } from './faults.ts'
import { newId, type WireEvent } from './protocol.ts'
import type { SessionLog } from './session-log.ts'

/** The session that the events are of. */
export interface OutgoingOptions {
  socket: WebSocket
  dialect: Dialect
  log: SessionLog
  faults(): Faults
  isClosed(): boolean
  /** A timer that ends with the session. */
  after(ms: number, action: () => void): unknown
  drop(code: number, reason: string): void
}

/** Encodes, logs and sends events. */
export interface Outgoing {
  send(event: WireEvent): void
  readonly hasSpoken: boolean
}

const MEANINGLESS = '{"type":"server.thought","event_id":"event_x"}'

/** Sends to `socket` until the session is closed. */
export function createOutgoing({ socket, dialect, log, faults, isClosed, after, drop }: OutgoingOptions): Outgoing {
  const broken = new Set<unknown>()
  let deltas = 0
  /** What is kept back while the peer is frozen. */
  let held: string[] | undefined
  let isFreezing = false

  const isBroken = (responseId: unknown): boolean => {
    const { brokenAudio } = faults()
    const times = typeof brokenAudio === 'object' ? brokenAudio.times : brokenAudio ? Number.POSITIVE_INFINITY : 0
    if (broken.size < times) broken.add(responseId)
    return broken.has(responseId)
  }

  function freeze(forMs: number | undefined) {
    isFreezing = true
    held = []
    socket.pause()
    if (forMs === undefined) return
    after(forMs, () => {
      const late = held ?? []
      held = undefined
      for (const text of late) socket.send(text)
      socket.resume()
    })
  }

  return {
    get hasSpoken() {
      return deltas > 0
    },
    send(event) {
      const isAudio = event.type === 'response.output_audio.delta'
      const whole = isAudio && isBroken(event['response_id']) ? { ...event, delta: '<not base64>' } : event
      const wire = dialect.encode({ event_id: newId('event'), ...whole })
      const { dropAfterDeltas, freezeAfterDeltas, floodEvents = 0, ...rest } = faults()
      if (!wire || isClosed() || deltas >= (rest.stallAfterDeltas ?? Number.POSITIVE_INFINITY)) return
      log.add('server', wire)
      const text = JSON.stringify(wire)
      if (held) held.push(text)
      else socket.send(text)
      if (!isAudio) return
      deltas++
      if (deltas === 1) for (let sent = 0; sent < floodEvents; sent++) socket.send(MEANINGLESS)
      if (freezeAfterDeltas && deltas >= freezeAfterDeltas.deltas && !isFreezing) freeze(freezeAfterDeltas.forMs)
      if (dropAfterDeltas && deltas >= dropAfterDeltas.deltas) drop(dropAfterDeltas.code, 'fault on request')
    },
  }
}
