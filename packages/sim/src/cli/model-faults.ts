/** Reads what the simulated model is to do wrong, so that a developer can ring a model that hangs. */
import { z } from 'zod'
import type { Faults } from '../realtime/faults.ts'
import { UserError } from './user-error.ts'

const count = z.int().min(0)
const faultsSchema = z.strictObject({
  latency: z
    .strictObject({
      connectMs: count.exactOptional(),
      createdMs: count.exactOptional(),
      updatedMs: count.exactOptional(),
      firstAudioMs: count.exactOptional(),
      coldStartMs: count.exactOptional(),
      audioSpeed: z.number().positive().exactOptional(),
      transcriptMs: count.exactOptional(),
      pingMs: z.int().min(1).exactOptional(),
    })
    .exactOptional(),
  handshakeStatus: z.int().min(400).max(599).exactOptional(),
  neverCreated: z.boolean().exactOptional(),
  refuseFields: z.array(z.string()).readonly().exactOptional(),
  ignoreUpdate: z.boolean().exactOptional(),
  echoWrongFormats: z.boolean().exactOptional(),
  dropAfterDeltas: z.strictObject({ deltas: count, code: z.union([z.literal(1006), z.literal(1011)]) }).exactOptional(),
  stallAfterDeltas: count.exactOptional(),
  freezeAfterDeltas: z.strictObject({ deltas: count, forMs: count.exactOptional() }).exactOptional(),
  cutResponses: z
    .strictObject({
      deltas: count,
      reason: z.enum(['max_output_tokens', 'content_filter']),
      times: count.exactOptional(),
    })
    .exactOptional(),
  brokenAudio: z.union([z.boolean(), z.strictObject({ times: count })]).exactOptional(),
  floodAudioMs: count.exactOptional(),
  floodEvents: count.exactOptional(),
  failResponses: z
    .strictObject({ error: z.enum(['server_error', 'rate_limit_exceeded']), times: count.exactOptional() })
    .exactOptional(),
  garbage: z.boolean().exactOptional(),
  expireAfterMs: count.exactOptional(),
  mute: z.union([z.boolean(), z.strictObject({ times: count })]).exactOptional(),
}) satisfies z.ZodType<Faults>

/** The faults of each connection by its index: one object for all, or a list for the first, the second and so on. Throws a `UserError`. */
export function readModelFaults(text: string | undefined): (handshake: { index: number }) => Faults {
  if (!text) return () => ({})
  const read = z.union([z.array(faultsSchema), faultsSchema]).safeParse(parseJson(text))
  if (!read.success) throw wrong(z.prettifyError(read.error))
  const faults = read.data
  return ({ index }) => (Array.isArray(faults) ? (faults[index] ?? {}) : faults)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error))
  }
}

const wrong = (why: string): UserError =>
  new UserError(
    `SIM_MODEL_FAULTS cannot be read: ${why}\nWrite JSON, like {"mute":true}; see ./phone sim serve --help.`,
    2,
  )
