import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { WebSocket } from 'ws'
import { afterAll, describe, expect, it, vi } from 'vitest'
import type { FromSoftphone, Persons, ToSoftphone } from '../src/line-protocol.ts'
import { decodeUlaw } from '../src/ulaw.ts'
import { startVirtualLine, type VirtualLine } from '../src/virtual-line.ts'

const NUMBER = '+14155550113'
const lines: VirtualLine[] = []
afterAll(() => {
  for (const line of lines) line.hangUp('the test is over')
})

/** How loud a frequency (Hz) is in a sound, relative to all of it. */
const shareOf = (hz: number, sound: Buffer): number => {
  const samples = decodeUlaw(sound)
  let [re, im, all] = [0, 0, 0]
  for (const [at, sample] of samples.entries()) {
    re += sample * Math.cos((2 * Math.PI * hz * at) / 8000)
    im += sample * Math.sin((2 * Math.PI * hz * at) / 8000)
    all += sample * sample
  }
  return all === 0 ? 0 : (2 * (re * re + im * im)) / (samples.length * all)
}

const hasTone = (sound: Buffer, ...hz: number[]): boolean => hz.every((each) => shareOf(each, sound) > 0.3)

/** A call to a gateway that answers its webhooks with these documents; the last one stands for the rest. */
const ring = (
  documents: readonly (string | { afterMs: number; document: string })[],
  persons: Persons = 'answers',
  limitMs = 60_000,
  speak = async (_text: string) => Buffer.alloc(0),
) => {
  const asked: Record<string, string>[] = []
  const told: ToSoftphone[] = []
  const socket = Object.assign(new EventEmitter(), {
    readyState: 1,
    bufferedAmount: 0,
    send: (text: string) => void told.push(JSON.parse(text) as ToSoftphone),
    ping: () => void socket.emit('pong'),
    close: vi.fn(),
    terminate: () => void socket.emit('close', 1006),
  })
  let next = 0
  const line = startVirtualLine({
    accountSid: `AC${'0'.repeat(32)}`,
    authToken: 'token',
    voiceUrl: 'http://gateway.example/twiml',
    statusCallback: 'http://gateway.example/status',
    to: '+14155550100',
    persons,
    limitMs,
    speak,
    describePerson: () => ({ label: 'billing', number: '+1415•••0113' }),
    onLeg: () => {},
    address: () => '/console/line/again',
    callId: 'call-1',
    reach: {
      tlsFor: () => ({ rejectUnauthorized: true }),
      socketUrl: (url) => url,
      async ask(url, { body }) {
        if (url.endsWith('/status')) return { status: 200, body: Buffer.alloc(0) }
        asked.push(Object.fromEntries(new URLSearchParams(body)))
        const answer = documents[Math.min(next++, documents.length - 1)]!
        if (typeof answer !== 'string') await sleep(answer.afterMs)
        const document = typeof answer === 'string' ? answer : answer.document
        return { status: 200, body: Buffer.from(`<Response>${document}</Response>`) }
      },
    },
  })
  lines.push(line)
  line.attach(socket as unknown as WebSocket)
  const states = () => told.filter((message) => message.event === 'state')
  return {
    asked,
    line,
    told,
    socket,
    send: (message: FromSoftphone) => socket.emit('message', Buffer.from(JSON.stringify(message)), false),
    states,
    heard: () =>
      Buffer.concat(
        told.flatMap((message) => (message.event === 'media' ? [Buffer.from(message.media.payload, 'base64')] : [])),
      ),
    async is(state: string, detail?: string) {
      const fits = () =>
        states().some((each) => each.state === state && (detail === undefined || each.detail === detail))
      await vi.waitFor(() => expect([fits(), states()]).toEqual([true, states()]), { timeout: 8_000, interval: 20 })
    },
  }
}

const DIAL = `<Dial action="/after" timeout="4"><Number>${NUMBER}</Number></Dial>`

describe.concurrent('a call of a softphone', () => {
  it('hears that it rings until somebody answers', async () => {
    const { heard, is } = ring([{ afterMs: 700, document: '<Play digits="ww"/><Pause length="1"/>' }])
    await sleep(600)
    expect(hasTone(heard(), 440, 480)).toBe(true)
    await is('ended')
    // Nothing more than what was on its way.
    expect(heard().length / 8).toBeLessThan(900)
  })

  it('hears that a person is rung, and that they are busy; then the call goes on', async () => {
    const { heard, is, asked, states } = ring([DIAL, '<Hangup/>'], 'busy')
    await is('away', 'billing')
    await sleep(1_500)
    expect(hasTone(heard().subarray(-4_000), 440, 480)).toBe(true)
    await is('ended')
    expect(hasTone(heard().subarray(-2_400), 480, 620)).toBe(true)
    expect(asked[1]).toMatchObject({ DialCallStatus: 'busy' })
    expect(states().at(-1)).not.toHaveProperty('because')
  })

  it('comes back without a busy tone from a person who does not answer', async () => {
    const { heard, is, asked } = ring([DIAL, '<Hangup/>'], 'noAnswer')
    await is('ended')
    expect(asked[1]).toMatchObject({ DialCallStatus: 'no-answer' })
    expect(hasTone(heard().subarray(-2_400), 620)).toBe(false)
  })

  it('is connected with a person who changes their mind while it rings', async () => {
    const { send, is, heard } = ring([DIAL, '<Hangup/>'], 'noAnswer')
    await is('away', 'billing')
    await sleep(300)
    send({ event: 'persons', persons: 'answers' })
    await is('away', 'connected with the person, who is played')
    const before = heard().length
    await sleep(500)
    expect(hasTone(heard().subarray(before), 440)).toBe(false)
  })

  it('takes a few typed lines at a time', async () => {
    const { send, told } = ring(['<Pause length="9"/>'], 'answers', 60_000, async () => Buffer.alloc(16_000))
    for (let n = 0; n < 8; n++) send({ event: 'say', text: `line ${n}` })
    const refused = () => told.filter((message) => message.event === 'said' && message.state === 'failed')
    await vi.waitFor(() => expect(refused()).toHaveLength(3))
    expect(refused()[0]).toMatchObject({ text: 'line 5', message: expect.stringMatching(/^Wait/) })
  })

  it('is told why the line has ended it: the time is up, or whoever keeps it wants so', async () => {
    const [long, stopped] = [ring(['<Pause length="9"/>'], 'answers', 400), ring(['<Pause length="9"/>'])]
    stopped.line.hangUp('The gateway is being restarted.')
    await Promise.all([long.is('ended'), stopped.is('ended')])
    expect([long.states().at(-1), stopped.states().at(-1)]).toMatchObject([
      { because: 'A test call lasts at most 1 minute.' },
      { because: 'The gateway is being restarted.' },
    ])
  })
})
