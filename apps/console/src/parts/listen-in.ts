import { decodeUlaw } from './softphone/audio/ulaw.ts'

/** How listening goes. */
export type Listening =
  | { readonly state: 'connecting' }
  | { readonly state: 'listening'; readonly caller: number; readonly assistant: number }
  | { readonly state: 'ended'; readonly why: string }

/** Both tracks of a block of `GET /calls/ID/listen`. */
export interface HeardBlock {
  readonly atMs: number
  readonly caller: Uint8Array
  readonly assistant: Uint8Array
}

const HEADER_BYTES = 4
const RATE = 8_000
/** Gathered before playing, and again after a gap, so that blocks that come late are not heard as gaps. */
const AHEAD_S = 0.15
/** Blocks that wait longer than this are left out: the page was asleep. */
const MOST_AHEAD_S = 1.5

const WHY: Readonly<Record<number, string>> = {
  1000: 'The call is over.',
  1001: 'The gateway stops.',
  4003: 'You may not listen any more.',
  4008: 'Your connection is too slow to listen.',
}

/** Reads a message of the gateway. */
export const blockOf = (message: ArrayBuffer): HeardBlock => {
  const half = (message.byteLength - HEADER_BYTES) >> 1
  return {
    atMs: new DataView(message).getUint32(0),
    caller: new Uint8Array(message, HEADER_BYTES, half),
    assistant: new Uint8Array(message, HEADER_BYTES + half, half),
  }
}

/** The loudest of a track, from 0 to 1. */
export const levelOf = (track: Uint8Array): number =>
  track.reduce((most, byte) => Math.max(most, Math.abs(decodeUlaw(byte))), 0)

/** When a block is to be played, after those before it; `undefined`: it is left out. */
export const placeOf = (nextS: number, nowS: number): number | undefined => {
  if (nextS < nowS) return nowS + AHEAD_S
  return nextS - nowS > MOST_AHEAD_S ? undefined : nextS
}

/**
 * The address of a call's audio at the instance that serves the call: others send a request there, which browsers do not follow
 * for a WebSocket.
 */
const addressOf = async (callId: string): Promise<URL> => {
  const path = `/calls/${encodeURIComponent(callId)}/`
  // Whatever is wrong, the WebSocket finds out too.
  const at = await fetch(`${path}routes`).then(
    ({ url }) => url,
    () => '',
  )
  const url = new URL(`${at.endsWith(`${path}routes`) ? at.slice(0, -'routes'.length) : path}listen`, location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url
}

/** Plays a live call, the caller at the left and the assistant at the right. Call it by a click. Returns how to stop. */
export const listenIn = (callId: string, tell: (now: Listening) => void): (() => void) => {
  const context = new AudioContext({ sampleRate: RATE, latencyHint: 'interactive' })
  let socket: WebSocket | undefined
  let nextS = 0
  let isOver = false

  const end = (why: string): void => {
    if (isOver) return
    isOver = true
    socket?.close()
    void context.close()
    tell({ state: 'ended', why })
  }

  const play = ({ caller, assistant }: HeardBlock): void => {
    const at = placeOf(nextS, context.currentTime)
    if (at === undefined || caller.length === 0) return
    const sound = context.createBuffer(2, caller.length, RATE)
    sound.copyToChannel(Float32Array.from(caller, decodeUlaw), 0)
    sound.copyToChannel(Float32Array.from(assistant, decodeUlaw), 1)
    const source = context.createBufferSource()
    source.buffer = sound
    source.connect(context.destination)
    source.start(at)
    nextS = at + caller.length / RATE
  }

  tell({ state: 'connecting' })
  void addressOf(callId).then((url) => {
    if (isOver) return
    socket = new WebSocket(url)
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
      const block = blockOf(data)
      play(block)
      tell({ state: 'listening', caller: levelOf(block.caller), assistant: levelOf(block.assistant) })
    })
    socket.addEventListener('close', ({ code }) => end(WHY[code] ?? 'The connection was lost.'))
  })
  return () => end('')
}
