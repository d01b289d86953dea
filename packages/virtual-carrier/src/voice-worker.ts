/** The worker that speaks: flite as a WASI program, one run per sentence. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WASI } from 'node:wasi'
import { parentPort } from 'node:worker_threads'
import { encodeUlaw, resampleTo8k } from '@llc-phone/virtual-carrier/ulaw'
import { readWavPcm } from '@llc-phone/virtual-carrier/wav'
import { findVoice, VOICE_PACKAGE } from './voice-program.ts'
import type { WorkerAnswer } from './worker-calls.ts'

const FRAME = 160
// flite pads sentences with up to 300 ms of silence; a caller's latency would be measured from the wrong end.
const LEAD_FRAMES = 2
const TAIL_FRAMES = 3

// The types of Node leave WebAssembly to those of the browser, which we do not load.
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>
  instantiate(program: object, imports: object): Promise<object>
}

const path = findVoice()
if (path === undefined) throw new Error(`The package ${VOICE_PACKAGE} is not installed.`)
const program = WebAssembly.compile(readFileSync(path))

parentPort?.on('message', ({ id, text, voice }: { id: number; text: string; voice: string }) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  const answer = (rest: Omit<WorkerAnswer, 'id'>) => parentPort?.postMessage({ id, ...rest })
  synthesise(text, voice).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ error: String(error) }),
  )
})

async function synthesise(text: string, voice: string): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'llc-phone-voice-'))
  try {
    const wasi = new WASI({
      version: 'preview1',
      args: ['flite', '-voice', voice, '-t', text, '-o', '/out/speech.wav'],
      preopens: { '/out': folder },
      returnOnExit: true,
    })
    const instance = await WebAssembly.instantiate(await program, wasi.getImportObject())
    const code = wasi.start(instance)
    if (code !== 0) throw new Error(`flite ended with code ${code}`)
    const { pcm, rate } = readWavPcm(readFileSync(join(folder, 'speech.wav')))
    return encodeUlaw(level(trim(resampleTo8k(pcm, rate))))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Cuts the silence at both ends (below 1 % of the peak) to a fixed few frames. */
function trim(pcm: Int16Array): Int16Array {
  const peak = peakOf(pcm)
  const isLoud = (sample: number) => Math.abs(sample) > peak / 100
  const first = pcm.findIndex(isLoud)
  if (first < 0) return pcm
  const last = pcm.findLastIndex(isLoud)
  return pcm.subarray(Math.max(0, first - LEAD_FRAMES * FRAME), Math.min(pcm.length, last + TAIL_FRAMES * FRAME))
}

/** Brings the peak to 70 % of full scale, so that every voice is about as loud as the others. */
function level(pcm: Int16Array): Int16Array {
  const gain = (0.7 * 32_767) / Math.max(1, peakOf(pcm))
  return pcm.map((sample) => Math.round(sample * gain))
}

const peakOf = (pcm: Int16Array) => pcm.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0)
