import { base64Bytes, FRAME_BYTES, languages, phraseKeys, ULAW_BYTES_PER_MS } from '@llc-phone/core'
import { describe, expect, it } from 'vitest'
import { phraseWordsIn, shippedIn, shippedLanguages } from '../src/shipped.ts'
import { levelOf, levelsOf } from '../src/ulaw.ts'

const everyPhrase = [...shippedLanguages].flatMap(([language, { phrases }]) =>
  phraseKeys.map((key) => ({ language, key, ...phrases[key] })),
)

it('English and Spanish are shipped, with a voice, in the words of their language', () => {
  expect([...shippedLanguages.keys()]).toEqual(['en', 'es'])
  for (const { language, key, text } of everyPhrase) expect(text).toBe(phraseWordsIn(language)?.[key])
  for (const { voice } of shippedLanguages.values()) expect(voice).not.toBe('')
})

it('a region is spoken to in its language, and an unknown language is not there', () => {
  expect(shippedIn('es-MX')).toBe(shippedLanguages.get('es'))
  expect(shippedIn('EN-us')).toBe(shippedLanguages.get('en'))
  for (const language of ['de', '', 'constructor', 'e', 'english']) expect(shippedIn(language)).toBeUndefined()
  expect(phraseWordsIn('es-MX')).toBe(languages.es.phrases)
  expect(phraseWordsIn('constructor')).toBeUndefined()
})

describe.each(everyPhrase)('the shipped "$key" in $language', ({ text, payload }) => {
  const ulaw = Buffer.from(payload, 'base64')

  it('is whole frames of base64, with words', () => {
    expect(text).toMatch(/^[¿\p{L}][^"]+[.?]$/u)
    expect(ulaw.toString('base64')).toBe(payload)
    expect(base64Bytes(payload) % FRAME_BYTES).toBe(0)
  })

  it('is as long as it takes to say it', () => {
    const seconds = ulaw.length / ULAW_BYTES_PER_MS / 1_000
    expect(text.length / seconds).toBeGreaterThan(8)
    expect(text.length / seconds).toBeLessThan(22)
  })

  it('is as loud as telephone speech, nowhere clipped, and silent at its ends for 60 ms at most', () => {
    expect(Math.abs(levelOf(ulaw) + 20)).toBeLessThan(1)
    // The largest steps of μ-law, positive and negative.
    expect(ulaw.some((byte) => (byte & 0x7f) < 4)).toBe(false)
    const levels = levelsOf(ulaw)
    const isLoud = (level: number) => level > Math.max(...levels) - 35
    expect(levels.findIndex(isLoud)).toBeLessThanOrEqual(6)
    expect(levels.length - 1 - levels.findLastIndex(isLoud)).toBeLessThanOrEqual(6)
  })

  it('is speech: it rises and falls with the syllables', () => {
    const levels = levelsOf(ulaw)
    const mean = levels.reduce((sum, level) => sum + Math.max(level, -60), 0) / levels.length
    const crossings = levels.filter((level, index) => level > mean !== (levels[index + 1] ?? level) > mean).length
    expect(crossings).toBeGreaterThanOrEqual(4)
  })
})
