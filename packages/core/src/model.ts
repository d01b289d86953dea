import type { GatewayError } from './errors.ts'
import type { ModelWishes } from './tuning.ts'

/** What the model does by itself about the caller's speech. */
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

/** What a call asks of the model's side. Every later change is a partial one: what is absent stays. */
export interface SessionConfig {
  readonly instructions: string
  readonly voice: string
  readonly tools: readonly ToolSpec[]
  readonly turnDetection: TurnDetection
  /** How it is to do its work; each model has its own way without it. Part of the first settings only. */
  readonly wishes?: ModelWishes
  /** Before it is reported as configured, answers once as text that nobody hears and that leaves no trace. */
  readonly primes?: boolean
  /** Groups calls that share a prompt prefix, on servers whose wire has a word for it. */
  readonly cacheKey?: string
}

/** What one spoken part of an item amounted to in the caller's ear; `contentIndex` counts parts within the item. */
export interface HeardPart {
  readonly itemId: string
  readonly contentIndex: number
  readonly heardMs: number
  readonly sentMs: number
}

/** What the call tells the model. */
export type ModelCommand =
  | { readonly type: 'configure'; readonly config: Partial<SessionConfig> }
  | { readonly type: 'addMessage'; readonly role: 'user' | 'system' | 'assistant'; readonly text: string }
  /**
   * Asks for a reply. Requests coalesce while one is being generated; asked again when nothing has come of it for two
   * seconds, it goes out again. `again`: nothing is new since it was asked for, or came by itself; one that is late is enough.
   */
  | { readonly type: 'reply'; readonly again?: true }
  | { readonly type: 'toolOutput'; readonly toolCallId: string; readonly output: string }
  /**
   * Stops the reply being generated (`cancel`) and corrects the conversation to what was heard: `heard` lists unfinished parts
   * only, none that the model cannot correct (`truncate`; `deleteItem` for an item of which nothing was heard), and those that
   * this connection has not spoken are left alone. `cause` tells whether the model has heard the reason itself.
   */
  | { readonly type: 'interrupt'; readonly heard: readonly HeardPart[]; readonly cause: 'speech' | 'gateway' }
  /** The caller's turn that is ending was noise: no answer to it (`cancel`), no memory of it (`deleteItem`). What we ask for and write stays. */
  | { readonly type: 'dismissTurn' }
  /** The caller's turn is over, though the model has not noticed it. */
  | { readonly type: 'endTurn' }
  /** Has the server answer something: a connection on which nothing comes within a second or so is reported `lost`. */
  | { readonly type: 'probe' }

/** Tokens of one reply, as the model reports them; `cached` is part of `input`. */
export interface TokenUsage {
  readonly input: {
    readonly text: number
    readonly audio: number
    readonly cachedText: number
    readonly cachedAudio: number
  }
  readonly output: { readonly text: number; readonly audio: number }
}

/** What writing the caller's words down took: its model is billed by time or by tokens, apart from the replies. */
export interface TranscriptionUsage {
  readonly model: string
  readonly seconds: number
  readonly input: { readonly text: number; readonly audio: number }
  readonly output: { readonly text: number }
}

/** What a call has taken so far; `transcription` has an entry for each model that wrote the caller's words down. */
export interface CallUsage extends TokenUsage {
  readonly transcription?: readonly TranscriptionUsage[]
}

/** What the model tells the call. Audio does not come this way. */
export type ModelEvent =
  | { readonly type: 'opened' }
  | { readonly type: 'created' }
  | { readonly type: 'configured' }
  /** Settings that were to replace those in force are not in force; the old ones are, as far as anybody knows. */
  | { readonly type: 'configureRefused'; readonly code: string }
  /** Settings that were to replace those in force are in force, however late. */
  | { readonly type: 'reconfigured' }
  /** What an answer took that nobody hears, or of which nothing was known any more when it came. */
  | { readonly type: 'primed'; readonly usage: TokenUsage }
  | { readonly type: 'transcribed'; readonly usage: TranscriptionUsage }
  /** These two only where `turnEvents`. */
  | { readonly type: 'speechStarted' }
  | { readonly type: 'speechStopped' }
  | { readonly type: 'replyStarted' }
  | {
      readonly type: 'replyEnded'
      readonly outcome: 'completed' | 'cancelled' | 'failed' | 'incomplete'
      /** Of a cancelled one: nobody here has asked for that. */
      readonly unasked?: true
      readonly usage?: TokenUsage
      /** Why it is not complete, as one short word of the server's: `max_output_tokens`, `rate_limit_exceeded`. */
      readonly reason?: string
      /** How long the server asks us to wait before the next try. */
      readonly retryAfterMs?: number
    }
  /** The last audio of a part has been delivered. */
  | { readonly type: 'partEnded'; readonly itemId: string; readonly contentIndex: number }
  | { readonly type: 'toolCalled'; readonly toolCallId: string; readonly name: string; readonly argumentsJson: string }
  /** An item has its place in the conversation: `afterItemId` is the one before it. */
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
  /** Something was refused that does not end the connection; `internal` and a cause when it is a defect of ours. */
  | { readonly type: 'warning'; readonly code: string; readonly message: string; readonly cause?: unknown }
  /** The connection is over. `retry` says whether a new one could help. */
  | { readonly type: 'lost'; readonly error: GatewayError; readonly retry: boolean }

/** What a model's wire can do, and what comes of it where it cannot; guards ask for these, never for a vendor. */
export interface ModelCapabilities {
  /** It can be told how much of an item was heard. Without it a short text says how much of its last sentence was. */
  readonly truncate: boolean
  /**
   * It can forget an item. Without it a sentence of which nothing was heard, and a turn that was noise, stay in its memory;
   * a short text says what they were.
   */
  readonly deleteItem: boolean
  /**
   * A reply that is being generated can be stopped. Without it an interrupted one is let run: what it still says and calls
   * is dropped, and it counts as cancelled when it ends. An answer to noise is heard.
   */
  readonly cancel: boolean
  /** It says when the caller begins and ends to speak. Without it the call listens for that itself. */
  readonly turnEvents: boolean
  /**
   * How fast audio comes: faster than it is heard, or just as fast. Where it is just as fast, a short gap within a reply is
   * not taken for the end of what the caller hears.
   */
  readonly pace: 'burst' | 'realTime'
  /**
   * What a connection costs on which nobody speaks. Where it is billed, none is opened before the carrier is told where the
   * audio goes: not while somebody we call is being rung. And none is primed.
   */
  readonly idle: 'free' | 'billed'
}

/** Where a connection reports to. `audio` is the hot path: base64 μ-law 8 kHz of any length, and when it came (clock ms). */
export interface ModelListener {
  audio(payload: string, itemId: string, contentIndex: number, receivedAt: number): void
  event(event: ModelEvent): void
}

/** The model's leg of one call. */
export interface ModelConnection {
  /** Only between `configured` and the end: what comes earlier is refused, what comes later has no effect. */
  send(command: ModelCommand): void
  /** Base64 μ-law 8 kHz of the caller, untouched. */
  appendAudio(payload: string): void
  /** Ends the connection without a `lost` event. */
  close(): void
}

/** A speech-to-speech model that calls can talk to. */
export interface ModelProvider {
  readonly name: string
  readonly can: ModelCapabilities
  /**
   * Opens a connection; progress and failure arrive at the listener. Configuration may be promised: it is sent as soon as both are
   * there. `caller` is the other side's number, where it is known: it need not be passed on as it is.
   */
  connect(config: Promise<SessionConfig> | SessionConfig, listener: ModelListener, caller?: string): ModelConnection
}
