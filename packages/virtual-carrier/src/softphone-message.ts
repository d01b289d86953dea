/** Reads what a softphone sends, which may be anybody's page: exact, and bounded. */
import { z } from 'zod'
import type { FromSoftphone } from './line-protocol.ts'

/** A message of a softphone is a few hundred bytes. */
export const MAX_MESSAGE_BYTES = 8192

/** Exactly 160 bytes, as base64. */
const FRAME = /^[\w+/]{214}==$/

const other = z.discriminatedUnion('event', [
  z.object({ event: z.literal('dtmf'), dtmf: z.object({ digit: z.string().regex(/^[0-9A-D*#]$/) }) }),
  z.object({ event: z.literal('mark'), mark: z.object({ name: z.string().max(100) }) }),
  z.object({ event: z.literal('say'), text: z.string().trim().min(1).max(500) }),
  z.object({ event: z.literal('hint'), text: z.string().max(500) }),
  z.object({ event: z.literal('persons'), persons: z.enum(['answers', 'busy', 'noAnswer', 'declines']) }),
  z.object({ event: z.literal('stop') }),
])

/** The message, or a sentence about what is wrong with it. */
export function readMessage(text: string): FromSoftphone | string {
  let raw: { event?: unknown; media?: { payload?: unknown } } | null
  try {
    raw = JSON.parse(text) as typeof raw
  } catch {
    return 'A message that is not JSON was left out.'
  }
  if (raw?.event === 'media') {
    const payload = raw.media?.payload
    if (typeof payload === 'string' && FRAME.test(payload)) return { event: 'media', media: { payload } }
    return 'Audio that is not 160 bytes of μ-law in base64 was left out.'
  }
  const parsed = other.safeParse(raw)
  return parsed.success ? parsed.data : 'A message of an unknown form was left out.'
}
