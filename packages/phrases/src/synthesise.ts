/** Writes the shipped recordings anew: `pnpm --filter @llc-phone/phrases synthesise`. Needs flite, pico2wave and sox; see README.md. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { wordsIn, type Language } from '@llc-phone/core'
import { levelOf, trimSilence } from './ulaw.ts'

interface Source {
  readonly voice: string
  readonly speak: (text: string, wav: string) => readonly string[]
}

/** The usual loudness of telephone speech. */
const LEVEL_DBFS = -20

const SOURCES: Readonly<Partial<Record<Language, Source>>> = {
  en: {
    voice: 'flite, slt',
    speak: (text, wav) => ['flite', '-voice', 'slt', '-t', text, '-o', wav],
  },
  es: {
    voice: 'SVOX Pico, es-ES',
    speak: (text, wav) => ['pico2wave', '-l', 'es-ES', '-w', wav, text],
  },
}

const run = ([program = '', ...args]: readonly string[]): void => void execFileSync(program, args, { stdio: 'inherit' })

const folder = mkdtempSync(join(tmpdir(), 'llc-phone-phrases-'))
const wav = join(folder, 'spoken.wav')
const raw = join(folder, 'spoken.ul')

/** μ-law of the sentence, amplified by `gainDb`, without silence around it. */
const convert = (gainDb: number): Buffer => {
  // No dither: it would add noise to silence.
  run(['sox', '-D', wav, '-r', '8000', '-c', '1', '-e', 'u-law', '-t', 'ul', raw, 'gain', String(gainDb)])
  const speech = trimSilence(readFileSync(raw))
  if (!speech) throw new Error('There is no speech in it.')
  return speech
}

try {
  for (const [language, { voice, speak }] of Object.entries(SOURCES) as [Language, Source][]) {
    const phrases = Object.entries(wordsIn(language).phrases).map(([key, text]) => {
      run(speak(text, wav))
      const payload = convert(LEVEL_DBFS - levelOf(convert(0))).toString('base64')
      return [key, { text, payload }] as const
    })
    const content = JSON.stringify({ voice, phrases: Object.fromEntries(phrases) }, undefined, 2)
    writeFileSync(new URL(`../recordings/${language}.json`, import.meta.url), `${content}\n`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
