/** A stand-in for the Realtime API on loopback: as strict as the real one, with faults and delays on request. */
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { createEar, type Ear } from '../speech/ear.ts'
import { understand } from '../meaning/understand.ts'
import { callerLines } from '../speech/caller-lines.ts'
import { createVad } from '../speech/vad.ts'
import { speak, type Voice } from '@llc-phone/virtual-carrier/voice'
import { certificateOf, createHttpServer, type TlsOption } from '../tls/serve-tls.ts'
import { type Dialogue, phrasesOf } from './dialogue.ts'
import { shippedDialogues } from './find-dialogues.ts'
import { tellPhrases } from './tell-phrases.ts'
import { createClientSecrets } from './client-secrets.ts'
import { flat, ga } from './dialects.ts'
import { type Faults, type Latency, usualLatency } from './faults.ts'
import { chooseProtocol, headersOf, keyOf, PATH, refuseSession, refuseUpgrade, refusalOf } from './handshake.ts'
import { servedModels } from './models.ts'
import type { DialectName, Json } from './protocol.ts'
import { truncationsSince, type ModelTruncation } from './truncations.ts'
import { openSession, type RealtimeSession } from './session.ts'

/** How the server is to behave. */
export interface RealtimeServerOptions {
  /** Default 0: any free port. */
  port?: number
  dialect?: DialectName
  /** Tried before the shipped ones; chosen by the tools a session has. */
  dialogues?: readonly Dialogue[]
  latency?: Partial<Latency>
  /** For every session, or chosen for each by its handshake; `index` counts handshakes from 0. */
  faults?: Faults | ((handshake: { index: number; model: string; headers: IncomingMessage['headers'] }) => Faults)
  /** The assistant's voice; default `slt`. */
  voice?: Voice
  /** The voices of callers that are understood; default `rms`. */
  callerVoices?: readonly Voice[]
  /** When given, any other key is refused. */
  apiKey?: string
  /** Names of the models that are served; default those of the real server over `ga`, and any over `flat`. */
  models?: readonly string[] | 'any'
  /** Keeps the caller's audio and a log entry for each piece of audio; default true. Off for load. */
  keepsAudio?: boolean
  /** Speaks TLS (`wss:`): with a certificate made for this machine (`true`), or with this one. */
  tls?: TlsOption
}

/** A running stand-in. */
export interface RealtimeServer {
  /** The base URL; `?model=` is the client's to add. */
  readonly url: string
  /** What clients have to trust, in PEM; undefined without TLS, or when the certificate given named none. */
  readonly ca: string | undefined
  /** Live and past sessions, in the order they opened; the oldest past ones are forgotten after 200. */
  readonly sessions: readonly RealtimeSession[]
  /** What clients did that the protocol forbids but the server cannot refuse; empty when all is well. */
  readonly violations: readonly string[]
  /** How many handshakes were asked for, refused ones included. */
  readonly handshakes: number
  /** Replaces the faults of every session that has none of its own. */
  setFaults(faults: Faults): void
  /** The session of that index, once it is open. */
  session(index: number): Promise<RealtimeSession>
  /** What was truncated since then (on the clock of `performance.now()`), each with its sentence as μ-law. */
  truncations(sinceMs: number): Promise<(ModelTruncation & { audio: Buffer })[]>
  /** Ends every session and stops listening. */
  close(): Promise<void>
}

const MOST_SESSIONS = 200
const MOST_SENTENCES = 400

/** Starts the server; it accepts connections when the promise resolves. */
export async function createRealtimeServer(options: RealtimeServerOptions = {}): Promise<RealtimeServer> {
  const dialect = options.dialect === 'flat' ? flat : ga
  const dialogues = [...(options.dialogues ?? []), ...shippedDialogues()]
  const callerVoices = options.callerVoices ?? ['rms']
  const admission = {
    dialect: dialect.name,
    apiKey: options.apiKey,
    models: options.models ?? (dialect.name === 'ga' ? servedModels : 'any'),
  }
  // Loaded before the first call, so that no client event can come before a session listens.
  ;(await createVad()).close()
  const sessions: RealtimeSession[] = []
  const violations: string[] = []
  const waiting: { index: number; resolve(session: RealtimeSession): void }[] = []
  const ears = new Map<Dialogue, Promise<Ear>>()
  const seenHeads = new Set<string>()
  const voice = options.voice ?? 'slt'
  const spoken = new Set<string>()
  let faults: Faults | undefined = typeof options.faults === 'function' ? undefined : options.faults
  let handshakes = 0

  const secrets = createClientSecrets(
    dialect,
    (key) => key !== undefined && (options.apiKey === undefined || key === options.apiKey),
  )

  const remember = (text: string): void => {
    // The last one said is the last in order.
    spoken.delete(text)
    spoken.add(text)
    if (spoken.size > MOST_SENTENCES) spoken.delete(spoken.keys().next().value!)
  }

  const earFor = (dialogue: Dialogue) => {
    const known =
      ears.get(dialogue) ??
      createEar({
        phrases: phrasesOf(dialogue),
        voices: callerVoices,
        lines: { list: callerLines, meaning: (text) => understand(dialogue, text).phrase },
      })
    ears.set(dialogue, known)
    return known
  }

  // No compression and no limit worth the name: as the official client sets itself up.
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: 32 * 1024 * 1024,
    handleProtocols: chooseProtocol,
  })
  const certificate = certificateOf(options.tls)
  const http = createHttpServer(certificate, (request, response) => {
    if (tellPhrases(dialogues, request, response)) return
    secrets.answer(request, response).catch(() => response.destroy())
  })

  http.on('upgrade', (request, socket, headPart) => {
    const index = handshakes++
    socket.on('error', () => socket.destroy())
    const url = new URL(request.url ?? '/', 'http://loopback')
    const initial = secrets.settingsOf(keyOf(request))
    const model = (initial?.['model'] as string | undefined) ?? url.searchParams.get('model') ?? ''
    const own =
      typeof options.faults === 'function' ? options.faults({ index, model, headers: request.headers }) : undefined
    const chosen = () => own ?? faults ?? {}
    const latency: Latency = { ...usualLatency, ...options.latency, ...chosen().latency }
    setTimeout(() => {
      // Who has a secret of ours has been let in already.
      const admitted = initial ? { ...admission, apiKey: undefined } : admission
      const refused = refusalOf({ request, url, model }, admitted, chosen())
      if (refused && 'status' in refused) return refuseUpgrade(socket, refused.status, refused.refusal)
      sockets.handleUpgrade(request, socket, headPart, (client) => {
        if (refused) return refuseSession(client, refused.closeCode, refused.refusal)
        accept(client, request, { model, initial }, chosen).catch((error: unknown) => {
          violations.push(`A session did not open: ${String(error)}`)
          client.terminate()
        })
      })
    }, latency.connectMs)
  })

  async function accept(
    client: WebSocket,
    request: IncomingMessage,
    { model, initial }: { model: string; initial: Json | undefined },
    chosen: () => Faults,
  ) {
    const session = await openSession(client, {
      dialect,
      model,
      initial,
      headers: headersOf(request),
      dialogues,
      latency: options.latency ?? {},
      keepsAudio: options.keepsAudio ?? true,
      faults: chosen,
      violate: (text) => violations.push(text),
      earFor,
      speak(text) {
        remember(text)
        return speak(text, voice)
      },
      seenHeads,
    })
    const index = sessions.push(session) - 1
    for (const wait of waiting.filter((one) => one.index === index)) wait.resolve(session)
    if (sessions.length > MOST_SESSIONS) {
      const oldest = sessions.findIndex(({ isOpen }) => !isOpen)
      if (oldest >= 0) sessions.splice(oldest, 1)
    }
  }

  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(options.port ?? 0, '127.0.0.1', resolve)
  })

  return {
    url: `${certificate ? 'wss' : 'ws'}://127.0.0.1:${(http.address() as AddressInfo).port}${PATH}`,
    ca: certificate?.ca,
    sessions,
    violations,
    get handshakes() {
      return handshakes
    },
    setFaults(next) {
      faults = next
    },
    session: (index) =>
      sessions[index] ? Promise.resolve(sessions[index]) : new Promise((resolve) => waiting.push({ index, resolve })),
    truncations: (sinceMs) =>
      Promise.all(
        truncationsSince(sessions, [...spoken], sinceMs).map(async (one) => ({
          ...one,
          audio: await speak(one.text, voice),
        })),
      ),
    async close() {
      for (const client of sockets.clients) client.terminate()
      for (const ear of ears.values()) ear.then((one) => one.close()).catch(() => undefined)
      http.closeAllConnections()
      await new Promise<void>((resolve) => http.close(() => resolve()))
    },
  }
}
