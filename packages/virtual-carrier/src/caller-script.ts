/** Plays a scripted person on a leg: speaks, presses keys, listens, interrupts, hangs up. */
import type { Leg, Voices } from './world.ts'
import type { CallerStep } from './types.ts'

const LISTEN_QUIET_MS = 700
const LISTEN_MAX_MS = 15_000
const INTERRUPT_AFTER_MS = 600
const KEY_PAUSE_MS = 200

/** How a scripted person behaves. */
export interface ScriptOptions {
  script: readonly CallerStep[]
  voice?: string | undefined
  maxSilenceMs?: number | undefined
}

/** Synthesises everything beforehand, so that nobody waits for a voice during the call. */
export async function rehearse({ speakAsCaller }: Voices, { script, voice }: ScriptOptions): Promise<void> {
  const lines = script.flatMap((step) =>
    'say' in step
      ? [speakAsCaller(step.say, step.voice ?? voice)]
      : 'interrupt' in step
        ? [speakAsCaller(step.interrupt, step.voice ?? voice)]
        : [],
  )
  await Promise.all(lines)
}

/** Runs the script on an answered leg until it or the call is over. Then waits for the other side to hang up, or for silence. */
export async function runScript(leg: Leg, { script, voice, maxSilenceMs = 8000 }: ScriptOptions): Promise<void> {
  const { line } = leg
  let sinceMs = leg.answeredAtMs ?? 0
  const listen = (quietMs = LISTEN_QUIET_MS, maxMs = LISTEN_MAX_MS): Promise<boolean> =>
    line.until(() => line.lastHeardMs > sinceMs && line.nowMs() - line.lastHeardMs >= quietMs, maxMs)

  for (const [index, step] of script.entries()) {
    const before = script[index - 1]
    const listened = before !== undefined && ('wait' in before || 'listen' in before)
    if (('say' in step || 'dtmf' in step || 'audio' in step) && !listened) await listen()
    if (leg.over) return
    if ('say' in step) await leg.say(step.say, step.voice ?? voice)
    else if ('audio' in step) await leg.play(step.audio, step.label)
    else if ('dtmf' in step) {
      for (const digit of step.dtmf) {
        leg.press(digit)
        await line.until(() => false, KEY_PAUSE_MS)
      }
    } else if ('wait' in step) await line.until(() => false, step.wait)
    else if ('listen' in step) await listen(step.quietMs, step.maxMs)
    else if ('interrupt' in step) {
      const afterMs = step.afterMs ?? INTERRUPT_AFTER_MS
      await line.until(
        () => line.hearingSinceMs !== undefined && line.nowMs() - line.hearingSinceMs >= afterMs,
        LISTEN_MAX_MS,
      )
      await leg.say(step.interrupt, step.voice ?? voice)
    } else return leg.hangUp()
    if (leg.over) return
    if (!('listen' in step || 'wait' in step)) sinceMs = 'dtmf' in step ? line.nowMs() : line.lastSpokeMs
  }
  const silentForMs = (): number => line.nowMs() - Math.max(line.lastHeardMs, line.lastSpokeMs, sinceMs)
  if (await line.until(() => silentForMs() >= maxSilenceMs, Number.POSITIVE_INFINITY)) leg.hangUp()
}
