import { expect, it } from 'vitest'
import { settle, type FakeClock, type ScriptedConnection } from '../../src/testing/index.ts'
import { playLeg } from '../../src/testing/leg-player.ts'
import { audio, greeter, openCall } from './harness.ts'

const ROUNDS = 200
const LIVES_MS = 6_000
/** From here on a session is due. */
const DUE_MS = 5_000
const FRAME_MS = 20
const TURN_FRAMES = 25
const SILENCE = audio(FRAME_MS, 0xff)

/** A frame of speech that tells which turn it is of, and where in it. */
const voice = (turn: number, frame: number): string => {
  const bytes = Buffer.alloc(FRAME_MS * 8, 0x10)
  bytes.writeUInt16BE(turn, 0)
  bytes.writeUInt8(frame, 2)
  return bytes.toString('base64')
}

/** A server that hears speech 200 ms late, and half a second of silence as the end of a turn; it answers 300 ms later. */
const serve = (connection: ScriptedConnection, clock: FakeClock, answered: (frames: readonly string[]) => void) => {
  const openedAt = clock.now()
  let heard = 0
  let voiced: string[] = []
  let quiet = 0
  let hears = false
  let repliesAt: number | undefined
  let left = 0
  let count = 0
  let isConfigured = false

  const endReply = (outcome: 'completed' | 'cancelled'): void => {
    left = 0
    connection.emit({ type: 'replyEnded', outcome })
  }
  const hear = (payload: string): void => {
    if (payload === SILENCE) {
      if (!hears || ++quiet < 25) return
      hears = false
      connection.emit({ type: 'speechStopped' })
      answered(voiced)
      voiced = []
      repliesAt = clock.now() + 300
      return
    }
    quiet = 0
    voiced.push(payload)
    if (hears || voiced.length < 10) return
    hears = true
    repliesAt = undefined
    connection.emit({ type: 'speechStarted' })
    if (left > 0) endReply('cancelled')
  }
  return () => {
    if (connection.closed) return
    if (!isConfigured && clock.now() - openedAt >= 100) {
      isConfigured = true
      connection.emit({ type: 'opened' })
      connection.emit({ type: 'created', expiresAtMs: openedAt + LIVES_MS })
      connection.emit({ type: 'configured' })
    }
    if (!isConfigured) return
    for (const payload of connection.audio.slice(heard)) hear(payload)
    heard = connection.audio.length
    if (connection.owesReply && left === 0) repliesAt ??= clock.now()
    if (repliesAt !== undefined && clock.now() >= repliesAt && left === 0) {
      repliesAt = undefined
      left = 40
      count++
      connection.emit({ type: 'replyStarted' })
    }
    if (left === 0) return
    connection.speak(audio(FRAME_MS, 2), `reply-${openedAt}-${count}`)
    if (--left === 0) {
      connection.emit({ type: 'partEnded', itemId: `reply-${openedAt}-${count}`, contentIndex: 0 })
      endReply('completed')
    }
  }
}

it(`over ${ROUNDS} sessions, whatever the moment, each turn is heard whole by one of them and answered by it`, async () => {
  const call = openCall(greeter({ patience: { silenceMs: 14_400_000, maxDurationMs: 14_400_000 } }))
  const { model, clock } = call
  await settle()
  const turns = new Map<number, string[]>()
  const answers: number[] = []
  const servers: (() => void)[] = []
  const line = call.connectMedia()
  const player = playLeg(line)
  let turn = 0
  let frame = TURN_FRAMES

  const step = async (): Promise<void> => {
    for (const connection of model.connections.slice(servers.length))
      servers.push(
        serve(connection, clock, (frames) => {
          const [id] = [...turns].find(([, spoken]) => frames.includes(spoken[0]!)) ?? []
          answers.push(id ?? -1)
          expect(frames, `turn ${id}`).toEqual(turns.get(id ?? -1))
        }),
      )
    player.play(0)
    await clock.advance(FRAME_MS)
    player.play(FRAME_MS)
    if (frame < TURN_FRAMES) {
      const payload = voice(turn, frame++)
      turns.set(turn, [...(turns.get(turn) ?? []), payload])
      line.frame(payload, clock.now())
    } else line.frame(SILENCE, clock.now())
    for (const serves of servers) serves()
  }

  for (let passed = 0; passed < 2_000; passed += FRAME_MS) await step()
  let begins = 0
  for (let round = 0; round < ROUNDS; round++) {
    const sessions = model.connections.length
    const sinceMs = clock.now()
    // At every moment around the one at which a session is due, sometimes twice: into the answer.
    const speaksAtMs = DUE_MS - 1_400 + ((round * 37) % 2_000)
    const again = round % 3 === 0 ? speaksAtMs + 1_400 : Infinity
    const isOver = (): boolean => clock.now() - sinceMs > LIVES_MS && model.connections.length > sessions
    while (!isOver() && clock.now() - sinceMs < 4 * LIVES_MS) {
      const atMs = clock.now() - sinceMs
      if (frame >= TURN_FRAMES && [speaksAtMs, again].some((one) => atMs >= one && atMs < one + FRAME_MS)) {
        turn++
        begins++
        frame = 0
      }
      await step()
    }
  }
  for (let passed = 0; passed < 3_000; passed += FRAME_MS) await step()

  const happened = (type: string) => call.call.story().events.filter(({ event }) => event.type === type).length
  expect(model.connections.length).toBeGreaterThan(ROUNDS)
  expect(happened('modelLost')).toBe(0)
  expect(answers).toEqual(Array.from({ length: begins }, (_, index) => index + 1))
  expect(call.call.state).toMatchObject({ phase: 'live', connections: 1 })
  call.call.end('caller_hung_up')
  expect(model.connections.filter(({ closed }) => !closed)).toEqual([])
}, 60_000)
