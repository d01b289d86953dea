import { createReadStream } from 'node:fs'
import { GatewayError } from '@llc-phone/core'
import type { FastifyReply } from 'fastify'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { KeptRecording } from '../recording/recordings.ts'
import type { AdminScope } from './admin-scope.ts'
import { noteDeed } from './note-deed.ts'
import type { Actor } from './roles.ts'

/** Somebody who plays a recording asks for parts of it again and again: that is one playing for so long. */
const ONE_PLAYING_MS = 600_000
const MOST_PLAYINGS = 1_000

const ofCall = z.object({ id: z.string().max(128, 'is too long') })
const level = z.array(z.int().min(0).max(100))
const peaks = z
  .object({ durationMs: z.int(), stepMs: z.int(), caller: level, assistant: level })
  .meta({ id: 'RecordingPeaks' })

/** The part of a file that a `Range` header asks for, both ends included; `undefined` without one, or for one of several parts. */
export const rangeOf = (
  header: string | undefined,
  bytes: number,
): { readonly start: number; readonly end: number } | 'none' | undefined => {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  const start = first === '' ? Math.max(0, bytes - Number(last)) : Number(first)
  const end = first === '' || last === '' ? bytes - 1 : Math.min(bytes - 1, Number(last))
  return start > end ? 'none' : { start, end }
}

/** `GET /calls/ID/recording` and its peaks. */
export const addCallRecording = (scope: AdminScope, deps: GatewayDeps): void => {
  const { recordings, registry } = deps
  const role = { config: { role: 'operator' } } as const

  /** When somebody last asked for sound of a call, by both. */
  const playings = new Map<string, number>()

  /** Whether it is to be noted: whichever part they begin with. */
  const beginsToPlay = (callId: string, { personId, name }: Actor, isStart: boolean): boolean => {
    const key = `${callId} ${personId ?? name}`
    const now = performance.now()
    const before = playings.get(key) ?? Number.NEGATIVE_INFINITY
    playings.delete(key)
    playings.set(key, now)
    if (playings.size > MOST_PLAYINGS) playings.delete(playings.keys().next().value!)
    return isStart || now - before > ONE_PLAYING_MS
  }

  const callIdOf = (id: string): string => registry.byLegId(id)?.facts.callId ?? id

  const kept = async (id: string): Promise<KeptRecording> => {
    const found = await recordings?.find(callIdOf(id))
    if (!found)
      throw new GatewayError('not_found', 'There is no recording of this call: none was made, or it is deleted.')
    return found
  }

  const playing = {
    summary:
      'The recording of a call as stereo WAV (μ-law, 8 kHz): the caller left, what they heard of the assistant right',
    params: ofCall,
    response: { 200: { content: { 'audio/wav': { schema: z.string() } } } },
  }
  scope.get('/calls/:id/recording', { ...role, schema: playing }, async (request, response) => {
    const reply: FastifyReply = response
    const { path, bytes } = await kept(request.params.id)
    const range = rangeOf(request.headers.range, bytes)
    reply.header('accept-ranges', 'bytes').header('cache-control', 'no-store').type('audio/wav')
    if (range === 'none') {
      reply.header('content-range', `bytes */${bytes}`)
      return reply.code(416).send('')
    }
    const callId = callIdOf(request.params.id)
    if (beginsToPlay(callId, request.actor, (range?.start ?? 0) === 0))
      void noteDeed(deps, request, { action: 'recording_played', target: callId })
    if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${bytes}`)
    reply.header('content-length', range ? range.end - range.start + 1 : bytes)
    return reply.send(createReadStream(path, range ?? {}))
  })

  const drawing = { summary: 'The loudness of a recording, for drawing it', params: ofCall, response: { 200: peaks } }
  scope.get('/calls/:id/recording/peaks', { ...role, schema: drawing }, async ({ params }) => {
    await kept(params.id)
    const found = await recordings?.peaks(callIdOf(params.id))
    if (!found) throw new GatewayError('not_found', 'There is no recording of this call.')
    return found
  })
}
