/** The stand-in's own door, next to Twilio's API: another process rings through it and watches its call. */
import type { Server } from 'node:http'
import { WebSocketServer, type WebSocket } from 'ws'
import { z } from 'zod'
import type { Truncation } from '../report/measure.ts'
import { voices } from '@llc-phone/virtual-carrier/voice'
import { simVoices } from './sim-voices.ts'
import { CONTROL_PATH } from './control-path.ts'
import { rehearse } from '@llc-phone/virtual-carrier/caller-script'
import {
  type CallerStep,
  type CallResult,
  type PlaceCallOptions,
  type SimCall,
  type TimelineEntry,
} from '@llc-phone/virtual-carrier/types'

const voice: z.ZodType<string> = z.enum(voices)
const ring = z.strictObject({
  to: z.string(),
  from: z.string(),
  callerName: z.string().optional(),
  voice: voice.optional(),
  maxSilenceMs: z.number().optional(),
  maxCallMs: z.number().optional(),
  voiceUrl: z.string().optional(),
  method: z.enum(['GET', 'POST']).optional(),
  statusCallback: z.string().nullable().optional(),
  reach: z.strictObject({ ca: z.string().exactOptional(), insecure: z.boolean().exactOptional() }).optional(),
  steps: z.array(
    z.union([
      z.strictObject({ say: z.string(), voice: voice.optional() }),
      z.strictObject({ dtmf: z.string() }),
      z.strictObject({ audio: z.base64() }),
      z.strictObject({ wait: z.number() }),
      z.strictObject({ interrupt: z.string(), afterMs: z.number().optional(), voice: voice.optional() }),
      z.strictObject({ listen: z.literal(true), quietMs: z.number().optional(), maxMs: z.number().optional() }),
      z.strictObject({ hangup: z.literal(true) }),
    ]),
  ),
})

/** The first control message: caller, number and steps (audio as base64 μ-law). Any later message hangs up. */
export type ControlRing = z.infer<typeof ring>

/** What comes back: the call's id, its timeline as it happens, then the result with both tracks as base64 μ-law. */
export type ControlEvent =
  | { event: 'ringing'; sid: string }
  | { event: 'timeline'; entry: TimelineEntry }
  | {
      event: 'ended'
      result: Omit<CallResult, 'tracks' | 'timeline'> & {
        tracks: { caller: string; heard: string }
        /** With a simulated model on the other side: what it was told; the sentence as base64 μ-law. */
        truncations?: { atMs: number; toldMs: number; audio: string }[]
      }
    }
  | { event: 'refused'; message: string }

/**
 * Parts of the control endpoint. `truncations`: those of the simulated model, if there is one, on the clock of
 * `performance.now()`.
 */
interface Account {
  accountSid: string
  authToken: string
  placeCall(options: PlaceCallOptions): SimCall
  truncations: ((sinceMs: number) => Promise<Truncation[]>) | undefined
}

/** Opens the door on the stand-in's server; closing the socket hangs up. Returns the function that shuts it. */
export function attachControl(server: Server, account: Account): () => void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 * 1024 })
  const expected = `Basic ${Buffer.from(`${account.accountSid}:${account.authToken}`).toString('base64')}`

  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    if (request.url !== CONTROL_PATH || request.headers.authorization !== expected) {
      const status = request.url === CONTROL_PATH ? '401 Unauthorized' : '404 Not Found'
      socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, (control) => {
      control.on('error', () => control.terminate())
      control.once('message', (data) => void takeOrder(control, (data as Buffer).toString(), account))
    })
  })
  return () => {
    for (const client of sockets.clients) client.terminate()
    sockets.close()
  }
}

async function takeOrder(control: WebSocket, text: string, { placeCall, truncations }: Account): Promise<void> {
  const send = (event: ControlEvent): void => control.send(JSON.stringify(event))
  let order: ControlRing
  try {
    order = ring.parse(JSON.parse(text))
  } catch (error) {
    send({ event: 'refused', message: error instanceof z.ZodError ? z.prettifyError(error) : 'not JSON' })
    return control.close()
  }
  const { steps, ...rest } = withoutUndefined(order)
  const script = steps.map(toStep)
  // Before the call, so that it does not begin with the silence of a voice being made.
  await rehearse(simVoices, { script, voice: rest.voice })
  const startedMs = performance.now()
  const call = placeCall({ ...rest, script })
  send({ event: 'ringing', sid: call.sid })
  for (const entry of call.timeline) send({ event: 'timeline', entry })
  call.onTimeline((entry) => send({ event: 'timeline', entry }))
  // Whatever comes next from the other process means that it has had enough.
  control.on('message', () => call.hangUp())
  control.on('close', () => call.hangUp())
  if (control.readyState !== control.OPEN) call.hangUp()
  const { tracks, sid, status, durationMs, warnings, errors } = await call.ended
  const [caller, heard] = [tracks.caller.toString('base64'), tracks.heard.toString('base64')]
  const told = (await truncations?.(startedMs))?.map(({ atMs, toldMs, audio }) => ({
    atMs: atMs - startedMs,
    toldMs,
    audio: Buffer.from(audio).toString('base64'),
  }))
  const result = { sid, status, durationMs, warnings, errors, tracks: { caller, heard } }
  send({ event: 'ended', result: { ...result, ...(told && { truncations: told }) } })
  control.close()
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> }

const withoutUndefined = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Defined<T>

const toStep = (step: ControlRing['steps'][number]): CallerStep =>
  'audio' in step ? { audio: Buffer.from(step.audio, 'base64') } : (withoutUndefined(step) as CallerStep)
