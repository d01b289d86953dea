/** The first message of every kind of `<Stream>`. */

/** How a stream begins; captures differ in both. */
export interface StreamOpening {
  /** Time on the stream's own clock when the first frame goes out. */
  firstTimestampMs: number
  /** `{}` for a stream without parameters. */
  hasEmptyParameters: boolean
}

/** Whose stream it is. */
export interface StreamIdentity {
  accountSid: string
  callSid: string
  streamSid: string
  parameters: Record<string, string>
  opening: StreamOpening
}

/** The body of the `start` message. */
export const startOf = (stream: StreamIdentity, tracks: readonly ('inbound' | 'outbound')[]) => ({
  accountSid: stream.accountSid,
  streamSid: stream.streamSid,
  callSid: stream.callSid,
  tracks,
  mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
  ...((Object.keys(stream.parameters).length > 0 || stream.opening.hasEmptyParameters) && {
    customParameters: stream.parameters,
  }),
})
