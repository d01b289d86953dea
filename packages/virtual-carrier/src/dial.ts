/** `<Dial>`: rings other people and joins them with the caller, or puts the caller into a conference. */
import { joinRoom } from './conference.ts'
import type { Leg } from './world.ts'
import { isKeys, sendKeys } from './keys.ts'
import { connectLines } from './line.ts'
import { act, ring } from './ring.ts'
import { follow, methodOf, resolveUrl, type Scene, type Verb } from './scene.ts'
import { createTone } from './tones.ts'
import type { TwimlNode } from './twiml.ts'
import { TwilioFailure, type CallStatus } from './types.ts'
import { pause, unlessAborted } from './waiting.ts'

const MAX_NUMBERS = 10
/** How long somebody at a softphone hears that nobody there could be had. */
const BUSY_TONE_MS = 1_500

interface DialOutcome {
  status: CallStatus
  child?: Leg
  bridged: boolean
}

/** Runs `<Dial>`; its action gets DialCallStatus and what belongs to it. */
export const dial: Verb = async (scene, node) => {
  const room = node.children.find((child) => child.name === 'Conference')
  const { status, child, bridged } = room ? await confer(scene, room) : await ringAll(scene, node)
  scene.leg.log({ type: 'dialled', status, ...(child && { text: child.to }) })
  const seconds = child?.answeredAtMs === undefined ? 0 : (child.line.nowMs() - child.answeredAtMs) / 1000
  return follow(scene, node, {
    DialCallStatus: status,
    DialBridged: String(bridged),
    ...(child && { DialCallSid: child.sid, DialCallDuration: String(Math.round(seconds)) }),
  })
}

/** Rings every number at once; the first to answer (and to get through the whisper) is joined with the caller. */
async function ringAll(scene: Scene, node: TwimlNode): Promise<DialOutcome> {
  const { leg, signal } = scene
  const targets = node.children.length > 0 ? node.children : [node]
  if (targets.length > MAX_NUMBERS) throw new TwilioFailure(12100, '<Dial> takes at most 10 numbers')
  const callerId = node.attributes.callerId ?? leg.from
  if (callerId !== leg.from && !leg.world.numbers.owns(callerId)) {
    throw new TwilioFailure(13214, `Dial: Invalid callerId value ${callerId}`)
  }
  const timeoutMs = Number(node.attributes.timeout ?? '30') * 1000
  const children: Leg[] = []
  const { promise: answered, resolve } = Promise.withResolvers<Leg | undefined>()
  const attempts = targets.map(async (target) => {
    leg.log({ type: 'dial', text: target.text })
    if (!/^(\+?\d{3,15}|sip:.+|client:.+)$/.test(target.text)) {
      leg.fail(13224, `Dial: Twilio does not support calling this number: ${target.text}`)
      return 'failed'
    }
    const child = leg.world.createLeg({
      direction: 'outbound-dial',
      to: target.text,
      from: callerId,
      parentSid: leg.sid,
      ...(leg.options.reach && { reach: leg.options.reach }),
      ...subscriptionOf(scene, target),
    })
    children.push(child)
    const far = leg.world.farEnd(target.text, child.direction)
    if (!(await ring(child, far, timeoutMs))) return child.status
    act(child, far)
    const { url, method, sendDigits } = target.attributes
    if (sendDigits !== undefined) {
      if (isKeys(sendDigits)) await sendKeys(child, sendDigits, child.signal)
      else leg.warn(13222, `Dial->Number: Invalid sendDigits value ${sendDigits}`)
      if (child.over) return child.status
    }
    if (url) {
      const end = await scene.runOn(child, {
        name: 'whisper',
        url: resolveUrl(url, scene.base),
        method: methodOf(method),
      })
      if (end !== 'finished') return child.status
    }
    resolve(child)
    return child.status
  })
  const hangUpChildren = (): void => {
    for (const child of children)
      child.end(child.answeredAtMs === undefined ? 'canceled' : 'completed', 'the dial ended')
  }
  signal.addEventListener('abort', hangUpChildren)
  const hush = hearTone(leg, 'ringing')
  try {
    const results = Promise.all(attempts)
    const child = await unlessAborted(signal, Promise.race([answered, results.then(() => undefined)]))
    hush()
    if (!child) {
      const statuses = await results
      if (worst(statuses) === 'busy') await hearBusy(scene)
      const picked = children.find((each) => each.answeredAtMs !== undefined)
      return {
        status: worst(statuses),
        bridged: false,
        ...((picked ?? children[0]) ? { child: (picked ?? children[0])! } : {}),
      }
    }
    for (const other of children) if (other !== child) other.end('canceled', 'somebody else answered')
    leg.log({ type: 'bridged', text: child.to })
    const parts = [connectLines(leg.line, child.line), connectLines(child.line, leg.line)]
    try {
      await unlessAborted(signal, child.ended)
    } finally {
      for (const part of parts) part()
    }
    return { status: 'completed', child, bridged: true }
  } finally {
    hush()
    signal.removeEventListener('abort', hangUpChildren)
    if (signal.aborted) hangUpChildren()
  }
}

/** Somebody with a real ear is told how it goes; a scripted caller would take the tone for somebody who speaks. */
const hearTone = ({ line }: Leg, kind: Parameters<typeof createTone>[0]): (() => void) =>
  line.handset ? line.listenTo(createTone(kind)) : () => undefined

async function hearBusy({ leg, signal }: Scene): Promise<void> {
  if (!leg.line.handset) return
  const hush = hearTone(leg, 'busy')
  await pause(BUSY_TONE_MS, signal)
  hush()
  signal.throwIfAborted()
}

async function confer(scene: Scene, node: TwimlNode): Promise<DialOutcome> {
  const { leg, signal } = scene
  const member = joinRoom(leg, {
    name: node.text,
    label: node.attributes.participantLabel,
    muted: node.attributes.muted === 'true',
    endsRoom: node.attributes.endConferenceOnExit === 'true',
    report: reporterOf(scene, node),
  })
  try {
    await unlessAborted(signal, member.left)
  } finally {
    member.leave()
  }
  return { status: 'completed', bridged: true }
}

function reporterOf(scene: Scene, node: TwimlNode) {
  const { statusCallback: url, statusCallbackMethod, statusCallbackEvent = '' } = node.attributes
  if (!url) return undefined
  const events = statusCallbackEvent.split(' ')
  return (event: string, params: Record<string, string>): void => {
    const kind = event.replace(/^(conference|participant)-/, '')
    if (!events.includes(kind)) return
    const body = { ...params, AccountSid: scene.leg.world.accountSid, StatusCallbackEvent: event }
    void scene.leg.notify(resolveUrl(url, scene.base), methodOf(statusCallbackMethod), body, 'conference')
  }
}

function subscriptionOf(scene: Scene, target: TwimlNode) {
  const { statusCallback: url, statusCallbackMethod, statusCallbackEvent = 'completed' } = target.attributes
  if (!url) return {}
  const subscription = {
    url: resolveUrl(url, scene.base),
    method: methodOf(statusCallbackMethod),
    events: statusCallbackEvent.split(' '),
  }
  return { subscription }
}

/** Twilio's status when nobody was connected: somebody who answered but was not joined counts as completed. */
const worst = (statuses: readonly CallStatus[]): CallStatus =>
  (['completed', 'busy', 'no-answer', 'failed'] as const).find((status) => statuses.includes(status)) ?? 'failed'
