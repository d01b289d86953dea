/** Rings somebody, who answers or does not. */
import type { Leg } from './world.ts'
import { rehearse, runScript } from './caller-script.ts'
import type { FarEnd } from './types.ts'
import { pause } from './waiting.ts'

const ANSWERS_AFTER_MS = 100

/** Rings until an outcome or `timeoutMs`; true when they answered. Otherwise the leg has ended with the status that says why. */
export async function ring(leg: Leg, far: FarEnd, timeoutMs: number): Promise<boolean> {
  await pause(far.queuedMs ?? 0, leg.signal)
  leg.setStatus('initiated')
  await rehearse(leg.world.voices, { script: far.script ?? [], voice: leg.options.voice })
  if (far.outcome !== 'failed') leg.setStatus('ringing')
  const outcome = await (far.decide ? far.decide(leg.signal, timeoutMs) : decided(leg, far, timeoutMs))
  if (leg.over) return false
  if (outcome === 'no-answer') leg.end('no-answer', 'nobody answered')
  else if (outcome !== 'answers') leg.end(outcome, outcome)
  else leg.answer()
  return !leg.over
}

async function decided(leg: Leg, far: FarEnd, timeoutMs: number): Promise<FarEnd['outcome']> {
  const afterMs = far.outcome === 'no-answer' ? timeoutMs : (far.afterMs ?? ANSWERS_AFTER_MS)
  await pause(Math.min(afterMs, timeoutMs), leg.signal)
  return afterMs >= timeoutMs ? 'no-answer' : far.outcome
}

/** The person who answered starts to act: their script, and the moment they hang up. Not awaited by the call. */
export function act(leg: Leg, far: FarEnd): void {
  if (far.hangsUpAfterMs === 0) return leg.hangUp()
  if (far.hangsUpAfterMs !== undefined) void pause(far.hangsUpAfterMs, leg.signal).then(() => leg.hangUp())
  const { script, extension } = far
  if (!script) return
  const begin = () => runScript(leg, { script, voice: leg.options.voice })
  leg.track(extension === undefined ? begin() : putThrough(leg, extension).then((came) => (came ? begin() : undefined)))
}

/** A switchboard waits for the keys of an extension as long as the call lasts; true once they came. */
const putThrough = (leg: Leg, extension: string): Promise<boolean> =>
  leg.line.until(() => leg.keysHeard.endsWith(extension), Number.POSITIVE_INFINITY)
