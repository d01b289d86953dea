import { base64Bytes, GatewayError, phraseKeys, silence } from '@llc-phone/core'
import { fullModelCapabilities, fakeClock, scriptedModel, settle } from '@llc-phone/core/testing'
import { describe, expect, it } from 'vitest'
import { recordPhrases, type RecordingRequest } from '../src/recorder.ts'
import { shippedIn } from '../src/shipped.ts'

const english = shippedIn('en')!.phrases
const spoken = english.oneMoment.payload
const loud = (durationMs: number) => Buffer.alloc(durationMs * 8, Buffer.from([0x9a, 0x1a])).toString('base64')
/** A recording under way, and the model's side of it. */
const record = (request: Partial<RecordingRequest> = {}) => {
  const model = scriptedModel()
  const clock = fakeClock()
  const outcome = recordPhrases({
    provider: model,
    clock,
    model: 'gpt-realtime-1.5',
    voice: 'cedar',
    language: 'en',
    keys: ['oneMoment'],
    ...request,
  })
  const begin = async () => {
    model.latest.emit({ type: 'configured' })
    await settle()
  }
  const say = async (text: string, payload = spoken, end: 'completed' | 'failed' | 'incomplete' = 'completed') => {
    const { emit, speak } = model.latest
    emit({ type: 'replyStarted' })
    speak(payload, 'item')
    emit({ type: 'transcript', speaker: 'assistant', itemId: 'item', text })
    emit({ type: 'replyEnded', outcome: end })
    await settle()
  }
  const asked = () => model.latest.commands.flatMap((command) => (command.type === 'addMessage' ? [command.text] : []))
  return { model, clock, outcome, begin, say, asked }
}

describe('a phrase that the model speaks', () => {
  it('is asked for word by word, on a connection that listens to nobody', async () => {
    const { model, begin, asked } = record({ keys: ['sayAgain'], language: 'es-MX' })
    expect(await model.latest.config).toMatchObject({
      voice: 'cedar',
      tools: [],
      turnDetection: { kind: 'none' },
      wishes: { set: { transcription: 'off' } },
      instructions: expect.stringContaining('Mexican Spanish'),
    })
    expect(model.latest.commands).toEqual([])
    await begin()
    expect(asked()).toEqual(['Say exactly: "Perdón, ¿podría repetirlo?"'])
    expect(model.latest.commands.at(-1)).toEqual({ type: 'reply' })
  })

  it('is kept without the silence around it, in whole frames', async () => {
    const { clock, outcome, begin, say, model } = record()
    await begin()
    const pad = Buffer.from(silence(500), 'base64')
    await say('one moment please', Buffer.concat([pad, Buffer.from(spoken, 'base64'), pad]).toString('base64'))
    const { recorded, failed } = await outcome
    expect(failed).toEqual([])
    expect(recorded).toEqual([
      {
        key: 'oneMoment',
        voice: 'cedar',
        language: 'en',
        model: 'gpt-realtime-1.5',
        text: 'One moment, please.',
        payload: expect.any(String),
        recordedAt: clock.date(),
      },
    ])
    const bytes = base64Bytes(recorded[0]!.payload)
    expect(bytes % 160).toBe(0)
    expect(Math.abs(bytes - base64Bytes(spoken))).toBeLessThanOrEqual(640)
    expect(model.latest.closed).toBe(true)
  })

  it('is followed by the next on the same connection', async () => {
    const { model, outcome, begin, say } = record({ keys: phraseKeys })
    await begin()
    for (const key of phraseKeys) await say(english[key].text, english[key].payload)
    expect((await outcome).recorded.map(({ key }) => key)).toEqual(phraseKeys)
    expect(model.connections).toHaveLength(1)
  })

  it.each([
    ['Other words were spoken.', 'One moment', spoken, 'completed'],
    ['Other words were spoken.', 'Sure! One moment, please.', spoken, 'completed'],
    ['Other words were spoken.', 'One moment, Pleasance.', spoken, 'completed'],
    ['Other words were spoken.', '', spoken, 'completed'],
    ['Nothing can be heard in it.', 'One moment, please.', silence(1_500), 'completed'],
    ['Nothing can be heard in it.', 'One moment, please.', '', 'completed'],
    ['It lasts 100 ms.', 'One moment, please.', loud(100), 'completed'],
    ['It lasts 7000 ms.', 'One moment, please.', loud(7_000), 'completed'],
    [/^It lasts \d+ ms\.$/, 'One moment, please.', loud(600_000), 'completed'],
    ['The reply was failed.', 'One moment, please.', spoken, 'failed'],
    ['The reply was incomplete.', 'One moment, please.', spoken, 'incomplete'],
  ] as const)('is asked for once more, then refused: %s (%s)', async (problem, text, payload, end) => {
    const { model, outcome, begin, say, asked } = record()
    await begin()
    await say(text, payload, end)
    await say(text, payload, end)
    expect(await outcome).toEqual({
      recorded: [],
      failed: [{ key: 'oneMoment', problem: typeof problem === 'string' ? problem : expect.stringMatching(problem) }],
    })
    expect(asked()).toHaveLength(2)
    expect(model.latest.closed).toBe(true)
  })

  it('may be right at the second try', async () => {
    const { outcome, begin, say } = record()
    await begin()
    await say('Certainly.')
    await say('One moment - please!')
    expect((await outcome).recorded).toHaveLength(1)
  })

  it('does not keep the others from being recorded when it is refused', async () => {
    const { outcome, begin, say } = record({ keys: ['oneMoment', 'sayAgain'] })
    await begin()
    await say('No.')
    await say('No.')
    await say(english.sayAgain.text)
    const { recorded, failed } = await outcome
    expect([recorded.map(({ key }) => key), failed.map(({ key }) => key)]).toEqual([['sayAgain'], ['oneMoment']])
  })
})

describe('recording ends by itself, and what is good is kept', () => {
  const late = 'The model server did not answer within 10 s.'

  it('when the server accepts the connection and says nothing', async () => {
    const { model, clock, outcome } = record({ keys: ['oneMoment', 'sayAgain'] })
    await clock.advance(10_000)
    expect(await outcome).toEqual({
      recorded: [],
      failed: [
        { key: 'oneMoment', problem: late },
        { key: 'sayAgain', problem: late },
      ],
    })
    expect(model.latest.closed).toBe(true)
    expect(clock.pending).toBe(0)
  })

  it('when a reply is begun and never ended', async () => {
    const { model, clock, outcome, begin, say, asked } = record({ keys: ['oneMoment', 'sayAgain', 'stillHere'] })
    await begin()
    await say('One moment, please.')
    model.latest.emit({ type: 'replyStarted' })
    await clock.advance(9_999)
    expect(model.latest.closed).toBe(false)
    await clock.advance(1)
    const { recorded, failed } = await outcome
    expect(recorded.map(({ key }) => key)).toEqual(['oneMoment'])
    expect(failed.map(({ key }) => key)).toEqual(['sayAgain', 'stillHere'])
    expect(asked()).toHaveLength(2)
    expect(model.latest.closed).toBe(true)
  })

  it('when the connection is lost, before or in the middle', async () => {
    const error = new GatewayError('model_lost', 'The model server is gone.')
    const early = record()
    early.model.latest.emit({ type: 'lost', error, retry: true })
    expect((await early.outcome).failed).toEqual([{ key: 'oneMoment', problem: error.message }])
    const middle = record({ keys: ['oneMoment', 'sayAgain'] })
    await middle.begin()
    await middle.say('One moment, please.')
    middle.model.latest.emit({ type: 'lost', error, retry: true })
    expect(await middle.outcome).toMatchObject({
      recorded: [{ key: 'oneMoment' }],
      failed: [{ key: 'sayAgain', problem: error.message }],
    })
  })

  it('when the gateway stops', async () => {
    const stopping = new AbortController()
    const { model, outcome, begin } = record({ signal: stopping.signal })
    await begin()
    stopping.abort()
    expect((await outcome).failed).toHaveLength(1)
    expect(model.latest.closed).toBe(true)
  })

  it('when no connection can be opened at all', async () => {
    const provider = {
      name: 'broken',
      can: fullModelCapabilities,
      connect: () => {
        throw new TypeError('Invalid URL')
      },
    }
    expect((await record({ provider }).outcome).failed).toEqual([{ key: 'oneMoment', problem: 'Invalid URL' }])
  })

  it('before it has begun, in a language that we have no words in', async () => {
    const { model, outcome } = record({ language: 'fr' })
    expect((await outcome).failed).toEqual([
      { key: 'oneMoment', problem: 'There are no words for it in this language.' },
    ])
    expect(model.connections).toEqual([])
  })
})
