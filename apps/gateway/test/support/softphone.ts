import { setTimeout as sleep } from 'node:timers/promises'
import type { FromSoftphone, LineState, ToSoftphone } from '@llc-phone/virtual-carrier/line-protocol'
import { speak, ulawRms } from '@llc-phone/sim'
import { WebSocket } from 'ws'
import type { World } from './whole-call.ts'

const FRAME_BYTES = 160
const SILENCE = Buffer.alloc(FRAME_BYTES, 0xff)
const LOUD = 0.008
const WAITS_MS = 60_000

/** The page of the console in a test: its microphone, its ear and its screen. */
export interface TestPhone {
  readonly callId: string
  readonly received: readonly ToSoftphone[]
  readonly state: LineState | undefined
  /** The address for coming back. */
  readonly again: string | undefined
  send(message: FromSoftphone): void
  sendRaw(text: string): void
  /** Speaks by the microphone; resolves when the last frame has left. */
  say(text: string): Promise<void>
  /** Waits for a message. */
  seen<Event extends ToSoftphone['event']>(
    event: Event,
    fits?: (message: Extract<ToSoftphone, { event: Event }>) => boolean,
    withinMs?: number,
  ): Promise<Extract<ToSoftphone, { event: Event }>>
  /** Types a line once nothing is heard any more; resolves when an answer is heard. */
  types(text: string): Promise<void>
  /** Waits until the ear hears something. */
  hears(withinMs?: number): Promise<void>
  /** Waits until the ear has heard nothing for so long. */
  quiet(forMs?: number, withinMs?: number): Promise<void>
  /** The socket is gone without a word. */
  lose(): void
  /** Comes back with another socket. */
  comeBack(): Promise<void>
  readonly closed: Promise<number>
  close(): void
}

/** Places a test call as an operator would; waits while there are as many as there may be. */
export const placeTestCall = async (
  world: Pick<World, 'admin'>,
  order: object,
): Promise<{ callId: string; line: string }> => {
  const deadline = performance.now() + WAITS_MS
  let { status, body } = await world.admin('POST', '/test-calls', order)
  while (status === 429 && performance.now() < deadline) {
    await sleep(500)
    ;({ status, body } = await world.admin('POST', '/test-calls', order))
  }
  if (status !== 201) throw new Error(`POST /test-calls answered ${status}: ${JSON.stringify(body)}`)
  return body as { callId: string; line: string }
}

/** Opens the socket of a line; rejects with the HTTP status when it is refused. */
export const openSocket = async (
  world: Pick<World, 'publicUrl' | 'variables'>,
  line: string,
  headers: Record<string, string> = {},
): Promise<WebSocket> => {
  const socket = new WebSocket(`${world.publicUrl.replace('http', 'ws')}${line}`, {
    headers: headers['cookie'] ? headers : { authorization: `Bearer ${world.variables.ADMIN_TOKEN}`, ...headers },
  })
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>()
  socket.on('open', () => resolve(socket))
  socket.on('unexpected-response', (_request, response) => reject(new Error(`HTTP ${response.statusCode}`)))
  socket.on('error', reject)
  return promise
}

/** Rings; `keepsMarks`: a page that never says what it has played. */
export const ringFromConsole = async (
  world: Pick<World, 'admin' | 'publicUrl' | 'variables'>,
  order: object,
  { keepsMarks = false, isMute = false }: { keepsMarks?: boolean; isMute?: boolean } = {},
): Promise<TestPhone> => {
  const { callId, line } = await placeTestCall(world, order)
  const received: ToSoftphone[] = []
  const listeners = new Set<() => void>()
  const microphone: Buffer[] = []
  let queue: ({ audio: Buffer } | { mark: string })[] = []
  let state: LineState | undefined
  let again: string | undefined
  let lastHeardAt = 0
  const closed = Promise.withResolvers<number>()
  let socket: WebSocket

  const send = (message: FromSoftphone): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
  }
  const playMarks = (): void => {
    for (;;) {
      const [first] = queue
      if (!first || !('mark' in first)) return
      queue.shift()
      if (!keepsMarks) send({ event: 'mark', mark: { name: first.mark } })
    }
  }
  const take = (message: ToSoftphone): void => {
    received.push(message)
    if (message.event === 'state') {
      state = message.state
      again = message.again ?? again
    } else if (message.event === 'media') {
      const audio = Buffer.from(message.media.payload, 'base64')
      for (let at = 0; at < audio.length; at += FRAME_BYTES) queue.push({ audio: audio.subarray(at, at + FRAME_BYTES) })
    } else if (message.event === 'mark') queue.push({ mark: message.mark.name })
    else if (message.event === 'clear') queue = queue.filter((entry) => 'mark' in entry)
    if (message.event === 'mark' || message.event === 'clear') playMarks()
    for (const listener of listeners) listener()
  }
  const listen = (to: WebSocket): void => {
    socket = to
    to.on('message', (data) => take(JSON.parse((data as Buffer).toString()) as ToSoftphone))
    to.on('close', (code) => {
      if (to === socket && state === 'ended') closed.resolve(code)
    })
  }
  const opened = new WebSocket(`${world.publicUrl.replace('http', 'ws')}${line}`, {
    headers: { authorization: `Bearer ${world.variables.ADMIN_TOKEN}` },
  })
  listen(opened)
  await new Promise((resolve, reject) => {
    opened.on('open', resolve)
    opened.on('unexpected-response', (_request, response) => reject(new Error(`HTTP ${response.statusCode}`)))
  })

  const startedAt = performance.now()
  let ticks = 0
  const clock = setInterval(() => {
    for (; ticks < (performance.now() - startedAt) / 20; ticks++) {
      const spoken = microphone.shift()
      if (!isMute || spoken) send({ event: 'media', media: { payload: (spoken ?? SILENCE).toString('base64') } })
      const first = queue.shift()
      // The tone while it rings is no answer.
      if (first && 'audio' in first && state !== 'ringing' && ulawRms(first.audio) > LOUD)
        lastHeardAt = performance.now()
      if (first && 'mark' in first) queue.unshift(first)
      playMarks()
    }
  }, 20)

  const until = async (test: () => boolean, what: string, withinMs: number): Promise<void> => {
    const deadline = performance.now() + withinMs
    while (!test()) {
      if (performance.now() > deadline || (state === 'ended' && !what.startsWith('state')))
        throw new Error(
          `${what} within ${withinMs} ms: ${JSON.stringify(received.filter(({ event }) => event !== 'media' && event !== 'mark'))}`,
        )
      await sleep(20)
    }
  }

  const phone: TestPhone = {
    callId,
    received,
    get state() {
      return state
    },
    get again() {
      return again
    },
    send,
    sendRaw: (text) => socket.send(text),
    async say(text) {
      const audio = await speak(text, 'rms')
      for (let at = 0; at < audio.length; at += FRAME_BYTES) {
        const frame = Buffer.from(SILENCE)
        audio.copy(frame, 0, at)
        microphone.push(frame)
      }
      while (microphone.length > 0) await sleep(20)
    },
    async seen(event, fits = () => true, withinMs = 20_000) {
      const find = () =>
        received.find(
          (message): message is Extract<ToSoftphone, { event: typeof event }> =>
            message.event === event && fits(message as Extract<ToSoftphone, { event: typeof event }>),
        )
      await until(() => find() !== undefined, event, withinMs)
      return find()!
    },
    async types(text) {
      await phone.quiet(1_500)
      const before = received.length
      send({ event: 'say', text })
      await until(
        () => received.slice(before).some((message) => message.event === 'said' && message.state !== 'speaking'),
        'said',
        20_000,
      )
      if (state !== 'ended') await phone.hears().catch(() => undefined)
    },
    async hears(withinMs = 20_000) {
      const since = performance.now()
      await until(() => lastHeardAt > since, 'hears', withinMs)
    },
    quiet: (forMs = 700, withinMs = 30_000) =>
      until(() => lastHeardAt > 0 && performance.now() - lastHeardAt > forMs, 'quiet', withinMs),
    lose: () => socket.terminate(),
    async comeBack() {
      const next = await openSocket(world, again!)
      listen(next)
      await sleep(50)
    },
    closed: closed.promise,
    close() {
      clearInterval(clock)
      socket.terminate()
    },
  }
  return phone
}
