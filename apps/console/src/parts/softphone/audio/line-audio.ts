import { createPlayQueue } from './play-queue.ts'
import { createResampler } from './resampler.ts'
import { decodeUlaw, encodeUlaw, FRAME_BYTES, LINE_RATE, SILENCE } from './ulaw.ts'

/** From the page to whatever carries the audio. */
export type ToAudio =
  | { readonly type: 'media'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: 'mark'; readonly name: string }
  | { readonly type: 'clear' }
  /** Muted: frames of silence go on. */
  | { readonly type: 'mute'; readonly isOn: boolean }
  /** The microphone is silent while the other side is heard. */
  | { readonly type: 'takeTurns'; readonly isOn: boolean }
  /** μ-law to be spoken in place of the microphone, in real time. */
  | { readonly type: 'speak'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: 'stopSpeaking' }
  /** Gathers what the microphone hears for so many samples of 8 kHz, muted or not. */
  | { readonly type: 'record'; readonly samples: number }

/** And back. */
export type FromAudio =
  | { readonly type: 'frame'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: 'mark'; readonly name: string }
  /** Ten times a second, root mean squares between 0 and 1: what goes into the line, and what comes out of it. */
  | { readonly type: 'levels'; readonly you: number; readonly them: number }
  | { readonly type: 'spoken' }
  | { readonly type: 'recorded'; readonly sound: Float32Array<ArrayBuffer> }

/** The audio of a call, apart from the engine that runs it. */
export interface LineAudio {
  take(message: ToAudio): void
  /** One quantum: what the microphone has heard, if there is one, and what the ear is to hear, both at the engine's rate. */
  process(heard: Float32Array | undefined, ear: Float32Array): void
}

const LEVEL_EVERY = LINE_RATE / 10
/** How long the room goes on sounding after the last sample, in samples. */
const ROOM_TAIL = LINE_RATE / 4
const PULL = 8

const createMeter = () => {
  let sum = 0
  return {
    add: (sample: number): void => void (sum += sample * sample),
    take(): number {
      const level = Math.sqrt(sum / LEVEL_EVERY)
      sum = 0
      return level
    },
  }
}

/** Packs what is spoken into frames of 20 ms and plays what comes from the line, at any rate (Hz) of the engine. */
export const createLineAudio = (rate: number, post: (message: FromAudio) => void): LineAudio => {
  const queue = createPlayQueue((name) => post({ type: 'mark', name }))
  const down = rate === LINE_RATE ? undefined : createResampler(rate, LINE_RATE)
  const up = rate === LINE_RATE ? undefined : createResampler(LINE_RATE, rate)
  const you = createMeter()
  const them = createMeter()
  let frame = new Uint8Array(FRAME_BYTES)
  let filled = 0
  let measured = 0
  let isMuted = false
  let takesTurns = false
  let quietFor = ROOM_TAIL
  let spoken: { readonly bytes: Uint8Array; at: number }[] = []
  let recording: { readonly sound: Float32Array<ArrayBuffer>; at: number } | undefined
  let surplus: Float32Array = new Float32Array(0)

  const nextSpoken = (): number | undefined => {
    const [first] = spoken
    if (!first) return undefined
    const byte = first.bytes[first.at++]
    if (first.at >= first.bytes.length) {
      spoken.shift()
      if (spoken.length === 0) post({ type: 'spoken' })
    }
    return byte
  }

  const record = (sample: number): void => {
    if (!recording) return
    recording.sound[recording.at++] = sample
    if (recording.at < recording.sound.length) return
    post({ type: 'recorded', sound: recording.sound })
    recording = undefined
  }

  const speak = (sample: number): void => {
    record(sample)
    const isSilent = isMuted || (takesTurns && quietFor < ROOM_TAIL)
    const byte = nextSpoken() ?? (isSilent ? SILENCE : encodeUlaw(sample))
    you.add(decodeUlaw(byte))
    frame[filled++] = byte
    if (filled === FRAME_BYTES) {
      post({ type: 'frame', bytes: frame })
      frame = new Uint8Array(FRAME_BYTES)
      filled = 0
    }
    if (++measured < LEVEL_EVERY) return
    measured = 0
    post({ type: 'levels', you: you.take(), them: them.take() })
  }

  const readLine = (out: Float32Array): void => {
    const isHeard = queue.waiting > 0
    queue.read(out)
    quietFor = isHeard ? 0 : Math.min(ROOM_TAIL, quietFor + out.length)
    for (const sample of out) them.add(sample)
  }

  const readEar = (ear: Float32Array): void => {
    if (!up) return readLine(ear)
    let count = 0
    while (count < ear.length) {
      if (surplus.length === 0) {
        const piece = new Float32Array(PULL)
        readLine(piece)
        surplus = up.push(piece)
      }
      const take = Math.min(ear.length - count, surplus.length)
      ear.set(surplus.subarray(0, take), count)
      surplus = surplus.subarray(take)
      count += take
    }
  }

  return {
    take(message) {
      if (message.type === 'media') queue.media(message.bytes)
      else if (message.type === 'mark') queue.mark(message.name)
      else if (message.type === 'clear') queue.clear()
      else if (message.type === 'mute') isMuted = message.isOn
      else if (message.type === 'takeTurns') takesTurns = message.isOn
      else if (message.type === 'speak' && message.bytes.length > 0) spoken.push({ bytes: message.bytes, at: 0 })
      else if (message.type === 'stopSpeaking') spoken = []
      else if (message.type === 'record') recording = { sound: new Float32Array(message.samples), at: 0 }
    },
    process(heard, ear) {
      readEar(ear)
      const sound = heard ?? new Float32Array(ear.length)
      for (const sample of down ? down.push(sound) : sound) speak(sample)
    },
  }
}
