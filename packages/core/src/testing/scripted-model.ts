import type { ModelCommand, ModelEvent, ModelListener, ModelProvider, SessionConfig } from '../model.ts'

/** One connection a call has opened, and the test's hold on it. */
export interface ScriptedConnection {
  /** Every command, in order. */
  readonly commands: ModelCommand[]
  /** The caller's audio, in order. */
  readonly audio: string[]
  /** Settles once the call has its briefing. */
  readonly config: Promise<SessionConfig>
  readonly closed: boolean
  emit(event: ModelEvent): void
  /** Speaks `payload`, base64 μ-law. */
  speak(payload: string, itemId: string, contentIndex?: number): void
}

/** A model that does what the test tells it and remembers what it was told. */
export const scriptedModel = (): ModelProvider & {
  readonly connections: ScriptedConnection[]
  readonly latest: ScriptedConnection
} => {
  const connections: ScriptedConnection[] = []
  return {
    name: 'scripted',
    connections,
    get latest() {
      const connection = connections.at(-1)
      if (!connection) throw new Error('The call has not opened a model yet.')
      return connection
    },
    connect(config: Promise<SessionConfig> | SessionConfig, listener: ModelListener) {
      const commands: ModelCommand[] = []
      const audio: string[] = []
      let closed = false
      connections.push({
        commands,
        audio,
        config: Promise.resolve(config),
        get closed() {
          return closed
        },
        emit: (event) => listener.event(event),
        speak: (payload, itemId, contentIndex = 0) => listener.audio(payload, itemId, contentIndex, 0),
      })
      return {
        can: { truncate: true },
        send: (command) => void commands.push(command),
        appendAudio: (payload) => void audio.push(payload),
        close() {
          closed = true
        },
      }
    },
  }
}
