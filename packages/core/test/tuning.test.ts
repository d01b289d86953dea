import { expect, it } from 'vitest'
import { asKeywords, mergeTuning } from '../src/tuning.ts'

it('the upper of two tunings wins, field by field', () => {
  const under = {
    effort: 'low',
    maxReplyTokens: 900,
    memory: { keep: 0.8, maxTokens: 8_000 },
    transcription: { model: 'gpt-transcribe', languages: ['en'] },
  } as const
  expect(mergeTuning(under, { effort: 'high', memory: { keep: 0.5 }, transcription: { languages: ['es'] } })).toEqual({
    effort: 'high',
    maxReplyTokens: 900,
    memory: { keep: 0.5, maxTokens: 8_000 },
    transcription: { model: 'gpt-transcribe', languages: ['es'] },
  })
  expect(mergeTuning(under)).toEqual(under)
})

it('transcription is off where the upper one says so, and on again where it says how', () => {
  const off = mergeTuning({ transcription: { languages: ['en'] } }, { transcription: 'off' })
  expect(off).toEqual({ transcription: 'off' })
  expect(mergeTuning(off, { transcription: { languages: ['es'] } })).toEqual({ transcription: { languages: ['es'] } })
})

it('what the upper one leaves open, though it names it, stays as it was', () => {
  const under = { effort: 'low', memory: { keep: 0.8 }, transcription: { languages: ['en'] } } as const
  // As a configuration without types, or a variable of the environment that is not set, hands it over.
  const open = { effort: undefined, memory: { keep: undefined }, transcription: { languages: undefined } }
  expect(mergeTuning(under, open as object)).toEqual(under)
  expect(mergeTuning(under, { memory: undefined, transcription: undefined } as object)).toEqual(under)
})

it('keywords are plain words, each once', () => {
  expect(asKeywords(['Harbor Dental', undefined, ' ', 'Anna\nMeyer', 'Harbor  Dental', 'y'.repeat(61)])).toEqual([
    'Harbor Dental',
    'Anna Meyer',
  ])
})
