import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLineAudio, type FromAudio } from '../../src/parts/softphone/audio/line-audio.ts'
import { createPlayQueue } from '../../src/parts/softphone/audio/play-queue.ts'
import { encodeUlaw, SILENCE } from '../../src/parts/softphone/audio/ulaw.ts'

const LOUD = encodeUlaw(0.5)
const loud = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(LOUD)
const heardIn = (out: Float32Array): number => out.reduce((count, sample) => count + (sample === 0 ? 0 : 1), 0)

const queueRig = () => {
  const marks: { name: string; at: number }[] = []
  let clock = 0
  let heard = 0
  const queue = createPlayQueue((name) => marks.push({ name, at: heard }))
  return {
    queue,
    marks,
    read(samples: number): number {
      const out = new Float32Array(samples)
      queue.read(out)
      clock += samples
      const now = heardIn(out)
      heard += now
      return now
    },
    get heard() {
      return heard
    },
    get clock() {
      return clock
    },
  }
}

describe('the queue of the ear', () => {
  it('plays at once, and gives a mark back when the sample before it was played', () => {
    const { queue, marks, read } = queueRig()
    queue.media(loud(300))
    queue.mark('a')
    queue.media(loud(100))
    queue.mark('b')
    expect(read(128)).toBe(128)
    expect(read(128)).toBe(128)
    expect(marks).toEqual([])
    expect(read(128)).toBe(128)
    expect(marks.map(({ name }) => name)).toEqual(['a'])
    expect(read(128)).toBe(16)
    expect(marks.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it('gives a mark with nothing before it back at the next sample', () => {
    const { queue, marks, read } = queueRig()
    queue.mark('alone')
    read(1)
    expect(marks).toHaveLength(1)
  })

  it('plays everything once and in order, whatever the pieces and the quanta, with each mark in its place', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.record({ media: fc.integer({ min: 0, max: 700 }) }),
            fc.record({ read: fc.integer({ min: 1, max: 300 }) }),
            fc.constant('mark' as const),
            fc.constant('clear' as const),
          ),
          { maxLength: 60 },
        ),
        (steps) => {
          const rig = queueRig()
          const expected: string[] = []
          let sent = 0
          let dropped = 0
          for (const [index, step] of steps.entries()) {
            if (step === 'mark') {
              rig.queue.mark(`${index}`)
              expected.push(`${index}`)
            } else if (step === 'clear') {
              dropped += rig.queue.waiting
              rig.queue.clear()
              expect(rig.marks.map(({ name }) => name)).toEqual(expected)
              expect(rig.queue.waiting).toBe(0)
            } else if ('media' in step) {
              rig.queue.media(loud(step.media))
              sent += step.media
            } else rig.read(step.read)
          }
          // In quanta, as a worklet asks: whether enough is gathered is decided for each.
          for (let read = 0; read < sent + 2000; read += 128) rig.read(128)
          expect(rig.heard).toBe(sent - dropped)
          expect(rig.marks.map(({ name }) => name)).toEqual(expected)
        },
      ),
    )
  })

  it('keeps up with frames in real time that come late: after the first gaps none is heard', () => {
    const { queue, read } = queueRig()
    let state = 7
    const jitter = (): number => (state = (state * 1103515245 + 12345) & 0x7fffffff) % (50 * 8)
    // Each frame of 20 ms is due at its time and comes up to 50 ms late.
    const due = Array.from({ length: 500 }, (_, at) => at * 160 + jitter()).toSorted((a, b) => a - b)
    const gaps: boolean[] = []
    let clock = 0
    while (clock < 490 * 160) {
      while (due.length > 0 && due[0]! <= clock) {
        due.shift()
        queue.media(loud(160))
      }
      gaps.push(read(128) < 128)
      clock += 128
    }
    const late = gaps.slice(gaps.length / 4)
    expect(late.filter(Boolean).length).toBeLessThanOrEqual(1)
  })

  it('plays at once again after a long pause, without adding to the delay', () => {
    const { queue, read } = queueRig()
    for (let reply = 0; reply < 20; reply++) {
      queue.media(loud(800))
      expect(read(800)).toBe(800)
      read(8000 * 60)
    }
  })
})

const audioRig = (rate = 8000) => {
  const said: FromAudio[] = []
  const audio = createLineAudio(rate, (message) => said.push(message))
  return {
    audio,
    said,
    frames: () => said.flatMap((message) => (message.type === 'frame' ? [message.bytes] : [])),
    run(ms: number, sample = 0, quantum = 128): Float32Array {
      const ear: number[] = []
      for (let done = 0; done < (rate * ms) / 1000; done += quantum) {
        const out = new Float32Array(quantum)
        audio.process(new Float32Array(quantum).fill(sample), out)
        ear.push(...out)
      }
      return Float32Array.from(ear)
    },
  }
}

describe('the audio of a call', () => {
  it.each([8000, 48_000, 44_100])('packs 50 frames a second of 160 bytes at %i Hz, without drift', (rate) => {
    const { run, frames } = audioRig(rate)
    run(60_000, 0.25)
    expect(Math.abs(frames().length - 3000)).toBeLessThanOrEqual(1)
    expect(frames().every(({ length }) => length === 160)).toBe(true)
    expect(frames()[100]!.every((byte) => byte === encodeUlaw(0.25))).toBe(true)
  })

  it('sends frames of silence while muted, and without a microphone', () => {
    const { audio, run, frames } = audioRig()
    audio.take({ type: 'mute', isOn: true })
    run(100, 0.5)
    expect(
      frames()
        .flatMap((frame) => [...frame])
        .every((byte) => byte === SILENCE),
    ).toBe(true)
    audio.take({ type: 'mute', isOn: false })
    audio.process(undefined, new Float32Array(160))
    expect(frames().at(-1)!.at(-1)).toBe(SILENCE)
  })

  it('speaks a file in place of the microphone, muted or not, in real time, and says when it is over', () => {
    const { audio, run, frames, said } = audioRig()
    audio.take({ type: 'mute', isOn: true })
    audio.take({ type: 'speak', bytes: loud(800) })
    run(60)
    expect(said.some(({ type }) => type === 'spoken')).toBe(false)
    run(60)
    expect(said.some(({ type }) => type === 'spoken')).toBe(true)
    expect(
      frames()
        .flatMap((frame) => [...frame])
        .filter((byte) => byte === LOUD),
    ).toHaveLength(800)
  })

  it('silences the microphone while the other side is heard when they take turns, and a little longer', () => {
    const { audio, run, frames } = audioRig()
    const isSilent = (): boolean =>
      frames()
        .at(-1)!
        .every((byte) => byte === SILENCE)
    audio.take({ type: 'takeTurns', isOn: true })
    run(400, 0.5)
    expect(isSilent()).toBe(false)
    audio.take({ type: 'media', bytes: loud(800) })
    run(80, 0.5)
    expect(isSilent()).toBe(true)
    run(200, 0.5)
    expect(isSilent()).toBe(true)
    run(400, 0.5)
    expect(isSilent()).toBe(false)
  })

  it('measures both sides ten times a second', () => {
    const { audio, run, said } = audioRig()
    audio.take({ type: 'media', bytes: loud(8000) })
    run(1000, 0.25)
    const levels = said.filter((message) => message.type === 'levels')
    expect(levels).toHaveLength(10)
    expect(levels[5]!.you).toBeCloseTo(0.25, 2)
    expect(levels[5]!.them).toBeCloseTo(0.5, 1)
  })

  it.each([48_000, 44_100])('plays the line at %i Hz, with the marks at their time', (rate) => {
    const { audio, run, said } = audioRig(rate)
    audio.take({ type: 'media', bytes: loud(3200) })
    audio.take({ type: 'mark', name: 'heard' })
    const ear = run(390)
    expect(said.some(({ type }) => type === 'mark')).toBe(false)
    expect(ear[Math.floor(rate * 0.2)]!).toBeCloseTo(0.5, 1)
    run(20)
    expect(said.some(({ type }) => type === 'mark')).toBe(true)
  })

  it('gives back what the microphone hears, for the device check', () => {
    const { audio, run, said } = audioRig()
    audio.take({ type: 'mute', isOn: true })
    audio.take({ type: 'record', samples: 400 })
    run(100, 0.5)
    const recorded = said.find((message) => message.type === 'recorded')
    expect(recorded?.sound).toHaveLength(400)
    expect(recorded?.sound[399]).toBe(0.5)
  })
})
