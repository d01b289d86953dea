import type { FromSoftphone, Persons, ToSoftphone } from '@llc-phone/virtual-carrier/line-protocol'
import { ApiError } from '../../api/client.ts'
import type { SoundChoice } from './audio/echo.ts'
import type { FromAudio } from './audio/line-audio.ts'
import { closeMicrophone, listDevices, openMicrophone, type Microphone, type SoundDevice } from './audio/microphone.ts'
import { openSound, readAudioFile, type Sound } from './audio/sound.ts'
import { encodeAll, fromBase64, toBase64 } from './audio/ulaw.ts'
import { isAnswered, isUp, NO_CALL, stepCall, type CallStep, type Mouth, type RingOrder } from './call-state.ts'
import { checkDevice } from './device-check.ts'
import { rememberChoice, rememberDevices, remembered } from './device-memory.ts'
import { followCall, type FollowedCall } from './follow-call.ts'
import { openLine, type LineSocket } from './line-socket.ts'
import { showSoftphone } from './open.ts'
import { createStore } from './store.ts'
import { hangUpByRequest, placeTestCall } from './test-calls.ts'
import type { CallNews } from './transcript.ts'
import { createWakeLock } from './wake-lock.ts'

/** How loud both sides are, root mean squares between 0 and 1. */
export interface Levels {
  readonly you: number
  readonly them: number
}

const NO_NEWS: CallNews = { readAtMs: 0 }
const SILENT: Levels = { you: 0, them: 0 }
const HINT_AFTER_MS = 250
const LONGEST_FILE_MS = 120_000

/** The one telephone of this page: it outlives the pages that show it. */
const callStore = createStore(NO_CALL)
const newsStore = createStore(NO_NEWS)
const levelStore = createStore(SILENT)
const deviceStore = createStore<{ inputs: SoundDevice[]; outputs: SoundDevice[] }>({ inputs: [], outputs: [] })

let line: LineSocket | undefined
let sound: Sound | undefined
let stream: MediaStream | undefined
let followed: FollowedCall | undefined
let clicked: (() => void) | undefined
let typeInstead: (() => void) | undefined
let recorded: ((sound: Float32Array) => void) | undefined
let playing: string[] = []
let hintTimer: ReturnType<typeof setTimeout> | undefined
let madeRoomFor = 0
const wakeLock = createWakeLock()

const call = callStore.get
const send = (message: FromSoftphone): void => line?.send(message)
const fileName = (name: string): string => `♪ ${name}`

const putDown = (): void => {
  line?.close()
  sound?.close()
  closeMicrophone(stream)
  line = sound = stream = clicked = typeInstead = recorded = undefined
  playing = []
  followed?.ended()
  levelStore.set(SILENT)
  wakeLock.release()
}

const step = (next: CallStep): void => {
  const before = call()
  callStore.set(stepCall(before, next))
  if (isUp(before) && !isUp(call())) putDown()
}

const onAudio = (message: FromAudio): void => {
  if (message.type === 'frame') send({ event: 'media', media: { payload: toBase64(message.bytes) } })
  else if (message.type === 'mark') send({ event: 'mark', mark: { name: message.name } })
  else if (message.type === 'levels') levelStore.set(message)
  else if (message.type === 'recorded') recorded?.(message.sound)
  else if (message.type === 'spoken') for (const text of playing.splice(0)) step({ type: 'said', text, state: 'over' })
}

/** The gateway knows the call once its line was answered. */
const follow = (): void => {
  const { callId, attempt } = call()
  if (followed || callId === undefined) return
  followed = followCall(callId, (news) => {
    if (call().attempt === attempt) newsStore.set(news)
  })
}

const onLine = (message: ToSoftphone): void => {
  const atMs = Date.now()
  if (message.event === 'media') sound?.send({ type: 'media', bytes: fromBase64(message.media.payload) })
  else if (message.event === 'mark') sound?.send({ type: 'mark', name: message.mark.name })
  else if (message.event === 'clear') sound?.send({ type: 'clear' })
  else if (message.event === 'state') {
    const { callId, detail, state } = message
    step({ type: 'line', state, atMs, ...(callId ? { callId } : {}), ...(detail ? { detail } : {}) })
    if (isAnswered(call())) follow()
  } else {
    const { event, ...rest } = message
    step({ type: event, ...rest } as CallStep)
  }
}

const refreshDevices = async (): Promise<void> => deviceStore.set(await listDevices())

const connectMouth = (microphone: Microphone, choice: SoundChoice): Mouth => {
  if ('reason' in microphone) return { kind: 'typing', reason: microphone.reason }
  stream = microphone.stream
  sound?.send({ type: 'takeTurns', isOn: choice === 'takeTurns' })
  const [track] = stream.getAudioTracks()
  track?.addEventListener('ended', () => {
    if (stream !== microphone.stream) return
    sound?.connect(undefined)
    stream = undefined
    step({ type: 'mouth', mouth: { kind: 'typing', reason: 'unplugged' } })
  })
  rememberDevices({ input: microphone.deviceId, types: false })
  return { kind: 'microphone', choice, deviceId: microphone.deviceId }
}

/** The microphone as it is remembered, or as the check finds it. */
const findMouth = async (isMine: () => boolean): Promise<Mouth> => {
  const { input, choices } = remembered()
  const asked = openMicrophone((input && choices[input]) || 'headphones', input)
  const chosen = new Promise<'types'>((resolve) => (typeInstead = () => resolve('types')))
  const first = await Promise.race([asked, chosen])
  typeInstead = undefined
  if (first === 'types' || !isMine()) {
    void asked.then((late) => 'stream' in late && closeMicrophone(late.stream))
    return { kind: 'typing', reason: 'chosen' }
  }
  void refreshDevices()
  await openEar('stream' in first ? first.stream : undefined, isMine)
  if ('reason' in first || !sound || !isMine()) return connectMouth(first, 'headphones')
  stream = first.stream
  const known = choices[first.deviceId]
  if (known) return connectMouth(first, known)
  step({ type: 'checking' })
  const listen = async (samples: number): Promise<Float32Array> => {
    sound?.send({ type: 'record', samples })
    return new Promise((resolve) => (recorded = resolve))
  }
  const { microphone, choice } = await checkDevice(sound, first, listen)
  if ('deviceId' in microphone) rememberChoice(microphone.deviceId, choice)
  return connectMouth(microphone, choice)
}

/** Opens the sound; where the browser wants a click first, waits for it. */
const openEar = async (from: MediaStream | undefined, isMine: () => boolean): Promise<void> => {
  const opened = await openSound(from, (message) => {
    if (opened === sound) onAudio(message)
  })
  if (!isMine()) return opened.close()
  sound = opened
  const { output } = remembered()
  if (output) void opened.setOutput(output)
  if (!opened.isWaiting) return
  step({ type: 'click', isNeeded: true })
  await new Promise<void>((resolve) => (clicked = resolve))
  step({ type: 'click', isNeeded: false })
}

const connectLine = async (order: RingOrder, isMine: () => boolean): Promise<void> => {
  const { callId, line: path } = await placeTestCall(order)
  if (!isMine()) return hangUpByRequest(callId)
  step({ type: 'placed', callId })
  wakeLock.hold()
  line = openLine(path, {
    message: onLine,
    lost: () => step({ type: 'lost' }),
    found: () => step({ type: 'found' }),
    gone: () => step({ type: 'gone', atMs: Date.now() }),
  })
}

const ring = async (order: RingOrder, asksMicrophone: boolean): Promise<void> => {
  if (isUp(call())) return
  step({ type: 'ring', order, asksMicrophone })
  showSoftphone()
  followed?.stop()
  followed = undefined
  newsStore.set(NO_NEWS)
  const { attempt } = call()
  const isMine = () => call().attempt === attempt && isUp(call())
  if (!asksMicrophone) rememberDevices({ types: true })
  try {
    const mouth: Mouth = asksMicrophone ? await findMouth(isMine) : { kind: 'typing', reason: 'chosen' }
    if (!isMine()) return closeMicrophone(stream)
    if (!sound) await openEar(undefined, isMine)
    step({ type: 'mouth', mouth })
    if (isMine()) await connectLine(order, isMine)
  } catch (error) {
    const code = error instanceof ApiError ? error.code : 'sound_unavailable'
    const message = error instanceof Error ? error.message : String(error)
    if (isMine()) step({ type: 'refused', code, message, atMs: Date.now() })
  }
}

/** Opens a microphone in the call, in another way or another one; typing when there is none. */
const reopen = async (choice: SoundChoice, deviceId: string | undefined): Promise<void> => {
  closeMicrophone(stream)
  const microphone = await openMicrophone(choice, deviceId)
  if (!sound || !isUp(call())) return 'stream' in microphone ? closeMicrophone(microphone.stream) : undefined
  try {
    sound.connect('stream' in microphone ? microphone.stream : undefined)
  } catch {
    return step({ type: 'mouth', mouth: { kind: 'typing', reason: 'failed' } })
  }
  step({ type: 'mouth', mouth: connectMouth(microphone, choice) })
}

/** What the person does with the telephone, and what it shows. */
export const phone = {
  call: callStore,
  news: newsStore,
  levels: levelStore,
  devices: deviceStore,
  /** Rings; with the microphone, or for somebody who types. */
  ring,
  /** While the browser asks for the microphone, or in the call. */
  typeInstead(): void {
    if (typeInstead) return typeInstead()
    closeMicrophone(stream)
    stream = undefined
    sound?.connect(undefined)
    step({ type: 'mouth', mouth: { kind: 'typing', reason: 'chosen' } })
  },
  async speakInstead(): Promise<void> {
    const { input, choices } = remembered()
    await reopen((input && choices[input]) || 'speakers', input)
    void refreshDevices()
  },
  hangUp(): void {
    const { callId, phase } = call()
    send({ event: 'stop' })
    // A line that was never connected knows nothing of it.
    if (callId && phase === 'ringing') hangUpByRequest(callId)
    step({ type: 'hangUp', atMs: Date.now() })
  },
  mute(isOn: boolean): void {
    sound?.send({ type: 'mute', isOn })
    step({ type: 'mute', isOn })
  },
  /** A key of the keypad: into the line, and a tone for the ear. */
  press(digit: string): void {
    if (!isAnswered(call())) return
    sound?.playKey(digit)
    send({ event: 'dtmf', dtmf: { digit } })
  },
  say(text: string): void {
    step({ type: 'say', text })
    send({ event: 'say', text })
  },
  /** Asks whether a line will be understood, once somebody stops typing. */
  hint(text: string): void {
    clearTimeout(hintTimer)
    if (text.trim() === '' || call().phrases.length === 0) return
    hintTimer = setTimeout(() => send({ event: 'hint', text }), HINT_AFTER_MS)
  },
  /** Plays an audio file into the line. */
  async playFile(file: File): Promise<void> {
    const text = fileName(file.name)
    step({ type: 'say', text })
    try {
      const bytes = encodeAll(await readAudioFile(file)).subarray(0, LONGEST_FILE_MS * 8)
      if (bytes.length === 0) throw new Error('empty')
      step({ type: 'said', text, state: 'speaking' })
      playing.push(text)
      sound?.send({ type: 'speak', bytes: bytes.slice() })
    } catch {
      step({ type: 'said', text, state: 'failed', message: 'This file has no sound that the browser can read.' })
    }
  },
  stopFile(): void {
    sound?.send({ type: 'stopSpeaking' })
    for (const text of playing.splice(0)) step({ type: 'said', text, state: 'over' })
  },
  persons(persons: Persons): void {
    send({ event: 'persons', persons })
    step({ type: 'persons', persons })
  },
  /** How the microphone is used, in this call and with this device from now on. */
  async choose(choice: SoundChoice): Promise<void> {
    const { mouth } = call()
    if (mouth?.kind !== 'microphone') return
    rememberChoice(mouth.deviceId, choice)
    const isSameProcessing = (choice === 'headphones') === (mouth.choice === 'headphones')
    if (!isSameProcessing) return reopen(choice, mouth.deviceId)
    sound?.send({ type: 'takeTurns', isOn: choice === 'takeTurns' })
    step({ type: 'mouth', mouth: { ...mouth, choice } })
  },
  async chooseInput(deviceId: string): Promise<void> {
    await reopen(remembered().choices[deviceId] ?? 'speakers', deviceId)
  },
  chooseOutput(deviceId: string): void {
    rememberDevices({ output: deviceId })
    void sound?.setOutput(deviceId)
  },
  /** The click that the browser waits for. */
  async allowSound(): Promise<void> {
    await sound?.resume()
    if (sound && !sound.isWaiting) clicked?.()
  },
  /** Somebody wants to ring something else: an ended call makes room for it, once for each request. */
  makeRoomFor(request: number): void {
    if (request > madeRoomFor) phone.putAway()
    madeRoomFor = request
  },
  /** Takes an ended call off the telephone. */
  putAway(): void {
    if (isUp(call())) return
    followed?.stop()
    followed = undefined
    newsStore.set(NO_NEWS)
    step({ type: 'putAway' })
  },
} as const

;(navigator as { mediaDevices?: MediaDevices }).mediaDevices?.addEventListener(
  'devicechange',
  () => void refreshDevices(),
)

// A page that goes away takes its call with it: nobody would hear it.
addEventListener('pagehide', () => {
  const { callId } = call()
  if (!isUp(call())) return
  if (callId) hangUpByRequest(callId)
  phone.hangUp()
})
