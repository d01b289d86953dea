import { setTimeout as sleep } from 'node:timers/promises'
import { ReadableStream } from 'node:stream/web'
import { initializeLogger, llm, voice } from '@livekit/agents'
import { realtime } from '@livekit/agents-plugin-openai'
import { AudioFrame } from '@livekit/rtc-node'
import { decodeUlaw, type RealtimeSession } from '@llc-phone/sim'
import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  asks,
  expectInterruption,
  expectNoComplaint,
  found,
  INSTRUCTIONS,
  KEY,
  MODEL,
  order,
  says,
  spoken,
  startServer,
  until,
} from './order-line.ts'

initializeLogger({ pretty: false, level: 'silent' })

const PIECE_MS = 100
/** The client sends what it is given as if it were 24 kHz; its room hands audio over at that rate. */
const RATE = 24_000

/** A microphone: what is said comes in real time, otherwise silence. */
class Microphone extends voice.AudioInput {
  #said = new Int16Array(0)
  readonly #stop = new AbortController()
  constructor() {
    super()
    const { signal } = this.#stop
    this.multiStream.addInputStream(
      new ReadableStream<AudioFrame>({
        pull: async (controller) => {
          await sleep(PIECE_MS, undefined, { signal }).catch(() => undefined)
          if (signal.aborted) return controller.close()
          const piece = AudioFrame.create(RATE, 1, (PIECE_MS * RATE) / 1000)
          piece.data.set(this.#said.subarray(0, piece.data.length))
          this.#said = this.#said.subarray(piece.data.length)
          controller.enqueue(piece)
        },
      }),
    )
  }
  say(ulaw: Buffer): void {
    const pcm = decodeUlaw(ulaw)
    this.#said = Int16Array.from({ length: pcm.length * 3 }, (_, at) => pcm[Math.floor(at / 3)]!)
  }
  unplug(): void {
    this.#stop.abort()
  }
}

/** A loudspeaker: plays in real time, and says how far it came. */
class Loudspeaker extends voice.AudioOutput {
  #startedAtMs: number | undefined
  #queuedMs = 0
  #done: NodeJS.Timeout | undefined
  interruptedAtMs = 0
  constructor() {
    super(24_000)
  }
  get playedMs(): number {
    return this.#startedAtMs === undefined ? 0 : Math.min(this.#queuedMs, performance.now() - this.#startedAtMs)
  }
  override async captureFrame(frame: AudioFrame): Promise<void> {
    await super.captureFrame(frame)
    if (this.#startedAtMs === undefined) {
      this.#startedAtMs = performance.now()
      this.onPlaybackStarted(Date.now())
    }
    this.#queuedMs += (frame.samplesPerChannel / frame.sampleRate) * 1000
  }
  override flush(): void {
    super.flush()
    if (this.#startedAtMs === undefined) return
    this.#done = setTimeout(() => this.#finish(false), this.#queuedMs - this.playedMs)
  }
  override clearBuffer(): void {
    if (this.#startedAtMs !== undefined) this.#finish(true)
  }
  #finish(interrupted: boolean): void {
    clearTimeout(this.#done)
    if (interrupted) this.interruptedAtMs = this.playedMs
    const playbackPosition = this.playedMs / 1000
    this.#startedAtMs = undefined
    this.#queuedMs = 0
    this.onPlaybackFinished({ playbackPosition, interrupted })
  }
}

/** The model as LiveKit has it, with its session in sight. */
class Model extends realtime.RealtimeModel {
  opened: realtime.RealtimeSession | undefined
  override session(): realtime.RealtimeSession {
    this.opened = super.session()
    return this.opened
  }
}

test(
  'LiveKit greets, runs its tool, is interrupted and tells the model how much was heard',
  { timeout: 60_000 },
  async () => {
    const { server, httpUrl } = await startServer()
    const calls: unknown[] = []
    const microphone = new Microphone()
    const loudspeaker = new Loudspeaker()
    const llmModel = new Model({
      apiKey: KEY,
      baseURL: httpUrl,
      model: MODEL,
      turnDetection: {
        type: 'server_vad',
        threshold: 0.5,
        prefix_padding_ms: 300,
        silence_duration_ms: 400,
        create_response: true,
        interrupt_response: true,
      },
    })
    const session = new voice.AgentSession({
      llm: llmModel,
      vad: null,
      aecWarmupDuration: null,
      turnHandling: { turnDetection: 'realtime_llm' },
    })
    const agent = new voice.Agent({
      instructions: INSTRUCTIONS,
      tools: [
        llm.tool({
          name: 'find_order',
          description: 'Finds a parcel.',
          parameters: z.object({ number: z.string() }),
          execute: async (input) => {
            calls.push(input)
            return found
          },
        }),
      ],
    })
    const seen: string[] = []
    session.on(voice.AgentSessionEventTypes.ConversationItemAdded, ({ item }) => {
      if (item.type === 'message')
        seen.push(`${item.role}: ${item.textContent?.trim()}${item.interrupted ? ' (interrupted)' : ''}`)
    })
    session.on(voice.AgentSessionEventTypes.FunctionToolsExecuted, (event) => {
      for (const one of event.functionCallOutputs) seen.push(`${one.name}: ${one.output}`)
    })
    session.on(voice.AgentSessionEventTypes.Error, ({ error }) => seen.push(JSON.stringify(error)))
    session.input.audio = microphone
    session.output.audio = loudspeaker
    const heard = (line: string) => until(() => seen.includes(line))

    await session.start({ agent, record: false })
    session.generateReply()
    await heard(`assistant: ${says.greeting}`)
    microphone.say(await spoken(asks.order))
    await heard(`assistant: ${says.order}`)
    microphone.say(await spoken(asks.shop))
    await until(() => loudspeaker.playedMs > 1500)
    microphone.say(await spoken(asks.thanks))
    await heard(`assistant: ${says.thanks}`)

    const model = await server.session(0)
    await close(session.close(), llmModel.opened!, model)
    microphone.unplug()

    expect(calls).toEqual([order])
    expect(seen).toEqual([
      `assistant: ${says.greeting}`,
      `user: ${asks.order}`,
      `assistant: ${says.announcement}`,
      `find_order: ${JSON.stringify(found)}`,
      `assistant: ${says.order}`,
      `user: ${asks.shop}`,
      expect.stringMatching(/^assistant: Our shop .* \(interrupted\)$/),
      `user: ${asks.thanks}`,
      `assistant: ${says.thanks}`,
    ])
    // It cancels what the server has cancelled itself, and knows the answer.
    expectNoComplaint(model, ['response_cancel_not_active'])
    expectInterruption(model, loudspeaker.interruptedAtMs)
    expect(model.closed?.code).toBe(1005)
  },
)

test('LiveKit takes what was said along when its session has expired', async () => {
  const { server, httpUrl } = await startServer()
  const session = new realtime.RealtimeModel({ apiKey: KEY, baseURL: httpUrl, model: MODEL }).session()
  const reconnected = new Promise((resolve) => session.once('session_reconnected', resolve))
  const history = llm.ChatContext.empty()
  history.addMessage({ role: 'user', content: 'Hello?' })
  history.addMessage({ role: 'assistant', content: says.greeting })
  await session.updateChatCtx(history)

  const first = await server.session(0)
  first.drop(1001, 'session_expired')
  await reconnected
  const next = await server.session(1)
  // The first thing sent after that is lost in the client; in a call, a piece of audio.
  await session.clearAudio()
  const reply = await session.generateReply()
  expect(reply.userInitiated).toBe(true)
  expect(textsOf(first)).toEqual(['Hello?', says.greeting])
  expect(textsOf(next)).toEqual(['Hello?', says.greeting])
  expect(server.violations).toEqual([])
  await close(session.close(), session, next)
})

const textsOf = ({ items }: RealtimeSession) => items.flatMap(({ content }) => content?.map(({ text }) => text) ?? [])

/** The socket is closed behind the next thing that is sent, and by then the microphone is off. */
async function close(closing: Promise<void>, client: realtime.RealtimeSession, model: RealtimeSession): Promise<void> {
  await until(() => {
    void client.clearAudio()
    return model.closed
  })
  await closing
}
