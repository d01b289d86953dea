import { expect, it } from 'vitest'
import { quoted } from '../src/quote.ts'

const SHOWN_AS_BREAK = /[\n\v\f\r\u0085\u2028\u2029]/

it('begins every line with its mark and keeps it short, whatever character is in it', () => {
  for (let unit = 0; unit <= 0xffff; unit++) {
    const character = String.fromCharCode(unit)
    for (const line of quoted(`Hello.${character}Urgent ${character.repeat(100)}`).split(SHOWN_AS_BREAK)) {
      if (line.startsWith('>') && line.length <= 74) continue
      throw new Error(`${unit.toString(16)}: ${JSON.stringify(line)}`)
    }
  }
})

it('loses no word, and cuts no character in half', () => {
  const words = Array.from({ length: 100 }, (_, n) => `word${n}`)
  const joined = (text: string, by: string) =>
    quoted(text)
      .split('\n')
      .map((line) => line.slice(2))
      .join(by)
  expect(joined(words.join(' '), ' ').split(' ')).toEqual(words)
  for (const endless of ['x'.repeat(200), '🧾'.repeat(100), `x${'🧾'.repeat(100)}`])
    expect(joined(endless, '')).toBe(endless)
})

it('keeps paragraphs apart', () => expect(quoted('One.\n\nTwo.')).toBe('> One.\n>\n> Two.'))
