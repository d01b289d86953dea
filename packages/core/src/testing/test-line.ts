import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CallFacts } from '../facts.ts'
import type { AcceptLine, Instruction, Line, LineConnection, LineListener } from '../line.ts'

/** One leg at a carrier, controlled by a test; its audio is about to be connected. */
export interface CarriedLeg {
  readonly call: CallFacts
  /** Connects the audio of this leg; resolves once the line hands the connection over. */
  connect(): Promise<AcceptLine>
  /** The carrier says which leg the audio belongs to. */
  start(): void
  /** Sends caller audio: base64 μ-law 8 kHz, 20 ms. */
  audio(payload: string): void
  key(key: string): void
  /** The carrier ends the audio. `graceful`: it announces that. */
  end(graceful: boolean): void
  /** What the caller has heard so far: μ-law 8 kHz, without silence between sent audio. */
  heard(): Buffer
  /** Whether the leg has not ended. */
  isUp(): boolean
}

/** A line under test, and the carrier behind it. */
export interface LineRig {
  readonly line: Line
  ring(): Promise<CarriedLeg>
  /** Lets `ms` pass for carrier and line. */
  pass(ms: number): Promise<void>
  close?(): Promise<void> | void
}

/** Recognisable audio of this many frames, without silence. */
const sound = (frames: number, first = 1): Buffer =>
  Buffer.concat(Array.from({ length: frames }, (_, nth) => Buffer.alloc(160, ((first + nth) % 100) + 1)))

const FRAME = sound(1, 30).toString('base64')

const elsewhere: readonly Instruction[] = [
  { kind: 'record', route: 'mailbox', label: 'the mailbox' },
  { kind: 'conference', name: 'room-1' },
  { kind: 'fallback' },
]

/**
 * The contract of a line (`line.ts`) as vitest tests. Adapters pass it over real sockets, and the scripted line of the call
 * tests passes it too, so that those tests are as strict as a real line.
 *
 * @example
 * testLine('scripted', () => scriptedRig())
 */
export const testLine = (name: string, createRig: () => Promise<LineRig> | LineRig): void => {
  describe(`the line ${name}`, () => {
    let rig: LineRig
    beforeEach(async () => {
      rig = await createRig()
    })
    afterEach(async () => rig.close?.())

    const open = async (isOurLeg: (legId: string) => boolean = () => true) => {
      const leg = await rig.ring()
      const told: unknown[] = []
      let hears = 0
      const listener: LineListener = {
        started: () => void told.push('started'),
        audio: (payload, timestampMs) => void told.push(['audio', payload, timestampMs]),
        quiet: (ms) => (hears = ms),
        heard: (mark) => void told.push(['heard', mark]),
        roundTrip: () => {},
        key: (key) => void told.push(['key', key]),
        problem: ({ code }) => void told.push(['problem', code]),
        ignored: () => {},
        gone: (graceful) => void told.push(['gone', graceful]),
      }
      const accept = await leg.connect()
      const connection: LineConnection = accept(listener, isOurLeg)
      return { leg, told, connection, quietMs: () => hears }
    }

    /** Lets time pass until the condition holds. */
    const soon = async (check: () => void, limitMs = 5_000): Promise<void> => {
      for (let waited = 0; waited < limitMs; waited += 20) {
        try {
          return check()
        } catch {
          // oxlint-disable-next-line no-await-in-loop -- one moment after the other
          await rig.pass(20)
        }
      }
      check()
    }

    const up = async () => {
      const opened = await open()
      opened.leg.start()
      await soon(() => expect(opened.told).toContain('started'))
      opened.told.length = 0
      return opened
    }

    it('asks whether the audio is that of our leg, and starts once', async () => {
      const isOurLeg = vi.fn(() => true)
      const { leg, told } = await open(isOurLeg)
      leg.start()
      await soon(() => expect(told).toEqual(['started']))
      expect(isOurLeg).toHaveBeenCalledWith(leg.call.legId)
      leg.end(false)
    })

    it('takes nothing from the audio of another leg', async () => {
      const { leg, told } = await open(() => false)
      leg.start()
      await soon(() => expect(told.at(-1)).toEqual(['gone', false]))
      expect(told).toEqual([
        ['problem', 'start_mismatch'],
        ['gone', false],
      ])
    })

    it('passes the caller’s audio on untouched, by a clock of its own', async () => {
      const { leg, told } = await up()
      for (let frame = 0; frame < 3; frame++) {
        leg.audio(FRAME)
        await rig.pass(20)
      }
      await soon(() => expect(told.length).toBeGreaterThanOrEqual(3))
      const frames = told.filter((each): each is [string, string, number] => Array.isArray(each) && each[1] === FRAME)
      expect(frames.length).toBeGreaterThanOrEqual(3)
      const times = frames.map(([, , timestampMs]) => timestampMs)
      expect(times.slice(1).every((ms, index) => ms === (times[index] ?? 0) + 20)).toBe(true)
      leg.end(false)
    })

    it('plays what it is sent, in order and whole', async () => {
      const { leg, connection } = await up()
      const [one, two] = [sound(10), sound(15, 40)]
      connection.play(one.toString('base64'))
      connection.play(two.toString('base64'))
      await soon(() => expect(leg.heard().equals(Buffer.concat([one, two]))).toBe(true))
      leg.end(false)
    })

    it('tells a mark when what stands before it has been played, and not before', async () => {
      if (!rig.line.can.marks) return
      const { leg, told, connection } = await up()
      connection.play(sound(20).toString('base64'))
      connection.mark('first')
      connection.play(sound(10, 50).toString('base64'))
      connection.mark('second')
      await rig.pass(100)
      expect(told, 'not while it is playing').not.toContainEqual(['heard', 'first'])
      await soon(() => expect(told).toContainEqual(['heard', 'second']))
      expect(told.filter((each) => Array.isArray(each) && each[0] === 'heard')).toEqual([
        ['heard', 'first'],
        ['heard', 'second'],
      ])
      leg.end(false)
    })

    it('throws away what has not been played, and tells its marks', async () => {
      const { leg, told, connection } = await up()
      connection.play(sound(100).toString('base64'))
      connection.mark('cleared')
      await rig.pass(200)
      connection.clear()
      if (rig.line.can.marks) await soon(() => expect(told).toContainEqual(['heard', 'cleared']))
      await rig.pass(200)
      expect(leg.heard().length).toBeLessThan(90 * 160)
      const before = leg.heard().length
      connection.play(sound(2, 70).toString('base64'))
      await soon(() => expect(leg.heard().length).toBe(before + 320))
      leg.end(false)
    })

    it('tells which keys are pressed', async () => {
      const { leg, told } = await up()
      leg.key('7')
      leg.key('#')
      await soon(() =>
        expect(told.filter((each) => Array.isArray(each) && each[0] === 'key')).toEqual([
          ['key', '7'],
          ['key', '#'],
        ]),
      )
      leg.end(false)
    })

    it.each([true, false])('tells of its end once (graceful: %s), and takes nothing any more', async (graceful) => {
      const { leg, told, connection } = await up()
      leg.end(graceful)
      await soon(() => expect(told).toContainEqual(['gone', graceful]))
      const before = told.length
      connection.play(FRAME)
      connection.mark('late')
      connection.clear()
      connection.close()
      await rig.pass(100)
      expect(told).toHaveLength(before)
    })

    it('ends when we end it, and sends nothing afterwards', async () => {
      const { leg, told, connection } = await up()
      connection.close()
      connection.play(sound(5).toString('base64'))
      await soon(() => expect(told.at(-1)).toEqual(['gone', false]))
      await rig.pass(200)
      expect(leg.heard()).toHaveLength(0)
    })

    it('says how long the caller has not been heard', async () => {
      const { leg, quietMs } = await up()
      await soon(() => expect(quietMs()).toBeGreaterThan(500))
      leg.end(false)
    })

    it('ends the leg when it is told to hang up, and does not mind being told twice', async () => {
      const { leg } = await up()
      await rig.line.follow(leg.call, { kind: 'hangUp' })
      await soon(() => expect(leg.isUp()).toBe(false))
      await rig.line.follow(leg.call, { kind: 'hangUp' })
    })

    it.each(elsewhere)('ends the audio when the carrier is to go on with $kind', async (instruction) => {
      const { leg, told } = await up()
      await rig.line.follow(leg.call, instruction)
      await soon(() => expect(told).toContainEqual(['gone', false]))
      expect(leg.isUp(), 'the caller is still there').toBe(true)
    })
  })
}
