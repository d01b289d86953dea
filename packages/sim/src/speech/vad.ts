/** Voice activity detection on 20 ms μ-law frames: the WebRTC detector, in WebAssembly. */
/* oxlint-disable eslint/no-underscore-dangle -- the WebAssembly module names its functions so */
import { decodeUlaw } from '@llc-phone/virtual-carrier/ulaw'

/** Tells speech from the rest, frame by frame; it adapts to the noise it has heard. */
export interface Vad {
  /** Judges 160 bytes of μ-law (20 ms at 8 kHz); frames must come in order. */
  isSpeech(ulawFrame: Uint8Array): boolean
  close(): void
}

interface FvadModule {
  HEAP16: Int16Array
  _fvad_new(): number
  _fvad_free(vad: number): void
  _fvad_set_mode(vad: number, mode: number): number
  _fvad_set_sample_rate(vad: number, rate: number): number
  _fvad_process(vad: number, samples: number, length: number): number
  _malloc(bytes: number): number
  _free(at: number): void
}

const FRAME_SAMPLES = 160

let loading: Promise<FvadModule> | undefined

async function loadFvad(): Promise<FvadModule> {
  // The package has no types; the names above are those of libfvad.
  // @ts-expect-error untyped module
  const { default: start } = (await import('@echogarden/fvad-wasm')) as { default: () => Promise<FvadModule> }
  return start()
}

/** A detector of its own for one stream; `aggressiveness` 0 (calls much speech) to 3 (calls little speech), default 3. */
export async function createVad({ aggressiveness = 3 }: { aggressiveness?: 0 | 1 | 2 | 3 } = {}): Promise<Vad> {
  const fvad = await (loading ??= loadFvad())
  const vad = fvad._fvad_new()
  const at = fvad._malloc(FRAME_SAMPLES * 2)
  fvad._fvad_set_mode(vad, aggressiveness)
  fvad._fvad_set_sample_rate(vad, 8000)
  let closed = false
  return {
    isSpeech(ulawFrame) {
      if (ulawFrame.length !== FRAME_SAMPLES) throw new RangeError(`A frame has 160 bytes, not ${ulawFrame.length}`)
      if (closed) throw new Error('The detector is closed')
      // The heap view changes when the module's memory grows, so it is read anew each time.
      fvad.HEAP16.set(decodeUlaw(ulawFrame), at >> 1)
      return fvad._fvad_process(vad, at, FRAME_SAMPLES) === 1
    },
    close() {
      if (closed) return
      closed = true
      fvad._free(at)
      fvad._fvad_free(vad)
    },
  }
}
