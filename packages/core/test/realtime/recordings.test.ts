import { describe, expect, it } from 'vitest'
import { replay } from './recordings.ts'

const began = ['opened', 'created', 'configured']
/** Events by what matters of each, repeated audio once. */
const course = async (name: string): Promise<string[]> => {
  const { told } = await replay(name)
  return told
    .map((event) => {
      switch (event.type) {
        case 'audio':
        case 'partEnded':
          return `${event.type} ${event.itemId}`
        case 'itemPlaced':
          return `${event.speaker} ${event.itemId} after ${event.afterItemId ?? 'nothing'}`
        case 'transcript':
          return `${event.speaker} said ${event.text}`
        case 'toolCalled':
          return `${event.name} ${event.toolCallId} ${event.argumentsJson}`
        case 'replyEnded':
          return [event.type, event.outcome, event.reason].filter(Boolean).join(' ')
        default:
          return event.type
      }
    })
    .filter((line, index, all) => line !== all[index - 1])
}

describe.each(['ga', 'flat'])('a recorded call over %s', (wire) => {
  it('is greeted', async () => {
    expect(await course(`${wire}-greeting`)).toEqual([
      ...began,
      'replyStarted',
      'assistant item_2 after item_1',
      'audio item_2',
      'partEnded item_2',
      'assistant said Good morning, this is the bakery.',
      'replyEnded completed',
    ])
  })

  it('is interrupted, and answered again', async () => {
    expect(await course(`${wire}-interruption`)).toEqual([
      ...began,
      'speechStarted',
      'speechStopped',
      'caller item_1 after nothing',
      'replyStarted',
      'assistant item_2 after item_1',
      'audio item_2',
      'speechStarted',
      'partEnded item_2',
      'assistant said We bake rye bread on Mondays,',
      'replyEnded cancelled turn_detected',
      'speechStopped',
      'caller item_3 after item_2',
      'replyStarted',
      'assistant item_4 after item_3',
      'audio item_4',
      'partEnded item_4',
      'assistant said On Fridays.',
      'replyEnded completed',
    ])
  })

  it('ends with a goodbye that is spoken while the tool call is written', async () => {
    expect(await course(`${wire}-goodbye`)).toEqual([
      ...began,
      'speechStarted',
      'speechStopped',
      'caller item_1 after nothing',
      'replyStarted',
      'assistant item_2 after item_1',
      'audio item_2',
      'partEnded item_2',
      'assistant said Thank you for calling.',
      'hang_up call_1 {}',
      'replyEnded completed',
      'replyStarted',
      'assistant item_5 after item_4',
      'audio item_5',
      'partEnded item_5',
      'assistant said Goodbye.',
      'replyEnded completed',
    ])
  })

  it('has a reply that we stop, and takes the second cancellation for no trouble', async () => {
    expect(await course(`${wire}-cancelled`)).toEqual([
      ...began,
      'replyStarted',
      'assistant item_2 after item_1',
      'audio item_2',
      'partEnded item_2',
      'assistant said Bread is baked',
      'replyEnded cancelled client_cancelled',
    ])
  })

  it('has the caller’s words written while they are answered', async () => {
    expect(await course(`${wire}-transcription`)).toEqual([
      ...began,
      'speechStarted',
      'speechStopped',
      'caller item_1 after nothing',
      'replyStarted',
      'caller said do you have rye bread',
      'assistant item_2 after item_1',
      'audio item_2',
      'partEnded item_2',
      'assistant said Yes, we do.',
      'replyEnded completed',
    ])
  })

  it('is paid for as the server counts, thoughts included', async () => {
    const { told } = await replay(`${wire}-greeting`)
    const ended = told.find((event) => event.type === 'replyEnded')
    expect(ended).toMatchObject({ usage: { input: { text: 112, audio: 0 }, output: { text: 26, audio: 40 } } })
  })
})

it('hears the whole of a reply beside which another one is written, and nothing of that one', async () => {
  const { told } = await replay('ga-out-of-band')
  const types = told.map(({ type }) => type).slice(began.length)
  expect(types.filter((type) => type === 'audio')).toHaveLength(4)
  expect(types.filter((type) => type !== 'audio').toSorted()).toEqual(
    ['replyStarted', 'itemPlaced', 'partEnded', 'primed', 'transcript', 'replyEnded'].toSorted(),
  )
  expect(told.at(-1)).toMatchObject({ outcome: 'completed', usage: { output: { audio: 44 } } })
  expect(
    told.find(({ type }) => type === 'primed'),
    'it is paid for',
  ).toMatchObject({ usage: { output: { text: 30 } } })
})

it.each(['invalid-key', 'missing-key', 'invalid-model', 'missing-model'])(
  'does not try again where the server answers %s after the handshake',
  async (name) => {
    const { told, sent } = await replay(`ga-${name}`)
    expect(told.filter(({ type }) => type !== 'opened')).toMatchObject([{ type: 'lost', retry: false }])
    expect(sent).toEqual([])
  },
)
