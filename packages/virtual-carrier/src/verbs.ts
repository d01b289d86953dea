/** The verbs of TwiML that talk, listen and record; those that dial and stream have files of their own. */
import { readWav, writeStereoWav } from './wav.ts'
import { beep } from './answering-machine.ts'
import { FRAME_MS } from './frame-clock.ts'
import { createPlayout } from './playout.ts'
import { follow, methodOf, resolveUrl, type Scene, type Verb } from './scene.ts'
import type { TwimlNode } from './twiml.ts'
import { pause, unlessAborted } from './waiting.ts'
import { newSid } from './world.ts'

/** `<Say>`: spoken into the caller's ear. */
export const say: Verb = async ({ leg, signal }, node) => {
  const { language } = node.attributes
  leg.log({ type: 'say', text: node.text, ...(language === undefined ? {} : { language }) })
  const audio = await leg.world.voices.speak(node.text)
  for (let i = 0; i < Number(node.attributes.loop ?? '1'); i++) await playInto(leg, signal, audio)
  return undefined
}

/** `<Play>`: a WAV from an address, or digits, which are noted and take their time. */
export const play: Verb = async ({ leg, signal, base }, node) => {
  const { digits } = node.attributes
  leg.log({ type: 'play', ...(digits !== undefined ? { digits } : { url: node.text }) })
  if (digits !== undefined) {
    for (const digit of digits) {
      await pause(digit === 'w' ? 500 : digit === 'W' ? 1000 : 200, signal)
      if (!/w/i.test(digit)) leg.keysHeard += digit
    }
    return undefined
  }
  try {
    const { status, body } = await leg.reach.ask(resolveUrl(node.text, base), { method: 'GET', signal })
    if (status !== 200) throw new Error(`HTTP ${status}`)
    await playInto(leg, signal, readWav(body))
  } catch (error) {
    signal.throwIfAborted()
    leg.fail(12300, `<Play> ${node.text}: ${error instanceof Error ? error.message : String(error)}`)
  }
  return undefined
}

/** `<Gather>` by keypad: prompts, then waits for digits. */
export const gather: Verb = async (scene, node) => {
  const { leg, signal } = scene
  const { numDigits, timeout = '5', finishOnKey = '#' } = node.attributes
  leg.log({ type: 'gather' })
  let digits = ''
  let finished = false
  let lastKeyMs = 0
  leg.onDigit = (digit) => {
    lastKeyMs = leg.line.nowMs()
    if (digit === finishOnKey) finished = true
    else digits += digit
    if (numDigits !== undefined && digits.length >= Number(numDigits)) finished = true
  }
  const prompts = new AbortController()
  const prompting = (async () => {
    const scope = AbortSignal.any([signal, prompts.signal])
    for (const child of node.children) {
      if (child.name === 'Pause') await pause(Number(child.attributes.length ?? '1') * 1000, scope)
      else await (child.name === 'Say' ? say : play)({ ...scene, signal: scope }, child)
      scope.throwIfAborted()
    }
    lastKeyMs = Math.max(lastKeyMs, leg.line.nowMs())
  })().catch(() => undefined)
  const started = leg.line.until(() => digits !== '' || finished, Number.POSITIVE_INFINITY)
  await unlessAborted(signal, Promise.race([prompting, started]))
  prompts.abort(new Error('a key was pressed'))
  lastKeyMs = Math.max(lastKeyMs, leg.line.nowMs())
  await unlessAborted(
    signal,
    leg.line.until(() => finished || leg.line.nowMs() - lastKeyMs >= Number(timeout) * 1000, Number.POSITIVE_INFINITY),
  )
  leg.onDigit = undefined
  const answered = digits !== '' || node.attributes.actionOnEmptyResult === 'true'
  return answered ? follow(scene, node, { Digits: digits, FinishedOnKey: finished ? finishOnKey : '' }) : undefined
}

/** `<Record>`: what the caller says, until silence, a key, the length, or the end of the call. */
export const record: Verb = async (scene, node) => {
  const { leg, signal } = scene
  const { timeout = '5', maxLength = '3600', finishOnKey = '1234567890*#', playBeep = 'true' } = node.attributes
  leg.log({ type: 'record' })
  if (playBeep === 'true') await playInto(leg, signal, beep())
  signal.throwIfAborted()
  let key: string | undefined
  leg.onDigit = (digit) => {
    if (finishOnKey.includes(digit)) key = digit
  }
  const startedMs = leg.line.nowMs()
  const frames: Buffer[] = []
  const stopRecording = leg.line.onFrame((frame) => void frames.push(frame))
  await leg.line.until(
    () =>
      signal.aborted ||
      key !== undefined ||
      leg.line.nowMs() - Math.max(startedMs, leg.line.lastSpokeMs) >= Number(timeout) * 1000,
    Number(maxLength) * 1000,
  )
  stopRecording()
  leg.onDigit = undefined
  const spoke = leg.line.lastSpokeMs > startedMs
  // <Record> is the one verb whose action is asked although the caller has gone: that is how the message gets out.
  if (!spoke) {
    signal.throwIfAborted()
    return undefined
  }
  const saved = saveRecording(scene, Buffer.concat(frames), undefined, node)
  return follow(
    scene,
    node,
    {
      RecordingUrl: saved.url,
      RecordingSid: saved.sid,
      RecordingDuration: saved.seconds,
      ...((key !== undefined || leg.over) && { Digits: key ?? 'hangup' }),
    },
    true,
  )
}

/** `<Start><Recording>`: the whole call from here on, both sides; reported when the call ends. */
export function startRecording(scene: Scene, recording: TwimlNode): void {
  const fromByte = Math.round(scene.leg.line.nowMs() / FRAME_MS) * FRAME_MS * 8
  scene.leg.signal.addEventListener('abort', () => {
    const { caller, heard } = scene.leg.line.tracks()
    saveRecording(scene, caller.subarray(fromByte), heard.subarray(fromByte), recording)
  })
}

/** Stores a recording and tells its callback. */
function saveRecording(scene: Scene, left: Buffer, right: Buffer | undefined, node: TwimlNode) {
  const { leg, base } = scene
  const { world } = leg
  const sid = newSid('RE')
  const seconds = Math.max(1, Math.round(left.length / 8000))
  world.recordings.set(sid, { sid, callSid: leg.sid, wav: writeStereoWav(left, right ?? left), seconds })
  const url = `${world.url()}/2010-04-01/Accounts/${world.accountSid}/Recordings/${sid}`
  const { recordingStatusCallback: callback, recordingStatusCallbackMethod } = node.attributes
  if (callback) {
    const params = {
      AccountSid: world.accountSid,
      CallSid: leg.sid,
      RecordingSid: sid,
      RecordingUrl: url,
      RecordingStatus: 'completed',
      RecordingDuration: String(seconds),
      RecordingChannels: right ? '2' : '1',
      RecordingSource: right ? 'StartCallRecordingTwiML' : 'RecordVerb',
    }
    void leg.notify(resolveUrl(callback, base), methodOf(recordingStatusCallbackMethod), params, 'recording')
  }
  return { sid, url, seconds: String(seconds) }
}

/** Plays audio into the caller's ear; resolves when it has been heard, rejects when the document is replaced. */
export async function playInto(leg: Scene['leg'], signal: AbortSignal, audio: Buffer): Promise<void> {
  const { promise: played, resolve } = Promise.withResolvers<void>()
  const playout = createPlayout(() => resolve())
  playout.push(audio)
  playout.mark('end')
  const stop = leg.line.listenTo(playout)
  try {
    await unlessAborted(signal, played)
  } finally {
    stop()
  }
}
