import type { GatewayError } from './errors.ts'
import type { ModelWishes } from './tuning.ts'

/** How the model reacts to the caller's speech by itself. */
export interface TurnReactions {
  /** Answers when a turn is over; `false` detects speech without answering it. */
  readonly autoReply: boolean
  /** Stops its own reply when the caller speaks; as `autoReply` when absent. */
  readonly interrupts?: boolean
}

/** How the model finds out that the caller's turn is over. */
export type TurnDetection =
  | (TurnReactions & { readonly kind: 'semantic'; readonly eagerness: 'low' | 'medium' | 'high' | 'auto' })
  | (TurnReactions & {
      readonly kind: 'server'
      /** How loud speech must be, from 0 to 1. */
      readonly threshold?: number
      readonly prefixPaddingMs?: number
      /** Silence that ends a turn. */
      readonly silenceMs?: number
    })
  | { readonly kind: 'none' }

/** A tool as the model sees it. */
export interface ToolSpec {
  readonly name: string
  readonly description: string
  /** Strict JSON Schema of the input. */
  readonly parameters: object
}

/** A step of the conversation so far: words, or a tool call with its output, absent while the tool runs. */
export type HistoryItem =
  | { readonly kind: 'message'; readonly role: 'user' | 'system' | 'assistant'; readonly text: string }
  | {
      readonly kind: 'toolCall'
      readonly toolCallId: string
      readonly name: string
      readonly argumentsJson: string
      readonly output?: string
    }

/** The settings of a model session. Later changes are partial: absent fields stay as they are. */
export interface SessionConfig {
  readonly instructions: string
  readonly voice: string
  readonly tools: readonly ToolSpec[]
  readonly turnDetection: TurnDetection
  /** Tuning of the model; its usual tuning when absent. In the first settings only. */
  readonly wishes?: ModelWishes
  /** Prime the model: one reply as text before `configured`, not heard by anybody and deleted afterwards. */
  readonly primes?: boolean
  /** The conversation so far, in order; in the first settings only. The model knows it before `configured` is reported. */
  readonly history?: readonly HistoryItem[]
  /** Groups calls that share a prompt prefix, for servers with such a setting. */
  readonly cacheKey?: string
}

/** How much of one spoken part of an item was heard; `contentIndex` counts parts within the item. */
export interface HeardPart {
  readonly itemId: string
  readonly contentIndex: number
  readonly heardMs: number
  readonly sentMs: number
}

/** Commands of a call to its model connection. */
export type ModelCommand =
  | { readonly type: 'configure'; readonly config: Partial<SessionConfig> }
  | { readonly type: 'addMessage'; readonly role: 'user' | 'system' | 'assistant'; readonly text: string }
  /** Steps that happened on another connection, after those of the settings' `history`. */
  | { readonly type: 'addHistory'; readonly items: readonly HistoryItem[] }
  /**
   * Asks for a reply. Requests coalesce while one is being generated; a request unanswered for two seconds is sent again when
   * repeated. `again`: the repeated request of a late reply, with nothing new to answer; one reply is enough for both.
   */
  | { readonly type: 'reply'; readonly again?: true }
  /** The output of a tool call of this connection, or of one in its history that had none. */
  | { readonly type: 'toolOutput'; readonly toolCallId: string; readonly output: string }
  /**
   * Stops the active reply (needs `cancel`) and corrects the conversation to what was heard. `heard` lists unfinished parts
   * that the model can correct (by `truncate`, or `deleteItem` where nothing was heard); parts this connection has not spoken
   * are ignored. `cause`: `speech`, which the model has heard itself, or `gateway`.
   */
  | { readonly type: 'interrupt'; readonly heard: readonly HeardPart[]; readonly cause: 'speech' | 'gateway' }
  /**
   * The caller's turn that is ending was noise: cancel the answer to it (`cancel`), delete its item (`deleteItem`). Our own
   * requests and messages stay.
   */
  | { readonly type: 'dismissTurn' }
  /** Ends the caller's turn, which the model has not noticed to be over. */
  | { readonly type: 'endTurn' }
  /** Checks the connection: if the server sends nothing within about a second, `lost` is reported. */
  | { readonly type: 'probe' }

/** Tokens of one reply, as the model reports them; cached tokens are included in the counts of `input`. */
export interface TokenUsage {
  readonly input: {
    readonly text: number
    readonly audio: number
    readonly cachedText: number
    readonly cachedAudio: number
  }
  readonly output: { readonly text: number; readonly audio: number }
}

/** Usage of the transcription model, which is billed separately, by time or by tokens. */
export interface TranscriptionUsage {
  readonly model: string
  readonly seconds: number
  readonly input: { readonly text: number; readonly audio: number }
  readonly output: { readonly text: number }
}

/** Usage of a call; `transcription` has an entry for each transcription model. */
export interface CallUsage extends TokenUsage {
  readonly transcription?: readonly TranscriptionUsage[]
}

/** What a model server says about limits that all calls share. */
export type ModelQuota =
  /** The share (0 to 1) of a budget, such as tokens a minute, that is left, and how long until all of it is there again. */
  | { readonly type: 'left'; readonly budget: string; readonly left: number; readonly wholeInMs: number }
  /** It has refused a connection or a reply for load; `retryAfterMs` as it asked for. */
  | { readonly type: 'refused'; readonly retryAfterMs?: number }

/** Events of a model connection. Audio is reported separately. */
export type ModelEvent =
  | { readonly type: 'opened' }
  /** `expiresAtMs`: when the server ends the session, by the `now()` of the clock; absent where there is no limit. */
  | { readonly type: 'created'; readonly expiresAtMs?: number }
  | { readonly type: 'configured' }
  /** A change of settings was refused; the previous settings stay in force, as far as we know. */
  | { readonly type: 'configureRefused'; readonly code: string }
  /** A change of settings is in force, perhaps late. */
  | { readonly type: 'reconfigured' }
  /** Usage of a reply that nobody hears, or of one reported after it was given up. */
  | { readonly type: 'primed'; readonly usage: TokenUsage }
  | { readonly type: 'transcribed'; readonly usage: TranscriptionUsage }
  /** These two only with the capability `turnEvents`. */
  | { readonly type: 'speechStarted' }
  | { readonly type: 'speechStopped' }
  | { readonly type: 'replyStarted' }
  | {
      readonly type: 'replyEnded'
      readonly outcome: 'completed' | 'cancelled' | 'failed' | 'incomplete'
      /** The cancellation was not asked for by us. */
      readonly unasked?: true
      readonly usage?: TokenUsage
      /** The server's reason for an incomplete reply, as one word: `max_output_tokens`, `rate_limit_exceeded`. */
      readonly reason?: string
      /** How long the server asks us to wait before the next request. */
      readonly retryAfterMs?: number
    }
  /** The last audio of a part has been delivered. */
  | { readonly type: 'partEnded'; readonly itemId: string; readonly contentIndex: number }
  | { readonly type: 'toolCalled'; readonly toolCallId: string; readonly name: string; readonly argumentsJson: string }
  /** An item was added to the conversation, behind the item `afterItemId`. */
  | {
      readonly type: 'itemPlaced'
      readonly itemId: string
      readonly afterItemId?: string
      readonly speaker: 'caller' | 'assistant'
    }
  | {
      readonly type: 'transcript'
      readonly speaker: 'caller' | 'assistant'
      readonly itemId: string
      readonly text: string
    }
  /** An error that does not end the connection; code `internal` with a cause for a defect of ours. */
  | { readonly type: 'warning'; readonly code: string; readonly message: string; readonly cause?: unknown }
  /** The connection was lost. `retry`: whether a new one could help. */
  | { readonly type: 'lost'; readonly error: GatewayError; readonly retry: boolean }

/** What a model connection can do, and what happens without it. Code checks these capabilities, never the name of a vendor. */
export interface ModelCapabilities {
  /** It can be told how much of an item was heard. Without it a short text tells it. */
  readonly truncate: boolean
  /**
   * It can delete an item. Without it an unheard sentence, or a turn that was noise, stays in its conversation; a short text
   * tells it what they were.
   */
  readonly deleteItem: boolean
  /**
   * It can cancel the active reply. Without it an interrupted reply runs on: its audio and tool calls are dropped, and it
   * counts as cancelled when it ends. An answer to noise is heard.
   */
  readonly cancel: boolean
  /** It reports when the caller begins and stops speaking. Without it the call detects that itself. */
  readonly turnEvents: boolean
  /**
   * Whether audio comes faster than it is played (`burst`) or in real time. In real time, a short gap within a reply does not
   * count as the end of the sound.
   */
  readonly pace: 'burst' | 'realTime'
  /**
   * Whether an idle connection is billed. If so, none is opened before the carrier is told where to connect the audio, so not
   * while a callee is being rung; and none is primed.
   */
  readonly idle: 'free' | 'billed'
}

/** The listener of a connection. `audio` is the hot path: base64 μ-law 8 kHz of any length, and the time of receipt (clock ms). */
export interface ModelListener {
  audio(payload: string, itemId: string, contentIndex: number, receivedAt: number): void
  event(event: ModelEvent): void
}

/** The model's leg of one call. */
export interface ModelConnection {
  /** Sends a command. Before `configured` it is refused; after the end it has no effect. */
  send(command: ModelCommand): void
  /** Sends caller audio, base64 μ-law 8 kHz, untouched. From `configured` on it may be taken off the connection and called alone. */
  appendAudio(payload: string): void
  /** Ends the connection without a `lost` event. */
  close(): void
}

/** Calls that begin with the same settings, so that a session can be configured before one of them comes. */
export interface CallKind {
  /** Mode and number. */
  readonly name: string
  /** The settings that all these calls share; the instructions of each one begin with these. */
  settings(): SessionConfig
}

/** What a connection is for, as far as it is known before the session config is. */
export interface ConnectionPurpose {
  /** The other party's number, if known; an adapter need not pass it on. */
  readonly caller?: string | undefined
  /** The kind of call that begins; absent when the call has begun already, or is of no kind. */
  readonly kind?: CallKind | undefined
  /** Opened ahead, for no call yet: a refusal for load does not count against calls. */
  readonly isSpare?: true
}

/** The port for a speech-to-speech model. */
export interface ModelProvider {
  readonly name: string
  readonly can: ModelCapabilities
  /**
   * Opens a connection; progress and failures are reported to the listener. The config may be a promise; it is sent as soon as
   * it and the session are there. Nothing is reported before this returns.
   */
  connect(
    config: Promise<SessionConfig> | SessionConfig,
    listener: ModelListener,
    purpose?: ConnectionPurpose,
  ): ModelConnection
}
