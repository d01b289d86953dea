import { describe, expect, it } from 'vitest'
import { GatewayError } from '../src/errors.ts'
import { withBreaker } from '../src/model-server/breaker.ts'
import { withPool } from '../src/model-server/pool.ts'
import type { ModelCapabilities, ModelCommand, ModelEvent, ModelProvider } from '../src/model.ts'
import {
  fakeClock,
  scriptedModel,
  settle,
  warmUp,
  type ModelRig,
  testModel,
  type ScriptedConnection,
} from '../src/testing/index.ts'

const SPEECH = Buffer.alloc(8_000, 0x2a).toString('base64')

/** What the far side takes for somebody speaking. */
const VOICE = Buffer.alloc(8_000, 0x10)

const lookUp = { name: 'look_up', argumentsJson: '{}' }

interface Seen {
  items: number
  configures: number
  frames: number
  speaking: boolean
}

/** The caller begins or ends to speak; `false`: neither. */
const hear = (connection: ScriptedConnection, seen: Seen): boolean => {
  while (seen.frames < connection.audio.length) {
    const isVoice = Buffer.from(connection.audio[seen.frames++]!, 'base64')[0] === VOICE[0]
    if (isVoice === seen.speaking) continue
    seen.speaking = isVoice
    connection.emit({ type: isVoice ? 'speechStarted' : 'speechStopped' })
    return true
  }
  return false
}

/** What a server would do next, one step at a time. */
const step = (connection: ScriptedConnection, seen: Seen, { cancel, turnEvents }: ModelCapabilities): void => {
  const { commands } = connection
  const configures = commands.filter(({ type }) => type === 'configure').length
  const cut =
    cancel &&
    commands.findLastIndex(({ type }) => type === 'interrupt') > commands.findLastIndex(({ type }) => type === 'reply')
  const last = commands.findLast((command): command is Extract<ModelCommand, { type: 'addMessage' | 'toolOutput' }> =>
    ['addMessage', 'toolOutput'].includes(command.type),
  )
  const asksFor = (what: string): boolean => last?.type === 'addMessage' && last.text.includes(what)
  if (turnEvents && hear(connection, seen)) return
  if (configures > seen.configures) {
    seen.configures++
    connection.emit({ type: 'reconfigured' })
  } else if (connection.isReplying && cut) connection.emit({ type: 'replyEnded', outcome: 'cancelled' })
  else if (connection.isReplying) {
    connection.speak(SPEECH, `item${seen.items}`)
    if (asksFor('announce')) connection.emit({ type: 'toolCalled', toolCallId: `call${++seen.items}`, ...lookUp })
    else connection.emit({ type: 'partEnded', itemId: `item${seen.items}`, contentIndex: 0 })
    connection.emit({ type: 'replyEnded', outcome: 'completed' })
  } else if (connection.owesReply && asksFor('look it up') && !asksFor('announce'))
    connection.emit({ type: 'toolCalled', toolCallId: `call${++seen.items}`, ...lookUp })
  else if (connection.owesReply) connection.speak(SPEECH, `item${++seen.items}`)
}

const nothing = { truncate: false, deleteItem: false, cancel: false, turnEvents: false } as const

/** A provider in its wrapping, and whether it has warm sessions for calls, where it has any. */
interface Wrapped {
  readonly provider: ModelProvider
  isWarm?(): boolean
}

const asItIs = (provider: ModelProvider): Wrapped => ({ provider })
const guarded = (provider: ModelProvider): Wrapped => ({
  provider: withBreaker({ clock: fakeClock(), provider, voice: 'cedar', timeoutMs: 10_000 }),
})
const pooled = (provider: ModelProvider): Wrapped => {
  const pool = withPool({ clock: fakeClock(), provider, most: 4 })
  return { provider: pool, isWarm: () => pool.idle > 1 }
}

for (const [name, can, wrap] of [
  ['scripted', {}, asItIs],
  ['scripted, without a memory to correct', { truncate: false, deleteItem: false }, asItIs],
  ['scripted, that can do little', nothing, asItIs],
  ['scripted, behind a breaker', {}, guarded],
  ['scripted, out of a pool', {}, pooled],
] as const)
  testModel(name, async () => {
    const provider = scriptedModel(can)
    const seen = new Map<ScriptedConnection, Seen>()
    let items = 0
    const wrapped = wrap(provider)
    const rig: ModelRig = {
      provider: wrapped.provider,
      speech: VOICE,
      async until(condition) {
        for (let steps = 0; !condition(); steps++) {
          if (steps > 20) throw new Error('The far side has nothing left to do.')
          for (const connection of provider.connections) {
            const known = seen.get(connection)
            if (known) step(connection, known, provider.can)
            else connection.emit({ type: 'configured' })
            if (!known) seen.set(connection, { items: (items += 100), configures: 0, frames: 0, speaking: false })
          }
          // oxlint-disable-next-line no-await-in-loop -- promises settle between the steps of a server
          await settle()
        }
      },
      drop() {
        for (const connection of provider.connections)
          connection.emit({ type: 'lost', error: new GatewayError('model_lost', 'gone'), retry: true })
      },
      close: async () => {},
    }
    return wrapped.isWarm ? warmUp(rig, () => wrapped.isWarm!()) : rig
  })

describe('the scripted model', () => {
  const open = () => {
    const told: string[] = []
    const provider = scriptedModel()
    const connection = provider.connect(
      { instructions: '', voice: 'cedar', tools: [], turnDetection: { kind: 'none' } },
      { audio: () => void told.push('audio'), event: ({ type }) => void told.push(type) },
    )
    const { latest } = provider
    return { provider, connection, latest, told }
  }
  const configured = () => {
    const rig = open()
    rig.latest.emit({ type: 'configured' })
    rig.told.length = 0
    return rig
  }

  it('fills in what every server sends by itself', () => {
    const { latest, told } = configured()
    latest.speak(SPEECH, 'i1')
    latest.emit({ type: 'replyEnded', outcome: 'completed' })
    latest.emit({ type: 'toolCalled', toolCallId: 't1', name: 'look_up', argumentsJson: '{}' })
    const spoke = ['replyStarted', 'audio', 'partEnded', 'replyEnded']
    expect(told).toEqual([...spoke, 'replyStarted', 'toolCalled', 'replyEnded'])
  })

  it('ends the sentence before the tool call that goes along with it', () => {
    const { latest, told } = configured()
    latest.speak(SPEECH, 'i1')
    latest.emit({ type: 'toolCalled', toolCallId: 't1', name: 'look_up', argumentsJson: '{}' })
    latest.emit({ type: 'replyEnded', outcome: 'completed' })
    expect(told).toEqual(['replyStarted', 'audio', 'partEnded', 'toolCalled', 'replyEnded'])
  })

  it('says nothing more in a sentence that has ended', () => {
    const { latest } = configured()
    latest.speak(SPEECH, 'i1')
    latest.emit({ type: 'partEnded', itemId: 'i1', contentIndex: 0 })
    expect(() => latest.speak(SPEECH, 'i1')).toThrow('has ended')
  })

  it.each<[string, ModelEvent[]]>([
    ['a reply that begins within another', [{ type: 'replyStarted' }, { type: 'replyStarted' }]],
    ['the end of a part without audio', [{ type: 'partEnded', itemId: 'i1', contentIndex: 0 }]],
    ['a session that is configured twice', [{ type: 'configured' }]],
    [
      'the same tool call twice',
      [
        { type: 'toolCalled', toolCallId: 't1', name: 'a', argumentsJson: '{}' },
        { type: 'toolCalled', toolCallId: 't1', name: 'a', argumentsJson: '{}' },
      ],
    ],
  ])('cannot be made to send %s', (_what, events) => {
    const { latest, provider } = configured()
    expect(() => {
      for (const event of events) latest.emit(event)
    }).toThrow()
    expect(provider.violations).toHaveLength(1)
  })

  it('cannot be made to speak before it is configured', () => {
    const { latest } = open()
    expect(() => latest.speak(SPEECH, 'i1')).toThrow('before')
    expect(() => latest.emit({ type: 'speechStarted' })).toThrow('before')
  })

  it('is told of nothing that it cannot correct, and tells of no turn that it cannot hear', () => {
    const provider = scriptedModel(nothing)
    const connection = provider.connect(
      { instructions: '', voice: 'cedar', tools: [], turnDetection: { kind: 'none' } },
      { audio: () => {}, event: () => {} },
    )
    const { latest } = provider
    latest.emit({ type: 'configured' })
    latest.speak(SPEECH, 'i1')
    const interrupt = (heardMs: number) => (): void =>
      connection.send({
        type: 'interrupt',
        cause: 'speech',
        heard: [{ itemId: 'i1', contentIndex: 0, heardMs, sentMs: 1_000 }],
      })
    expect(interrupt(100)).toThrow('cannot be told')
    expect(interrupt(0)).toThrow('cannot be told')
    expect(() => latest.emit({ type: 'speechStarted' })).toThrow('speechStarted')
  })

  it('takes one output for a tool call', () => {
    const { connection, latest } = configured()
    latest.emit({ type: 'toolCalled', toolCallId: 't1', name: 'a', argumentsJson: '{}' })
    connection.send({ type: 'toolOutput', toolCallId: 't1', output: '1' })
    expect(() => connection.send({ type: 'toolOutput', toolCallId: 't1', output: '1' })).toThrow('t1')
  })
})
