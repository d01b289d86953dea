/** What the parts of one session share. */
import type { Ear } from '../speech/ear.ts'
import type { Conversation } from './conversation.ts'
import type { Dialogue } from './dialogue.ts'
import type { Dialect } from './dialects.ts'
import type { Faults, Latency } from './faults.ts'
import type { FunctionTool, Json, SessionConfig, WireEvent } from './protocol.ts'
import type { Script } from './script.ts'

/** What a session shares with its server. */
export interface SessionSetting {
  dialect: Dialect
  model: string
  /** Headers of the handshake, without its authorisation. */
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** What the key was made with, when it is a client secret. */
  initial?: Json | undefined
  dialogues: readonly Dialogue[]
  latency: Partial<Latency>
  keepsAudio: boolean
  faults(): Faults
  violate(text: string): void
  earFor(dialogue: Dialogue): Promise<Ear>
  speak(text: string): Promise<Buffer>
  /** The head (instructions, tools) of inputs seen lately by this server: they are in its cache. */
  seenHeads: Set<string>
}

/** One session as its parts see it. */
export interface SessionContext {
  readonly setting: SessionSetting
  readonly conversation: Conversation
  readonly script: Script
  config(): SessionConfig
  tools(): FunctionTool[]
  faults(): Faults
  latency(): Latency
  isClosed(): boolean
  send(event: WireEvent): void
  /** A timer that ends with the session. */
  after(ms: number, action: () => void): NodeJS.Timeout
  stop(timer: NodeJS.Timeout | undefined): void
}
