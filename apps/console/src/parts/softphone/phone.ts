import type { FromSoftphone, Persons, ToSoftphone } from '@llc-phone/virtual-carrier/line-protocol'
import { ApiError } from '../../api/client.ts'
import type { SoundChoice } from './audio/echo.ts'
import type { FromAudio } from './audio/line-audio.ts'
import { readAudioFile } from './audio/sound.ts'
import { encodeAll, fromBase64, toBase64 } from './audio/ulaw.ts'
import { isAnswered, isUp, NO_CALL, stepCall, type CallStep, type Mouth, type RingOrder } from './call-state.ts'
import { rememberChoice, rememberDevices, remembered } from './device-memory.ts'
import { createDevices } from './devices.ts'
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
/** The browser decodes a file as a whole: an hour of music would take a gigabyte of its memory. */
const LARGEST_FILE_BYTES = 20_000_000

const callStore = createStore(NO_CALL)
const newsStore = createStore(NO_NEWS)
const levelStore = createStore(SILENT)
const wakeLock = createWakeLock()
const devices = createDevices({
  audio: (message) => onAudio(message),
  checking: () => step({ type: 'checking' }),
  click: (isNeeded) => step({ type: 'click', isNeeded }),
  lost: (reason) => step({ type: 'mouth', mouth: { kind: 'typing', reason } }),
})

let line: LineSocket | undefined
let followed: FollowedCall | undefined
/** Files that are being played into the call, as they are named in it. */
let playing: string[] = []
let hintTimer: ReturnType<typeof setTimeout> | undefined
let madeRoomFor = 0

const call = callStore.get
const send = (message: FromSoftphone): void => line?.send(message)

/** Whether a call is the one that is up now, whatever has happened since. */
const isMineFrom = (attempt: number) => (): boolean => call().attempt === attempt && isUp(call())

const putDown = (): void => {
  line?.close()
  line = undefined
  devices.close()
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

const onAudio = (message: Exclude<FromAudio, { type: 'recorded' }>): void => {
  if (message.type === 'frame') send({ event: 'media', media: { payload: toBase64(message.bytes) } })
  else if (message.type === 'mark') send({ event: 'mark', mark: { name: message.name } })
  else if (message.type === 'levels') levelStore.set(message)
  else for (const text of playing.splice(0)) step({ type: 'said', text, state: 'over' })
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
  const sound = devices.sound()
  if (message.event === 'media') sound?.send({ type: 'media', bytes: fromBase64(message.media.payload) })
  else if (message.event === 'mark') sound?.send({ type: 'mark', name: message.mark.name })
  else if (message.event === 'clear') sound?.send({ type: 'clear' })
  else if (message.event === 'state') {
    const { event: _, again: __, ...told } = message
    step({ type: 'line', atMs: Date.now(), ...told })
    if (isAnswered(call())) follow()
  } else {
    const { event, ...rest } = message
    step({ type: event, ...rest } as CallStep)
  }
}

const connectLine = async (order: RingOrder, isMine: () => boolean): Promise<void> => {
  const { callId, line: path } = await placeTestCall(order)
  // Hung up meanwhile: a line that nobody connects to does not ring, but is kept for half a minute.
  if (!isMine()) return hangUpByRequest(callId)
  step({ type: 'placed', callId })
  wakeLock.hold()
  line = openLine(new URL(path, location.origin.replace(/^http/, 'ws')), {
    message: onLine,
    lost: () => step({ type: 'lost' }),
    found: () => step({ type: 'found' }),
    gone: () => step({ type: 'gone', atMs: Date.now() }),
  })
}

const ring = async (order: RingOrder, asksMicrophone: boolean): Promise<void> => {
  if (isUp(call())) return
  followed?.stop()
  followed = undefined
  newsStore.set(NO_NEWS)
  showSoftphone()
  step({ type: 'ring', order, asksMicrophone })
  const isMine = isMineFrom(call().attempt)
  try {
    const mouth: Mouth = asksMicrophone ? await devices.openMouth(isMine) : { kind: 'typing', reason: 'chosen' }
    if (isMine() && !devices.sound()) await devices.openEar(isMine)
    if (!isMine()) return
    step({ type: 'mouth', mouth })
    await connectLine(order, isMine)
  } catch (error) {
    const code = error instanceof ApiError ? error.code : 'sound_unavailable'
    const message = error instanceof Error ? error.message : String(error)
    if (isMine()) step({ type: 'refused', code, message, atMs: Date.now() })
  }
}

const reopen = async (choice: SoundChoice, deviceId: string | undefined): Promise<void> => {
  const isMine = isMineFrom(call().attempt)
  const mouth = await devices.reopen(choice, deviceId, isMine)
  if (mouth && isMine()) step({ type: 'mouth', mouth })
}

/** The one telephone of this page, which outlives the pages that show it: what it shows, and what can be done with it. */
export const phone = {
  call: callStore,
  news: newsStore,
  levels: levelStore,
  devices: devices.store,
  /** Rings; with the microphone, or for somebody who types. */
  ring,
  /** While the browser asks for the microphone, or in the call. */
  typeInstead(): void {
    if (!devices.skip()) step({ type: 'mouth', mouth: devices.stopSpeaking() })
  },
  async speakInstead(): Promise<void> {
    const { input, choices } = remembered()
    await reopen((input && choices[input]) || 'speakers', input)
  },
  hangUp(): void {
    const { callId, phase } = call()
    send({ event: 'stop' })
    // While the line is being connected, its message does not leave any more.
    if (callId && phase === 'ringing') hangUpByRequest(callId)
    step({ type: 'hangUp', atMs: Date.now() })
  },
  mute(isOn: boolean): void {
    devices.sound()?.send({ type: 'mute', isOn })
    step({ type: 'mute', isOn })
  },
  /** A key of the keypad: into the line, and a tone for the ear. */
  press(digit: string): void {
    if (!isAnswered(call())) return
    devices.sound()?.playKey(digit)
    send({ event: 'dtmf', dtmf: { digit } })
  },
  say(text: string): void {
    step({ type: 'say', text })
    send({ event: 'say', text })
  },
  /** Asks whether a line will be understood, once somebody stops typing. */
  hint(text: string): void {
    clearTimeout(hintTimer)
    if (text === '' || call().phrases.length === 0) return
    hintTimer = setTimeout(() => send({ event: 'hint', text }), HINT_AFTER_MS)
  },
  /** Plays an audio file into the call. */
  async playFile(file: File): Promise<void> {
    const text = `♪ ${file.name}`
    const isMine = isMineFrom(call().attempt)
    step({ type: 'say', text })
    if (file.size > LARGEST_FILE_BYTES)
      return step({
        type: 'said',
        text,
        state: 'failed',
        message: 'This file is larger than 20 MB: play a shorter piece.',
      })
    try {
      const bytes = encodeAll(await readAudioFile(file)).slice(0, LONGEST_FILE_MS * 8)
      if (!isMine()) return
      if (bytes.length === 0) throw new Error('This file is empty.')
      step({ type: 'said', text, state: 'speaking' })
      playing.push(text)
      devices.sound()?.send({ type: 'speak', bytes })
    } catch {
      if (isMine())
        step({ type: 'said', text, state: 'failed', message: 'This file has no sound that the browser can read.' })
    }
  },
  stopFile(): void {
    devices.sound()?.send({ type: 'stopSpeaking' })
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
    if ((choice === 'headphones') !== (mouth.choice === 'headphones')) return reopen(choice, mouth.deviceId)
    devices.sound()?.send({ type: 'takeTurns', isOn: choice === 'takeTurns' })
    step({ type: 'mouth', mouth: { ...mouth, choice } })
  },
  async chooseInput(deviceId: string): Promise<void> {
    await reopen(remembered().choices[deviceId] ?? 'speakers', deviceId)
  },
  chooseOutput(deviceId: string): void {
    rememberDevices({ output: deviceId })
    void devices.sound()?.setOutput(deviceId)
  },
  /** The click that the browser waits for. */
  allowSound: devices.allowSound,
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

// A page that goes away takes its call with it: nobody would hear it.
addEventListener('pagehide', () => {
  const { callId } = call()
  if (!isUp(call())) return
  if (callId) hangUpByRequest(callId)
  phone.hangUp()
})
