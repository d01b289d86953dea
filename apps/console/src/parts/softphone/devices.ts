import type { SoundChoice } from './audio/echo.ts'
import type { FromAudio } from './audio/line-audio.ts'
import {
  closeMicrophone,
  isRefused,
  listDevices,
  openMicrophone,
  type Microphone,
  type SoundDevice,
} from './audio/microphone.ts'
import { openSound, type Sound } from './audio/sound.ts'
import type { Mouth } from './call-state.ts'
import { checkDevice } from './device-check.ts'
import { rememberChoice, rememberDevices, remembered } from './device-memory.ts'
import { createStore } from './store.ts'

/** What is told while devices are opened and used. */
export interface DeviceListener {
  readonly audio: (message: Exclude<FromAudio, { type: 'recorded' }>) => void
  readonly checking: () => void
  /** The browser plays nothing before a click; or the click has come. */
  readonly click: (isNeeded: boolean) => void
  /** The microphone is gone, or the page may not use it any more. */
  readonly lost: (reason: 'unplugged' | 'refused') => void
}

const TYPES: Mouth = { kind: 'typing', reason: 'chosen' }

/** The microphone and the sound of one call after the other. `isMine` says whether the call they are opened for is still up. */
export const createDevices = (listener: DeviceListener) => {
  const store = createStore<{ inputs: SoundDevice[]; outputs: SoundDevice[] }>({ inputs: [], outputs: [] })
  let sound: Sound | undefined
  let stream: MediaStream | undefined
  let clicked: (() => void) | undefined
  let skipped: (() => void) | undefined
  let recorded: ((heard: Float32Array) => void) | undefined
  /** Counts what is opened: somebody who clicks twice gets the second, and no microphone stays open behind it. */
  let openings = 0

  const list = async (): Promise<void> => store.set(await listDevices())

  const connect = (microphone: Microphone, choice: SoundChoice): Mouth => {
    if ('reason' in microphone) return { kind: 'typing', reason: microphone.reason }
    stream = microphone.stream
    sound?.send({ type: 'takeTurns', isOn: choice === 'takeTurns' })
    const [track] = stream.getAudioTracks()
    const lose = async (): Promise<void> => {
      if (stream !== microphone.stream) return
      stream = undefined
      sound?.connect(undefined)
      listener.lost((await isRefused()) ? 'refused' : 'unplugged')
    }
    // Unplugged while it was being listened to, it does not say so again.
    if (track?.readyState === 'ended') {
      stream = undefined
      return { kind: 'typing', reason: 'unplugged' }
    }
    track?.addEventListener('ended', () => void lose())
    rememberDevices({ input: microphone.deviceId })
    return { kind: 'microphone', choice, deviceId: microphone.deviceId }
  }

  const openEar = async (isMine: () => boolean, from?: MediaStream): Promise<void> => {
    const opened = await openSound(from, (message) => {
      if (opened !== sound) return
      if (message.type === 'recorded') recorded?.(message.sound)
      else listener.audio(message)
    })
    if (!isMine()) return opened.close()
    sound = opened
    // A machine that wakes, or a telephone call on the same device, may leave the sound standing still.
    opened.onWaiting((isWaiting) => {
      if (opened === sound && clicked === undefined) listener.click(isWaiting)
    })
    const { output } = remembered()
    if (output) void opened.setOutput(output)
    if (!opened.isWaiting) return
    listener.click(true)
    await new Promise<void>((resolve) => (clicked = resolve))
    clicked = undefined
    listener.click(false)
  }

  const listen = async (samples: number): Promise<Float32Array> => {
    sound?.send({ type: 'record', samples })
    return new Promise((resolve) => (recorded = resolve))
  }

  /** As it is remembered of this device, or as the check finds it. */
  const findChoice = async (
    first: Extract<Microphone, { stream: MediaStream }>,
    isMine: () => boolean,
  ): Promise<Mouth> => {
    const known = remembered().choices[first.deviceId]
    if (known || !sound) return connect(first, known ?? 'headphones')
    listener.checking()
    const { microphone, choice } = await checkDevice(sound, first, listen)
    if (!isMine()) {
      if ('stream' in microphone) closeMicrophone(microphone.stream)
      return TYPES
    }
    if (choice && 'deviceId' in microphone) rememberChoice(microphone.deviceId, choice)
    return connect(microphone, choice ?? 'headphones')
  }

  ;(navigator as { mediaDevices?: MediaDevices }).mediaDevices?.addEventListener('devicechange', () => void list())

  return {
    store,
    sound: (): Sound | undefined => sound,
    openEar,
    /** Asks for the microphone until it is there, is refused, or `skip` is called; and opens the sound. */
    async openMouth(isMine: () => boolean): Promise<Mouth> {
      const { input, choices } = remembered()
      const asked = openMicrophone((input && choices[input]) || 'headphones', input)
      const first = await Promise.race([asked, new Promise<'typed'>((resolve) => (skipped = () => resolve('typed')))])
      skipped = undefined
      if (first === 'typed' || !isMine()) {
        void asked.then((late) => 'stream' in late && closeMicrophone(late.stream))
        return TYPES
      }
      void list()
      if ('reason' in first) return connect(first, 'headphones')
      stream = first.stream
      await openEar(isMine, first.stream)
      return isMine() ? findChoice(first, isMine) : TYPES
    },
    /** Ends the asking for the microphone; false when it is not asked for. */
    skip(): boolean {
      skipped?.()
      return skipped !== undefined
    },
    /** Opens a microphone in the call, in another way or another one; typing when there is none. Nothing when it is not wanted any more. */
    async reopen(choice: SoundChoice, deviceId: string | undefined, isMine: () => boolean): Promise<Mouth | undefined> {
      const opening = ++openings
      closeMicrophone(stream)
      const microphone = await openMicrophone(choice, deviceId)
      void list()
      if (!isMine() || opening !== openings) {
        if ('stream' in microphone) closeMicrophone(microphone.stream)
        return undefined
      }
      try {
        sound?.connect('stream' in microphone ? microphone.stream : undefined)
      } catch {
        if ('stream' in microphone) closeMicrophone(microphone.stream)
        return { kind: 'typing', reason: 'failed' }
      }
      return connect(microphone, choice)
    },
    /** Lets go of the microphone in the call. */
    stopSpeaking(): Mouth {
      openings++
      closeMicrophone(stream)
      stream = undefined
      sound?.connect(undefined)
      return TYPES
    },
    async allowSound(): Promise<void> {
      await sound?.resume()
      if (sound && !sound.isWaiting) clicked?.()
    },
    close(): void {
      sound?.close()
      closeMicrophone(stream)
      sound = stream = clicked = skipped = recorded = undefined
    },
  }
}
