/** Calls made by REST: checked, rung, detected, and then run like any other. */
import { isKeys, sendKeys } from './keys.ts'
import { createMachineDetector, usualDetection, type DetectionSettings } from './machine-detector.ts'
import { act, ring } from './ring.ts'
import { runCall } from './run-twiml.ts'
import { methodOf, type Instruction } from './scene.ts'
import { TwilioFailure, type AnsweredBy, type FarEnd } from './types.ts'
import type { Form } from './update-call.ts'
import { writeStereoWav } from './wav.ts'
import { pause } from './waiting.ts'
import { newSid, type Leg, type Subscription, type World } from './world.ts'

const DETECTION_MS = 400
const possibleNumber = /^\+[1-9]\d{6,14}$/

// Twilio's magic test numbers.
const refusedTo: Record<string, number> = {
  '+15005550001': 21217,
  '+15005550002': 21214,
  '+15005550003': 21215,
  '+15005550004': 21216,
}

/** Creates the call and lets it ring; what comes after happens on its own. Throws a `TwilioFailure` for what Twilio refuses. */
export async function startOutbound(world: World, form: Form): Promise<Leg> {
  const field = (name: string): string | undefined => {
    const value = form[name]
    return Array.isArray(value) ? value[0] : value
  }
  const [to, from, url, twiml] = [field('To'), field('From'), field('Url'), field('Twiml')]
  if (!to) throw new TwilioFailure(21201, "No 'To' number is specified")
  if (!from) throw new TwilioFailure(21213, "No 'From' number is specified")
  if (refusedTo[to]) throw new TwilioFailure(refusedTo[to], `Call to ${to} refused`)
  if (!possibleNumber.test(to) && !/^(sip|client):/.test(to))
    throw new TwilioFailure(21211, `Invalid 'To' Phone Number: ${to}`)
  if (!possibleNumber.test(from)) throw new TwilioFailure(21212, `Invalid 'From' Phone Number: ${from}`)
  if (!world.numbers.owns(from)) throw new TwilioFailure(21210, `'From' phone number not verified: ${from}`)
  if (url === undefined && twiml === undefined) throw new TwilioFailure(21205, 'Url parameter is required')
  if (url !== undefined && !/^https?:\/\//.test(url)) throw new TwilioFailure(21205, `Url is not a valid URL: ${url}`)
  if (twiml !== undefined && twiml.length > 4000) throw new TwilioFailure(32018, 'Twiml is too long')
  for (const name of ['StatusCallback', 'AsyncAmdStatusCallback', 'RecordingStatusCallback']) {
    const callback = field(name)
    if (callback !== undefined && !/^https?:\/\/[^/]/.test(callback))
      throw new TwilioFailure(21609, `Invalid '${name}' URL: ${callback}`)
  }
  const sendDigits = field('SendDigits')
  if (sendDigits !== undefined && !isKeys(sendDigits)) throw new TwilioFailure(21206, 'SendDigits is not valid')

  const far = world.farEnd(to, 'outbound-api')
  const leg = world.createLeg({ direction: 'outbound-api', to, from, ...subscriptionOf(form, field) })
  const limitS = Number(field('TimeLimit') ?? 0)
  void proceed(leg, far, {
    start: url === undefined ? { document: twiml! } : { name: 'voice', url, method: methodOf(field('Method')) },
    timeoutMs: Number(field('Timeout') ?? '60') * 1000,
    limitMs: limitS * 1000,
    sendDigits,
    detection: sendDigits === undefined ? detectionOf(field) : undefined,
    recordingUrl: field('Record') === 'true' ? (field('RecordingStatusCallback') ?? '') : undefined,
  })
  return leg
}

interface Plan {
  start: Instruction
  timeoutMs: number
  limitMs: number
  sendDigits: string | undefined
  detection: Detection | undefined
  recordingUrl: string | undefined
}

interface Detection {
  settings: DetectionSettings
  isAsync: boolean
  callback: { url: string; method: 'GET' | 'POST' } | undefined
}

async function proceed(leg: Leg, far: FarEnd, plan: Plan): Promise<void> {
  const { detection } = plan
  if (!(await ring(leg, far, plan.timeoutMs))) return
  if (plan.limitMs > 0)
    void pause(plan.limitMs, leg.signal).then(() => leg.end('completed', 'the time limit was reached'))
  if (plan.recordingUrl !== undefined) leg.signal.addEventListener('abort', () => saveCall(leg, plan.recordingUrl!))
  act(leg, far)
  if (detection?.isAsync) leg.track(detectAside(leg, far, detection))
  else if (detection) leg.answeredBy = (await detect(leg, far, detection.settings))?.verdict
  if (plan.sendDigits !== undefined && !leg.over) await sendKeys(leg, plan.sendDigits, leg.signal)
  if (!leg.over) await runCall(leg, plan.start)
}

/** The request's detection settings; undefined for none. `SendDigits` switches detection off. */
function detectionOf(field: (name: string) => string | undefined): Detection | undefined {
  const mode = field('MachineDetection')
  if (mode !== 'Enable' && mode !== 'DetectMessageEnd') return undefined
  const ms = (name: string, usual: number): number => Number(field(`MachineDetection${name}`) ?? usual)
  const url = field('AsyncAmdStatusCallback')
  return {
    settings: {
      waitsForEnd: mode === 'DetectMessageEnd',
      timeoutMs: ms('Timeout', usualDetection.timeoutMs / 1000) * 1000,
      speechThresholdMs: ms('SpeechThreshold', usualDetection.speechThresholdMs),
      speechEndMs: ms('SpeechEndThreshold', usualDetection.speechEndMs),
      silenceMs: ms('SilenceTimeout', usualDetection.silenceMs),
    },
    isAsync: field('AsyncAmd') === 'true',
    callback: url === undefined ? undefined : { url, method: methodOf(field('AsyncAmdStatusCallbackMethod')) },
  }
}

/** The verdict configured for this far end, or else the detector's own; undefined when the call ends first. */
async function detect(
  leg: Leg,
  far: FarEnd,
  settings: DetectionSettings,
): Promise<{ verdict: AnsweredBy; tookMs: number } | undefined> {
  if (far.answeredBy) {
    const tookMs = far.detectionMs ?? DETECTION_MS
    await pause(tookMs, leg.signal)
    return leg.over ? undefined : { verdict: far.answeredBy, tookMs }
  }
  const detector = createMachineDetector(settings)
  let verdict: AnsweredBy | undefined
  const stop = leg.line.onFrame((frame) => (verdict ??= detector.push(frame)))
  await leg.line.until(() => verdict !== undefined, Number.POSITIVE_INFINITY)
  stop()
  return verdict && !leg.over ? { verdict, tookMs: detector.listenedMs } : undefined
}

async function detectAside(leg: Leg, far: FarEnd, { settings, callback }: Detection): Promise<void> {
  const found = await detect(leg, far, settings)
  if (!found) return
  leg.answeredBy = found.verdict
  if (!callback) return
  const params = {
    AccountSid: leg.world.accountSid,
    CallSid: leg.sid,
    AnsweredBy: found.verdict,
    MachineDetectionDuration: String(Math.round(found.tookMs)),
  }
  const times = leg.world.faults.duplicateAmd ? 2 : 1
  for (let i = 0; i < times; i++) await leg.notify(callback.url, callback.method, params, 'amd')
}

function saveCall(leg: Leg, callbackUrl: string): void {
  const { world } = leg
  const { caller, heard } = leg.line.tracks()
  const sid = newSid('RE')
  const seconds = Math.round(caller.length / 8000)
  world.recordings.set(sid, { sid, callSid: leg.sid, wav: writeStereoWav(caller, heard), seconds })
  if (!callbackUrl) return
  const params = {
    AccountSid: world.accountSid,
    CallSid: leg.sid,
    RecordingSid: sid,
    RecordingUrl: `${world.url()}/2010-04-01/Accounts/${world.accountSid}/Recordings/${sid}`,
    RecordingStatus: 'completed',
    RecordingDuration: String(seconds),
    RecordingChannels: '2',
    RecordingSource: 'OutboundAPI',
  }
  void leg.notify(callbackUrl, 'POST', params, 'recording')
}

function subscriptionOf(form: Form, field: (name: string) => string | undefined): { subscription?: Subscription } {
  const url = field('StatusCallback')
  if (!url) return {}
  const events = form.StatusCallbackEvent ?? 'completed'
  // Lists come as repeated fields; one field with spaces is what the TwiML attribute looks like.
  const list = Array.isArray(events) ? events : events.split(' ')
  return { subscription: { url, method: methodOf(field('StatusCallbackMethod')), events: list } }
}
