import { base64Bytes, FRAME_BYTES, silence, ULAW_BYTES_PER_MS } from '../audio.ts'
import type { ModelCommand, ModelConnection, ModelEvent, ModelProvider, SessionConfig } from '../model.ts'
import type { ModelWishes } from '../tuning.ts'

/** A model provider under test, and the server behind it. */
export interface ModelRig {
  readonly provider: ModelProvider
  /** About a second of speech that the server tells from silence: μ-law 8 kHz, whole frames. */
  readonly speech: Buffer
  /**
   * Runs the server until `condition` holds. It accepts every session. Asked for a reply, it calls the tool `look_up` when the
   * last message says "look it up" (after a sentence of at least half a second if that says "announce" too), and otherwise
   * speaks for at least three seconds.
   */
  until(condition: () => boolean): Promise<void>
  /** The server is gone without closing the connection. */
  drop(): void
  close(): Promise<void>
}

const config: SessionConfig = {
  instructions: 'You answer the telephone.',
  voice: 'cedar',
  tools: [
    {
      name: 'look_up',
      description: 'Looks something up.',
      parameters: { type: 'object', properties: {}, additionalProperties: false },
    },
  ],
  turnDetection: { kind: 'semantic', eagerness: 'high', autoReply: true },
  wishes: { set: { transcription: 'off' }, suits: {}, keywords: [] },
}

/** Audio that a connection has reported. */
export type Heard = {
  readonly type: 'audio'
  readonly itemId: string
  readonly contentIndex: number
  readonly ms: number
}

/** Wishes with every setting. */
export const wishes: ModelWishes = {
  set: {
    effort: 'high',
    maxReplyTokens: 800,
    parallelTools: true,
    memory: { keep: 0.5, maxTokens: 8_000 },
    noiseReduction: 'near_field',
    transcription: { languages: ['en', 'es'], keywords: ['Meyer'] },
  },
  suits: { effort: 'minimal' },
  keywords: ['Harbor Dental'],
}

/** Lets a provider with a pool see two calls, until it has warm sessions for the next ones. */
export const warmUp = async (rig: ModelRig, isWarm: () => boolean): Promise<ModelRig> => {
  const calls = [connect(rig), connect(rig)] as const
  await rig.until(() => calls.every(({ count }) => count('configured') === 1) && isWarm())
  for (const { connection } of calls) connection.close()
  return rig
}

/** Opens a connection and collects everything it reports. */
export const connect = (
  { provider, until, speech }: ModelRig,
  changes: Partial<SessionConfig> = {},
  react: (event: ModelEvent, connection: ModelConnection) => void = () => {},
) => {
  const told: (ModelEvent | Heard)[] = []
  const connection: ModelConnection = provider.connect(
    { ...config, ...changes },
    {
      audio: (payload, itemId, contentIndex) =>
        void told.push({ type: 'audio', itemId, contentIndex, ms: base64Bytes(payload) / ULAW_BYTES_PER_MS }),
      event(event) {
        told.push(event)
        react(event, connection)
      },
    },
    {
      caller: '+14155550198',
      kind: { name: 'contract', settings: () => ({ ...config, ...changes, instructions: 'You answer' }) },
    },
  )
  const of = <Type extends (ModelEvent | Heard)['type']>(type: Type) =>
    told.filter((one): one is Extract<ModelEvent | Heard, { type: Type }> => one.type === type)
  const count = (type: (ModelEvent | Heard)['type']): number => of(type).length
  /** Whether a command is refused, by an exception or a warning. */
  const isRefused = async (command: ModelCommand): Promise<boolean> => {
    const before = count('warning')
    try {
      connection.send(command)
    } catch {
      return true
    }
    await until(() => count('warning') > before)
    return true
  }
  const say = (text: string): void => {
    connection.send({ type: 'addMessage', role: 'user', text })
    connection.send({ type: 'reply' })
  }
  /** The caller speaks and falls silent. */
  const takeTurn = (): void => {
    for (let at = 0; at < speech.length; at += FRAME_BYTES)
      connection.appendAudio(speech.toString('base64', at, at + FRAME_BYTES))
    for (let ms = 0; ms < 2_000; ms += 20) connection.appendAudio(silence(20))
  }
  return { connection, told, of, count, isRefused, say, takeTurn }
}
