import { base64Bytes, ULAW_BYTES_PER_MS } from '../audio.ts'
import type {
  ConnectionPurpose,
  HeardPart,
  HistoryItem,
  ModelCapabilities,
  ModelCommand,
  ModelEvent,
  ModelListener,
  ModelProvider,
  SessionConfig,
} from '../model.ts'

/** One connection that a call has opened, controlled by a test. */
export interface ScriptedConnection {
  /** Every accepted command, in order. */
  readonly commands: ModelCommand[]
  /** The received caller audio, in order. */
  readonly audio: string[]
  /** The session config; settles once the call has its briefing. */
  readonly config: Promise<SessionConfig>
  /** What the call said that it is for. */
  readonly purpose: ConnectionPurpose
  /** What it was told of the conversation so far: the history of the config, and what was added to it. */
  readonly history: readonly HistoryItem[]
  readonly closed: boolean
  /** A reply was requested and has not begun. */
  readonly owesReply: boolean
  /** A reply has begun and has not ended. */
  readonly isReplying: boolean
  /** Reports an event. Events a server always sends before it are added; an event that no server could send throws. */
  emit(event: ModelEvent): void
  /** Speaks `payload`, base64 μ-law, within a reply; begins one if there is none. */
  speak(payload: string, itemId: string, contentIndex?: number): void
}

/** A model controlled by a test, which records what it was sent. */
export interface ScriptedModel extends ModelProvider {
  readonly connections: ScriptedConnection[]
  readonly latest: ScriptedConnection
  /** Commands and events that a real wire would have refused; each has thrown as well. */
  readonly violations: string[]
}

/** All capabilities of a model; the default in tests. */
export const fullModelCapabilities: ModelCapabilities = {
  truncate: true,
  deleteItem: true,
  cancel: true,
  turnEvents: true,
  pace: 'burst',
  idle: 'free',
}

type Refuse = (why: string) => never

/** Events that may come before a session is configured. */
const early: ReadonlySet<ModelEvent['type']> = new Set(['opened', 'created', 'primed', 'configured', 'warning', 'lost'])

/** Opens a connection as strict as the wire. */
const openScripted = (
  config: Promise<SessionConfig> | SessionConfig,
  listener: ModelListener,
  purpose: ConnectionPurpose,
  can: ModelCapabilities,
  refuse: Refuse,
) => {
  const commands: ModelCommand[] = []
  const audio: string[] = []
  const remembered: HistoryItem[] = []
  const spokenMs = new Map<string, number>()
  const openParts = new Set<string>()
  /** Parts of the active reply that have ended. */
  const endedParts = new Set<string>()
  const toldEarly = new Set<string>()
  const toolCalls = new Map<string, 'open' | 'answered'>()
  let told: ModelEvent['type'] | undefined
  let isConfigured = false
  let isOver = false
  let closed = false
  let owesReply = false
  let isReplying = false
  let isCut = false

  /** Every tool call of the history has an id of its own, as on a wire. */
  const remember = (items: readonly HistoryItem[]): void => {
    for (const item of items) {
      remembered.push(item)
      if (item.kind !== 'toolCall') continue
      if (toolCalls.has(item.toolCallId)) refuse(`${item.toolCallId} is in the conversation already.`)
      toolCalls.set(item.toolCallId, item.output === undefined ? 'open' : 'answered')
    }
  }
  const settled = ({ history = [] }: SessionConfig): void => {
    if (!isConfigured) remember(history)
  }
  if (config instanceof Promise) config.then(settled, () => {})
  else settled(config)

  const partOf = (itemId: string, contentIndex: number): string => `${contentIndex} of ${itemId}`

  const begin = (): void => {
    isReplying = true
    isCut = false
    endedParts.clear()
    toldEarly.clear()
    owesReply = false
    listener.event({ type: 'replyStarted' })
  }

  /** Sends the events before `configured` that every server sends. */
  const arrive = (): void => {
    for (const type of ['opened', 'created'] as const) {
      if (told === 'created' || told === type) continue
      told = type
      listener.event({ type })
    }
    isConfigured = true
  }

  const endPart = (part: string): boolean => {
    endedParts.add(part)
    return openParts.delete(part)
  }

  const endParts = (): void => {
    for (const part of openParts) {
      const [contentIndex = '', itemId = ''] = part.split(' of ')
      endPart(part)
      listener.event({ type: 'partEnded', itemId, contentIndex: Number(contentIndex) })
    }
  }

  const emit = (event: ModelEvent): void => {
    if (isOver) return
    if (!isConfigured && !early.has(event.type)) refuse(`${event.type} came before configured.`)
    switch (event.type) {
      case 'opened':
      case 'created':
        if (isConfigured) refuse(`${event.type} came after configured.`)
        told = event.type
        break
      case 'configured':
        if (isConfigured) refuse('configured came twice.')
        arrive()
        break
      case 'replyStarted':
        if (isReplying) refuse('A reply began while another was being generated.')
        return begin()
      case 'replyEnded':
        if (!isReplying && event.outcome === 'failed') owesReply = false
        else if (!isReplying) begin()
        endParts()
        isReplying = false
        break
      case 'partEnded': {
        const part = partOf(event.itemId, event.contentIndex)
        // It was reported before the tool call.
        if (toldEarly.delete(part)) return
        if (!endPart(part)) refuse(`partEnded for part ${part}, which has no audio or has ended.`)
        break
      }
      case 'toolCalled': {
        if (toolCalls.has(event.toolCallId)) refuse(`${event.toolCallId} was called twice.`)
        toolCalls.set(event.toolCallId, 'open')
        // A tool call is complete only after the sentence spoken along with it.
        for (const part of openParts) toldEarly.add(part)
        endParts()
        if (isReplying) break
        begin()
        listener.event(event)
        return emit({ type: 'replyEnded', outcome: 'completed' })
      }
      case 'speechStarted':
      case 'speechStopped':
        if (!can.turnEvents) refuse(`${event.type} is nothing that this model tells.`)
        break
      case 'lost':
        isOver = true
        break
      default:
    }
    listener.event(event)
  }

  const speak = (payload: string, itemId: string, contentIndex = 0): void => {
    if (isOver) return
    if (!isConfigured) refuse('The model spoke before it was configured.')
    if (!isReplying) begin()
    if (isCut) return
    const part = partOf(itemId, contentIndex)
    if (endedParts.has(part)) refuse(`Part ${part} has ended.`)
    openParts.add(part)
    spokenMs.set(part, (spokenMs.get(part) ?? 0) + base64Bytes(payload) / ULAW_BYTES_PER_MS)
    listener.audio(payload, itemId, contentIndex, 0)
  }

  /** Ignores items this connection has not spoken, as the wire does. */
  const correct = ({ itemId, contentIndex, heardMs, sentMs }: HeardPart): void => {
    const part = partOf(itemId, contentIndex)
    const spoken = spokenMs.get(part)
    if (heardMs === 0 && contentIndex === 0 ? !can.deleteItem : !can.truncate)
      refuse(`The model cannot be told that part ${part} was heard for ${heardMs} ms.`)
    if (spoken === undefined) return
    if (heardMs > spoken || heardMs > sentMs) refuse(`Part ${part} has ${spoken} ms, and was heard for ${heardMs}.`)
    if (heardMs === 0 && contentIndex === 0) spokenMs.delete(part)
    else spokenMs.set(part, heardMs)
  }

  const send = (command: ModelCommand): void => {
    if (isOver) return
    if (!isConfigured) refuse(`${command.type} came before the model was configured.`)
    switch (command.type) {
      case 'reply':
        owesReply = true
        break
      case 'addHistory':
        remember(command.items)
        break
      case 'interrupt':
        for (const heard of command.heard) correct(heard)
        owesReply = false
        isCut = isReplying && can.cancel
        break
      case 'toolOutput': {
        const { toolCallId } = command
        if (toolCalls.get(toolCallId) !== 'open') refuse(`There is no open tool call ${toolCallId}.`)
        toolCalls.set(toolCallId, 'answered')
        break
      }
      default:
    }
    commands.push(command)
  }

  const held: ScriptedConnection = {
    purpose,
    commands,
    audio,
    config: Promise.resolve(config),
    history: remembered,
    get closed() {
      return closed
    },
    get owesReply() {
      return owesReply
    },
    get isReplying() {
      return isReplying
    },
    emit,
    speak,
  }
  return {
    held,
    connection: {
      send,
      appendAudio: (payload: string) => {
        if (!isOver) audio.push(payload)
      },
      close() {
        closed = true
        isOver = true
      },
    },
  }
}

/** Creates a model for tests of calls, as strict as the wire: throws at what a server with these capabilities would refuse or could not send. */
export const scriptedModel = (lacks: Partial<ModelCapabilities> = {}): ScriptedModel => {
  const can = { ...fullModelCapabilities, ...lacks }
  const connections: ScriptedConnection[] = []
  const violations: string[] = []
  const refuse: Refuse = (why) => {
    violations.push(why)
    throw new Error(why)
  }
  return {
    name: 'scripted',
    can,
    connections,
    violations,
    get latest() {
      const connection = connections.at(-1)
      if (!connection) throw new Error('The call has not opened a model yet.')
      return connection
    },
    connect(config, listener, purpose = {}) {
      const { held, connection } = openScripted(config, listener, purpose, can, refuse)
      connections.push(held)
      return connection
    },
  }
}
