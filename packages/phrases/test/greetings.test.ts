import type { RecordedGreeting, SpokenGreeting, WantedGreeting } from '@llc-phone/core'
import { describe, expect, it } from 'vitest'
import { checkGreeting, createRecordedGreetings } from '../src/greetings.ts'
import { shippedIn } from '../src/shipped.ts'

const speaker = { model: 'gpt-realtime-2.1', server: 'wss://api.openai.com auto' }
const wanted: WantedGreeting = {
  mode: 'receptionist',
  promptVersion: '0a1b2c3d4e5f',
  tuning: { effort: 'low', transcription: { languages: ['en'] } },
  voice: 'marin',
  text: 'Good morning, thank you for calling Harbor Dental.',
}
const speech = Buffer.from(shippedIn('en')!.phrases.stillHere.payload, 'base64')
const spoken: SpokenGreeting = { ...wanted, transcript: wanted.text, audio: speech }

describe('a take', () => {
  it('is good when it has the words and speech, whatever capitals and dots its transcript has', () => {
    expect(
      checkGreeting({ ...spoken, transcript: ' good morning thank you for calling Harbor dental' }),
    ).toBeInstanceOf(Buffer)
  })

  it('loses the silence around it, so that it begins at once', () => {
    const silence = Buffer.alloc(8_000, 0xff)
    const checked = checkGreeting({ ...spoken, audio: Buffer.concat([silence, speech, silence]) })
    expect((checked as Buffer).length).toBeLessThan(speech.length + 2 * 1_600)
    expect((checked as Buffer).length % 160).toBe(0)
  })

  it.each<[string, Partial<SpokenGreeting>, string]>([
    ['with other words', { transcript: 'Good morning! Sure, thank you for calling.' }, 'Other words were spoken.'],
    ['without a transcript', { transcript: '' }, 'Other words were spoken.'],
    ['that is silent', { audio: Buffer.alloc(16_000, 0xff) }, 'Nothing can be heard in it.'],
    ['that is half a word', { audio: speech.subarray(4_000, 6_400) }, 'It lasts'],
    ['that has no end', { audio: Buffer.concat(Array.from({ length: 20 }, () => speech)) }, 'It lasts'],
  ])('%s is refused', (_what, changes, why) => {
    expect(checkGreeting({ ...spoken, ...changes })).toEqual(expect.stringContaining(why))
  })
})

describe('recorded greetings', () => {
  const open = (kept: readonly RecordedGreeting[] = [], who = speaker) => createRecordedGreetings(who, kept)
  const recorded = (changes: Partial<WantedGreeting> = {}, who = speaker): RecordedGreeting => {
    const { tuning: _, ...rest } = { ...wanted, ...changes }
    const id = open([], who).idOf({ ...wanted, ...changes })
    return { ...rest, id, model: who.model, payload: speech.toString('base64'), recordedAt: new Date(0) }
  }

  it('are found by everything that can be heard', () => {
    const greetings = open([recorded()])
    expect(greetings.find(wanted)).toMatchObject({ text: wanted.text, payload: speech.toString('base64') })
  })

  it.each<[string, Partial<WantedGreeting>]>([
    ['words', { text: 'Good evening, thank you for calling Harbor Dental.' }],
    ['voice', { voice: 'cedar' }],
    ['mode', { mode: 'ivr' }],
    ['prompt', { promptVersion: 'ffffffffffff' }],
    ['tuning', { tuning: { effort: 'high' } }],
  ])('are not found with another %s', (_what, changes) => {
    expect(open([recorded()]).find({ ...wanted, ...changes })).toBeUndefined()
  })

  it('are not found for another model, or another server', () => {
    expect(open([recorded()], { ...speaker, model: 'gpt-realtime-1.5' }).find(wanted)).toBeUndefined()
    expect(open([recorded()], { ...speaker, server: 'wss://other.example auto' }).find(wanted)).toBeUndefined()
  })

  it('are found however the caller is transcribed, and in whatever order the settings stand', () => {
    const greetings = open([recorded({ tuning: { effort: 'low', parallelTools: true } })])
    expect(
      greetings.find({ ...wanted, tuning: { parallelTools: true, transcription: 'off', effort: 'low' } }),
    ).toBeDefined()
  })

  it('are eight of one instance at most: the oldest goes, and none of another', () => {
    const other = recorded({ mode: 'ivr' })
    const greetings = open([other])
    const texts = Array.from({ length: 9 }, (_, hour) => `It is ${hour} o'clock.`)
    const replaced = texts.flatMap((text) => greetings.add(recorded({ text })))
    expect(replaced).toEqual([recorded({ text: texts[0]! }).id])
    expect(greetings.find({ ...wanted, text: texts[0]! })).toBeUndefined()
    expect(greetings.find({ ...wanted, text: texts[8]! })).toBeDefined()
    expect(greetings.list()[0]).toEqual(other)
  })

  it('are a hundred in all at most', () => {
    const greetings = open()
    for (let count = 0; count < 120; count++) greetings.add(recorded({ mode: `mode ${count}` }))
    expect(greetings.list().map(({ mode }) => mode)).toEqual(Array.from({ length: 100 }, (_, n) => `mode ${n + 20}`))
  })

  it('are gone when they are removed', () => {
    const greetings = open([recorded()])
    greetings.remove(recorded().id)
    expect([greetings.find(wanted), greetings.list()]).toEqual([undefined, []])
  })
})
