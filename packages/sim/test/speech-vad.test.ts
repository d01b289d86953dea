import { describe, expect, it } from 'vitest'
import { ulawSilence } from '@llc-phone/virtual-carrier/ulaw'
import { createVad } from '../src/speech/vad.ts'
import { speak } from '@llc-phone/virtual-carrier/voice'

const frames = (ulaw: Buffer) =>
  Array.from({ length: Math.floor(ulaw.length / 160) }, (_, i) => ulaw.subarray(i * 160, i * 160 + 160))

describe('voice activity', () => {
  it('finds where speech starts and ends, within 100 ms', async () => {
    const vad = await createVad()
    const speech = await speak('I have a question about my bill', 'rms')
    const verdicts = frames(Buffer.concat([ulawSilence(1000), speech, ulawSilence(1000)])).map((frame) =>
      vad.isSpeech(frame),
    )
    const endMs = 1000 + speech.length / 8
    expect(Math.abs(verdicts.indexOf(true) * 20 - 1000)).toBeLessThan(100)
    expect(Math.abs((verdicts.lastIndexOf(true) + 1) * 20 - endMs)).toBeLessThan(100)
    expect(verdicts.filter(Boolean).length * 20).toBeGreaterThan((speech.length / 8) * 0.8)
    vad.close()
  })

  it('keeps two callers apart and refuses odd frames', async () => {
    const [quiet, loud] = await Promise.all([createVad(), createVad()])
    const speech = frames(await speak('technical support please', 'rms'))
    const verdicts = speech.map((frame) => [loud.isSpeech(frame), quiet.isSpeech(ulawSilence(20))])
    expect(verdicts.filter(([spoken]) => spoken).length).toBeGreaterThan(speech.length / 2)
    expect(verdicts.some(([, silent]) => silent)).toBe(false)
    expect(() => loud.isSpeech(Buffer.alloc(80))).toThrow(RangeError)
    quiet.close()
    quiet.close()
    expect(() => quiet.isSpeech(ulawSilence(20))).toThrow('closed')
    loud.close()
  })
})
