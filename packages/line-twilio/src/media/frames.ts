import * as z from 'zod'

const start = z.object({
  event: z.literal('start'),
  // It becomes part of every message we write, unescaped, so its characters are restricted.
  streamSid: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  start: z.object({
    callSid: z.string().min(1).max(64),
    accountSid: z.string().max(64).optional(),
    mediaFormat: z.object({ encoding: z.string(), sampleRate: z.number(), channels: z.number() }).optional(),
  }),
})

/** Twilio's messages on a media stream, except audio. */
const controlFrame = z.discriminatedUnion('event', [
  z.object({ event: z.literal('connected') }),
  start,
  z.object({ event: z.literal('dtmf'), dtmf: z.object({ digit: z.string().regex(/^[0-9A-D*#]$/) }) }),
  z.object({ event: z.literal('mark'), mark: z.object({ name: z.string().max(256) }) }),
  z.object({ event: z.literal('stop') }),
])

export type ControlFrame = z.output<typeof controlFrame>
export type StartFrame = z.output<typeof start>

const known: ReadonlySet<unknown> = new Set(['connected', 'start', 'dtmf', 'mark', 'stop'])

/** A control frame, `undefined` for an unknown event, or an error for a known event of the wrong shape. */
export const parseControlFrame = (frame: { event?: unknown }): ControlFrame | Error | undefined => {
  if (!known.has(frame.event)) return undefined
  const parsed = controlFrame.safeParse(frame)
  return parsed.success ? parsed.data : new Error(z.prettifyError(parsed.error))
}

/** Our media message: `payload` is base64 μ-law 8 kHz of any length. Ids and base64 need no escaping. */
export const mediaMessage = (streamSid: string, payload: string): string =>
  `{"event":"media","streamSid":"${streamSid}","media":{"payload":"${payload}"}}`

/** Asks Twilio to echo `name` once everything sent before it has been played. */
export const markMessage = (streamSid: string, name: string): string =>
  `{"event":"mark","streamSid":"${streamSid}","mark":{"name":"${name}"}}`

/** Makes Twilio drop audio it has not played yet; it echoes outstanding marks at once. */
export const clearMessage = (streamSid: string): string => `{"event":"clear","streamSid":"${streamSid}"}`
