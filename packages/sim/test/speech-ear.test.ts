import { describe, expect, it } from 'vitest'
import { phrasesOf } from '../src/realtime/dialogue.ts'
import { shippedDialogues } from '../src/realtime/find-dialogues.ts'
import { createEar } from '../src/speech/ear.ts'
import { encodeUlaw, decodeUlaw, ulawSilence } from '@llc-phone/virtual-carrier/ulaw'
import { speak } from '@llc-phone/virtual-carrier/voice'

/** As a line delivers it: not on a frame boundary, a little quieter, with some noise, silence around. */
function overTheLine(speech: Buffer): Buffer {
  let seed = 1
  const noise = () => ((seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647 - 0.5) * 120
  const pcm = decodeUlaw(Buffer.concat([ulawSilence(217), speech, ulawSilence(400)]))
  return encodeUlaw(pcm.map((sample) => Math.round(sample * 0.6 + noise())))
}

describe('the ear', () => {
  it.each(shippedDialogues().map((dialogue) => [dialogue.mode, dialogue] as const))(
    'hears every phrase of the %s dialogue as itself, and nothing else as one',
    async (_, dialogue) => {
      const phrases = phrasesOf(dialogue)
      const ear = await createEar({ phrases })
      for (const phrase of phrases) {
        const heard = await ear.hear(overTheLine(await speak(phrase, 'rms')))
        expect(heard?.phrase, phrase).toBe(phrase)
        expect(heard?.margin).toBeGreaterThan(1.3)
      }
      const strange = [
        'the weather is lovely over here today',
        'yes',
        'no',
        'bananas and oranges',
        'could you repeat that for me',
      ]
      for (const sentence of strange) expect(await ear.hear(await speak(sentence, 'rms')), sentence).toBeUndefined()
      expect(await ear.hear(ulawSilence(1500))).toBeUndefined()
      expect(await ear.hear(Buffer.alloc(0))).toBeUndefined()
      ear.close()
    },
    20_000,
  )

  it('does not understand a damaged line', async () => {
    const ear = await createEar({ phrases: ['when is my next appointment', 'technical support please'] })
    const speech = await speak('when is my next appointment', 'rms')
    const wrongCoding = Buffer.from(speech.map((byte) => byte ^ 0x55))
    const scrambled = Buffer.concat(
      Array.from({ length: Math.floor(speech.length / 800) }, (_, i) =>
        speech.subarray(i * 800, i * 800 + 800),
      ).toReversed(),
    )
    expect(await ear.hear(wrongCoding)).toBeUndefined()
    expect(await ear.hear(scrambled)).toBeUndefined()
    ear.close()
  })

  it('tells voices apart when it knows several, and judges 40 templates quickly', async () => {
    const phrases = shippedDialogues().flatMap(phrasesOf)
    const ear = await createEar({ phrases: { rms: phrases, kal: phrases.slice(0, 10) } })
    const speech = await speak(phrases[3]!, 'kal')
    await ear.hear(speech)
    const startedAt = performance.now()
    expect((await ear.hear(speech))?.phrase).toBe(phrases[3])
    expect(performance.now() - startedAt).toBeLessThan(300)
  }, 20_000)
})
