import { base64Bytes, ULAW_BYTES_PER_MS } from '../audio.ts'
import type { ScriptedLeg } from './scripted-line.ts'

/** Plays the audio of a scripted leg. */
export interface LegPlayer {
  /** Payloads that have begun to play, in order. */
  readonly heard: readonly string[]
  /** Queued audio is left. */
  readonly isPlaying: boolean
  /** Plays for `ms`; returns how much of that was silent (ms). */
  play(ms: number): number
}

/** Creates a player that works as a carrier does: in real time, reporting `heard` for each mark it reaches. */
export const playLeg = (leg: Pick<ScriptedLeg, 'commands' | 'heard'>): LegPlayer => {
  let read = 0
  let queue: { ms: number; mark?: string; payload?: string }[] = []
  const heard: string[] = []

  const take = (): void => {
    const { commands } = leg
    for (const command of commands.slice(read)) {
      if (command.type === 'play')
        queue.push({ ms: base64Bytes(command.payload) / ULAW_BYTES_PER_MS, payload: command.payload })
      else if (command.type === 'mark') queue.push({ ms: 0, mark: command.name })
      else queue = []
    }
    read = commands.length
  }

  return {
    heard,
    get isPlaying() {
      take()
      return queue.some(({ ms }) => ms > 0)
    },
    play(ms) {
      take()
      let left = ms
      for (let next = queue[0]; next && (left > 0 || next.ms === 0); next = queue[0]) {
        if (next.mark !== undefined) leg.heard(next.mark)
        if (next.payload !== undefined) heard.push(next.payload)
        delete next.payload
        const played = Math.min(left, next.ms)
        left -= played
        next.ms -= played
        if (next.ms > 0) break
        queue.shift()
      }
      return left
    },
  }
}
