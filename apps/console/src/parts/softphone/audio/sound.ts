import { createLineAudio, type FromAudio, type ToAudio } from './line-audio.ts'
// Emitted as a file of its own: the page's policy takes no other.
// oxlint-disable-next-line import/default
import workletUrl from './line-worklet.ts?worker&url'
import { LINE_RATE } from './ulaw.ts'

/** The sound of this device while a call is up. */
export interface Sound {
  readonly rate: number
  /** The browser waits for a click before it plays anything. */
  readonly isWaiting: boolean
  send(message: ToAudio): void
  /** Told whenever the sound stands still, or goes on. */
  onWaiting(told: (isWaiting: boolean) => void): void
  /** To be called in a click, when {@link isWaiting}. */
  resume(): Promise<void>
  /** Replaces the microphone; none is silence. Throws where the engine cannot take it at this rate. */
  connect(stream: MediaStream | undefined): void
  /** Chooses where the sound comes out; false where that is not possible. */
  setOutput(deviceId: string): Promise<boolean>
  /** The tone of a key, for the ear only. */
  playKey(key: string): void
  close(): void
}

/** Set to `device` in the browser's storage, the device's own rate is used even where 8 kHz would do: for trying it out. */
const RATE_KEY = 'llc.softphone.rate'

/** A browser that plays nothing without a click does not answer at all. */
const RESUMES_WITHIN_MS = 400

/** Of an engine without worklets: pages over plain HTTP have none. */
const PROCESSOR_SAMPLES = 1024

const ROWS = [697, 770, 852, 941]
const COLUMNS = [1209, 1336, 1477]
const KEYS = '123456789*0#'

const later = async (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))

const connectWorklet = async (ctx: AudioContext, take: (message: FromAudio) => void) => {
  await ctx.audioWorklet.addModule(workletUrl)
  const node = new AudioWorkletNode(ctx, 'line', {
    outputChannelCount: [1],
    channelCount: 1,
    channelCountMode: 'explicit',
  })
  node.port.addEventListener('message', ({ data }: MessageEvent<FromAudio>) => take(data))
  node.port.start()
  return {
    node: node as AudioNode,
    send: (message: ToAudio) => node.port.postMessage(message, 'bytes' in message ? [message.bytes.buffer] : []),
  }
}

const connectProcessor = (ctx: AudioContext, take: (message: FromAudio) => void) => {
  const node = ctx.createScriptProcessor(PROCESSOR_SAMPLES, 1, 1)
  const audio = createLineAudio(ctx.sampleRate, take)
  node.addEventListener('audioprocess', ({ inputBuffer, outputBuffer }) =>
    audio.process(inputBuffer.getChannelData(0), outputBuffer.getChannelData(0)),
  )
  return { node: node as AudioNode, send: audio.take }
}

const openAt = async (rate: number | undefined, take: (message: FromAudio) => void): Promise<Sound> => {
  const ctx = new AudioContext({ latencyHint: 'interactive', ...(rate ? { sampleRate: rate } : {}) })
  const { node, send } = (ctx as { audioWorklet?: AudioWorklet }).audioWorklet
    ? await connectWorklet(ctx, take)
    : connectProcessor(ctx, take)
  node.connect(ctx.destination)
  let source: MediaStreamAudioSourceNode | undefined
  const resume = async (): Promise<void> => Promise.race([ctx.resume(), later(RESUMES_WITHIN_MS)])
  await resume()
  return {
    rate: ctx.sampleRate,
    get isWaiting() {
      return ctx.state !== 'running'
    },
    send,
    onWaiting: (told) => ctx.addEventListener('statechange', () => told(ctx.state !== 'running')),
    resume,
    connect(stream) {
      source?.disconnect()
      source = undefined
      if (!stream) return
      source = ctx.createMediaStreamSource(stream)
      source.connect(node)
    },
    async setOutput(deviceId) {
      const { setSinkId } = ctx as { setSinkId?: (id: string) => Promise<void> }
      if (!setSinkId) return false
      return setSinkId.call(ctx, deviceId).then(
        () => true,
        () => false,
      )
    },
    playKey(key) {
      const index = KEYS.indexOf(key)
      if (index < 0) return
      const gain = ctx.createGain()
      gain.gain.value = 0.08
      gain.connect(ctx.destination)
      for (const frequency of [ROWS[Math.floor(index / 3)]!, COLUMNS[index % 3]!]) {
        const tone = ctx.createOscillator()
        tone.frequency.value = frequency
        tone.connect(gain)
        tone.start()
        tone.stop(ctx.currentTime + 0.14)
      }
    },
    close() {
      source?.disconnect()
      node.disconnect()
      void ctx.close()
    },
  }
}

/**
 * Opens the sound at 8 kHz. Where the browser has another rate all the same, or does not mix the rate of the microphone with
 * ours, at the device's own: then the audio is resampled on our side.
 */
export const openSound = async (
  stream: MediaStream | undefined,
  take: (message: FromAudio) => void,
): Promise<Sound> => {
  if (localStorage.getItem(RATE_KEY) !== 'device') {
    const sound = await openAt(LINE_RATE, take).catch(() => undefined)
    try {
      sound?.connect(stream)
      if (sound) return sound
    } catch {
      sound?.close()
    }
  }
  const sound = await openAt(undefined, take)
  sound.connect(stream)
  return sound
}

/** The sound of an audio file, in any form that the browser reads, as one channel of 8 kHz. Throws on what is no audio. */
export const readAudioFile = async (file: Blob): Promise<Float32Array<ArrayBuffer>> => {
  const bytes = await file.arrayBuffer()
  // Decodes and resamples at once, without a device.
  const buffer = await new OfflineAudioContext(1, 1, LINE_RATE).decodeAudioData(bytes)
  const mixed = new Float32Array(buffer.length)
  for (let channel = 0; channel < buffer.numberOfChannels; channel++) {
    const samples = buffer.getChannelData(channel)
    for (let at = 0; at < mixed.length; at++) mixed[at]! += samples[at]! / buffer.numberOfChannels
  }
  return mixed
}
