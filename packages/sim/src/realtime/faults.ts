/** What can be made to go wrong, and how long things take. */

/** Delays in ms. */
export interface Latency {
  /** Before the handshake is answered. A slow server is slow here, or in `updatedMs`. */
  connectMs: number
  /** From the open socket to session.created, which is always the first event: 2 to 6 ms of the real server. */
  createdMs: number
  /** From a session.update to session.updated; later events wait behind it. */
  updatedMs: number
  /** From response.created to the first piece of audio (or of text, in a response without audio). */
  firstAudioMs: number
  /** Inference of a new session is cold: nothing comes before this long after its first response was asked for, heard or not. */
  coldStartMs: number
  /** How many times faster than real time audio is sent. */
  audioSpeed: number
  /** From the caller's committed turn to its transcript. */
  transcriptMs: number
  /** Between two pings of the server's. */
  pingMs: number
}

/** The delays of a good day on a near network. */
export const usualLatency: Latency = {
  connectMs: 0,
  createdMs: 5,
  updatedMs: 20,
  firstAudioMs: 300,
  coldStartMs: 0,
  audioSpeed: 4,
  transcriptMs: 120,
  pingMs: 20_300,
}

/** Everything that can go wrong on request; absent means well. */
export interface Faults {
  latency?: Partial<Latency>
  /** Answers the handshake with this status instead of opening (401, 429, 503 …), as compatible servers do. */
  handshakeStatus?: number
  /** Opens, but never sends session.created, nor anything after it. */
  neverCreated?: boolean
  /** Refuses every session.update with this error. */
  refuseUpdate?: { code: string; message: string; param?: string | null }
  /** Does not know these fields, such as `session.prompt_cache_key`, and refuses whatever has one. */
  refuseFields?: readonly string[]
  /** Takes a session.update and never answers it. */
  ignoreUpdate?: boolean
  /** session.updated shows PCM whatever was asked for. */
  echoWrongFormats?: boolean
  /** Ends the socket after so many pieces of audio: 1006 without a closing frame, any other code with one. */
  dropAfterDeltas?: { deltas: number; code: 1006 | 1011 }
  /** Sends nothing more after so many pieces of audio; the socket stays open and answers pings. */
  stallAfterDeltas?: number
  /** The peer freezes after so many pieces of audio: it reads nothing, not even pings. After `forMs` it goes on, with everything it kept back. */
  freezeAfterDeltas?: { deltas: number; forMs?: number }
  /** Responses end as incomplete after so many pieces of audio; `times` of them, or all. */
  cutResponses?: { deltas: number; reason: 'max_output_tokens' | 'content_filter'; times?: number }
  /** Audio comes as something else than base64: that of `times` responses, or of all. */
  brokenAudio?: boolean | { times: number }
  /** Each sentence is said again and again without a pause, until there is so much of it, and sent at once. */
  floodAudioMs?: number
  /** So many events of no meaning come at once behind the first piece of audio. */
  floodEvents?: number
  /** Responses end as failed; `times` of them, or all. */
  failResponses?: { error: 'server_error' | 'rate_limit_exceeded'; times?: number }
  /** Sends broken JSON, an unknown event and a binary frame after session.created. */
  garbage?: boolean
  /** The session ends with session_expired and close code 1001 after this time; `expires_at` says so, in whole seconds. */
  expireAfterMs?: number
  /** Creates responses and never says anything: `times` of them, or all. */
  mute?: boolean | { times: number }
}
