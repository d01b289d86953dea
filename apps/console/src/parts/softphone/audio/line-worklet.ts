import { createLineAudio, type ToAudio } from './line-audio.ts'

// What an AudioWorkletGlobalScope has: TypeScript's library has no file for it.
declare const sampleRate: number
declare const registerProcessor: (name: string, processor: unknown) => void
declare const AudioWorkletProcessor: new () => { readonly port: MessagePort }

// A class, because that is what the browser takes.
registerProcessor(
  'line',
  class extends AudioWorkletProcessor {
    private readonly audio = createLineAudio(sampleRate, (message) =>
      this.port.postMessage(message, message.type === 'frame' ? [message.bytes.buffer] : []),
    )

    constructor() {
      super()
      this.port.addEventListener('message', ({ data }: MessageEvent<ToAudio>) => this.audio.take(data))
      this.port.start()
    }

    process([heard]: Float32Array[][], [ear]: Float32Array[][]): boolean {
      if (ear?.[0]) this.audio.process(heard?.[0], ear[0])
      return true
    }
  },
)
