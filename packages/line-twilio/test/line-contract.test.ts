import { setTimeout as sleep } from 'node:timers/promises'
import type { AcceptLine, CallFacts } from '@llc-phone/core'
import { fakeClock, linkedSockets, testLine, type LineRig, type LinkedSocket } from '@llc-phone/core/testing'
import type { SimCall } from '@llc-phone/sim'
import { createLine } from '../src/line.ts'
import { createMediaSockets } from '../src/media/sockets.ts'
import { OWN, startRig } from './support/rig.ts'

const SILENCE = 0xff
const FRAME_BYTES = 160
const FRAME_MS = 20

const withoutSilence = (audio: Buffer): Buffer => Buffer.from(audio.filter((byte) => byte !== SILENCE))

/** What is said within this time is said without a gap. */
const GATHER_MS = 60

testLine('by Twilio, over sockets', async (): Promise<LineRig> => {
  const rig = await startRig()
  const { line } = rig.twilioLine
  return {
    // What the call has decided is what it answers when Twilio asks.
    line: {
      ...line,
      follow(call, instruction) {
        rig.calls.get(call.callId)!.next = instruction
        return line.follow(call, instruction)
      },
    },
    pass: (ms) => sleep(ms),
    close: rig.close,
    async ring() {
      const call = rig.add()
      let leg: SimCall
      let gathering: Buffer[] = []
      return {
        call: call.facts,
        connect() {
          const { promise, resolve } = Promise.withResolvers<AcceptLine>()
          call.attach = resolve
          // Of a caller who is silent nothing is sent, as on some legs.
          leg = rig.twilio.placeCall({ to: OWN, from: '+14155550199', media: { gaps: true } })
          call.facts.legId = leg.sid
          return promise
        },
        // It does so by itself.
        start() {},
        audio(payload) {
          gathering.push(Buffer.from(payload, 'base64'))
          if (gathering.length > 1) return
          setTimeout(() => {
            void leg.play(Buffer.concat(gathering))
            gathering = []
          }, GATHER_MS)
        },
        key: (key) => leg.press(key),
        end: (graceful) => (graceful ? leg.hangUp() : leg.killSocket()),
        heard: () => withoutSilence(leg.heardSoFar()),
        isUp: () => leg.status === 'in-progress',
      }
    },
  }
})

/** Twilio's end of a linked media socket: plays in its own time, and echoes marks when they are passed or cleared. */
const playerOf = (far: LinkedSocket) => {
  let queue: (Buffer | string)[] = []
  let heard = Buffer.alloc(0)
  const echo = (name: string): void => far.send(JSON.stringify({ event: 'mark', streamSid: 'MZ1', mark: { name } }))
  const echoPassed = (): void => {
    while (typeof queue[0] === 'string') echo(queue.shift() as string)
  }
  far.on('message', (data: Buffer) => {
    const { event, media, mark } = JSON.parse(data.toString())
    if (event === 'media') {
      const audio = Buffer.from(media.payload, 'base64')
      for (let at = 0; at < audio.length; at += FRAME_BYTES) queue.push(audio.subarray(at, at + FRAME_BYTES))
    } else if (event === 'mark') queue.push(mark.name)
    else {
      const cleared = queue
      queue = []
      for (const each of cleared) if (typeof each === 'string') echo(each)
    }
  })
  return {
    heard: () => heard,
    playFrame(): void {
      echoPassed()
      const frame = queue.shift()
      if (frame instanceof Buffer) heard = Buffer.concat([heard, frame])
      echoPassed()
    },
  }
}

testLine('by Twilio, over linked sockets', (): LineRig => {
  const clock = fakeClock()
  const ended = new Set<string>()
  const players = new Set<ReturnType<typeof playerOf>>()
  const sockets = createMediaSockets({
    clock,
    calls: { byCallId: () => undefined },
    tokens: { issue: () => 'none', claim: () => ({ refusal: 'none' }) },
    signature: { upgrade: () => undefined },
  })
  const line = createLine(
    {
      hangUp: async ({ legId }) => void ended.add(legId),
      ringPerson: async () => {},
      dropPerson: async () => {},
      look: async () => undefined,
      fetchBack: async () => {},
    },
    sockets,
  )
  return {
    line,
    async pass(ms) {
      for (let passed = 0; passed < ms; passed += FRAME_MS) {
        for (const player of players) player.playFrame()
        // oxlint-disable-next-line no-await-in-loop -- one frame after the other
        await clock.advance(FRAME_MS)
      }
    },
    async ring() {
      const call: CallFacts = {
        callId: 'call-1',
        legId: 'CA1',
        direction: 'inbound',
        otherParty: {},
        dialled: OWN,
        startedAt: clock.date(),
      }
      const [near, far] = linkedSockets()
      const player = playerOf(far)
      players.add(player)
      const say = (frame: object): void => far.send(JSON.stringify({ streamSid: 'MZ1', ...frame }))
      let timestamp = 0
      return {
        call,
        connect() {
          const { promise, resolve } = Promise.withResolvers<AcceptLine>()
          sockets.take({ facts: call, attach: resolve }, near)
          return promise
        },
        start() {
          say({ event: 'connected' })
          say({ event: 'start', start: { callSid: call.legId } })
        },
        audio: (payload) =>
          say({ event: 'media', media: { track: 'inbound', timestamp: String((timestamp += FRAME_MS)), payload } }),
        key: (digit) => say({ event: 'dtmf', dtmf: { digit } }),
        end(graceful) {
          if (graceful) say({ event: 'stop' })
          else far.terminate()
        },
        heard: player.heard,
        isUp: () => !ended.has(call.legId),
      }
    },
  }
})
