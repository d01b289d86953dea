import { fakeClock, playLeg, scriptedLine, testLine, type LineRig, type ScriptedLeg } from '../src/testing/index.ts'
import { e164 } from '../src/telephone/e164.ts'
import type { AcceptLine } from '../src/line.ts'

/** Ours, and those of a carrier: it is told, or it asks. */
const rigOf = (options: { readonly asks: boolean; readonly marks: boolean }) => (): LineRig => {
  const clock = fakeClock()
  const ended = new Set<string>()
  const scripted = scriptedLine(clock, {
    asks: options.asks,
    can: { marks: options.marks },
    async follow(legId, { kind }) {
      if (kind === 'hangUp') ended.add(legId)
    },
  })
  const playing = new Set<(ms: number) => void>()
  return {
    line: scripted.line,
    async pass(ms) {
      for (const play of playing) play(ms)
      await clock.advance(ms)
    },
    async ring() {
      const call = {
        callId: 'call-1',
        legId: 'leg-1',
        direction: 'inbound',
        otherParty: {},
        dialled: e164('+14155550101'),
        startedAt: clock.date(),
      } as const
      let leg: ScriptedLeg
      let sentMs = 0
      let heardMs = 0
      return {
        call,
        async connect() {
          const { promise, resolve } = Promise.withResolvers<AcceptLine>()
          leg = scripted.connect({ facts: call, attach: resolve })
          const player = playLeg(leg)
          playing.add((ms) => (heardMs += ms - player.play(ms)))
          return promise
        },
        start: () => leg.start(call.legId),
        audio: (payload) => leg.audio(payload, (sentMs += 20)),
        key: (key) => leg.key(key),
        end: (graceful) => leg.end(graceful),
        heard() {
          // What was cleared has been heard up to there, and is followed by what came afterwards.
          let left = heardMs * 8
          let queue = Buffer.alloc(0)
          let heard = Buffer.alloc(0)
          for (const command of leg.commands)
            if (command.type === 'play') queue = Buffer.concat([queue, Buffer.from(command.payload, 'base64')])
            else if (command.type === 'clear') {
              heard = Buffer.concat([heard, queue.subarray(0, left)])
              left = Math.max(0, left - queue.length)
              queue = Buffer.alloc(0)
            }
          return Buffer.concat([heard, queue.subarray(0, Math.max(0, heardMs * 8 - heard.length))])
        },
        isUp: () => !ended.has(call.legId),
      }
    },
  }
}

testLine('scripted, of a carrier that asks', rigOf({ asks: true, marks: true }))
testLine('scripted, of a carrier that is told', rigOf({ asks: false, marks: true }))
testLine('scripted, without marks', rigOf({ asks: true, marks: false }))
