import type { CallSession, Instruction, Line } from '@llc-phone/core'
import type { FakeClock } from '@llc-phone/core/testing/fake-clock'
import { playLeg, type LegPlayer } from '@llc-phone/core/testing/leg-player'
import { scriptedLine, type ScriptedLeg } from '@llc-phone/core/testing/scripted-line'

/** The carrier's end of a call without a carrier: it plays what it is sent, in the time of the call, and says what was heard. */
export interface TimedLine {
  /** What the call is opened on. */
  readonly line: Line
  /** Joins the call's audio, once more if it has been away. */
  connect(session: CallSession): void
  readonly isConnected: boolean
  /** Something is still to be heard. */
  readonly isPlaying: boolean
  /** Lets this much of the call's time pass; `speaking`: with the caller's voice on the line. */
  pass(ms: number, speaking?: boolean): Promise<void>
  press(key: string): void
  hangUp(): void
}

const STEP_MS = 20
/** Loud enough to be a voice; what it says comes in writing. */
const VOICE = Buffer.alloc(STEP_MS * 8, 0x10).toString('base64')

/** A line that has not been connected. `follow` hears of every instruction that the carrier is told. */
export const createTimedLine = (
  clock: FakeClock,
  legId: string,
  follow: (legId: string, instruction: Instruction) => Promise<void>,
): TimedLine => {
  const { line, connect } = scriptedLine(clock, { follow })
  let leg: ScriptedLeg | undefined
  let player: LegPlayer | undefined

  const isConnected = (): boolean => leg?.isOpen ?? false

  return {
    line,
    connect(session) {
      session.offered()
      leg = connect(session)
      player = playLeg(leg)
      leg.start(legId)
    },
    get isConnected() {
      return isConnected()
    },
    get isPlaying() {
      return isConnected() && player!.isPlaying
    },
    async pass(ms, speaking = false) {
      for (let passed = 0; passed < ms; passed += STEP_MS) {
        const stepMs = Math.min(STEP_MS, ms - passed)
        if (speaking) leg?.audio(VOICE, Math.round(clock.now()))
        leg?.deliver()
        if (isConnected()) player!.play(stepMs)
        // oxlint-disable-next-line no-await-in-loop -- time passes in order
        await clock.advance(stepMs)
      }
      leg?.deliver()
    },
    press: (key) => leg?.key(key),
    hangUp: () => leg?.end(true),
  }
}
