import { describe, expect, it } from 'vitest'
import { briefOf, linesOf, type StoryView } from '../../src/parts/softphone/transcript.ts'

const story = (rest: Partial<StoryView>): StoryView => ({ callId: 'c', phase: 'live', turns: [], tools: [], ...rest })
const turn = (rest: Partial<StoryView['turns'][number]>): StoryView['turns'][number] => ({
  speaker: 'assistant',
  text: 'one two three four',
  atMs: 0,
  ...rest,
})

describe('the transcript', () => {
  it('strikes what was not heard of an interrupted turn, and says how much was', () => {
    const cut = turn({ text: 'That can —', unheard: 'be arranged', cut: true, heardMs: 700, sentMs: 2000 })
    expect(linesOf({ story: story({ turns: [cut] }), readAtMs: 0 }, 0)).toMatchObject([
      { heard: 'That can', rest: 'be arranged', isCut: true, heardMs: 700, generatedMs: 2000 },
    ])
  })

  it('lets words appear as they are spoken, between two readings too', () => {
    const news = { story: story({ turns: [turn({ heardMs: 1000, sentMs: 4000 })] }), readAtMs: 10_000 }
    expect(linesOf(news, 10_000)).toMatchObject([{ heard: 'one', rest: 'two three four', isSpoken: false }])
    expect(linesOf(news, 11_000)).toMatchObject([{ heard: 'one two', rest: 'three four' }])
    expect(linesOf(news, 13_500)).toMatchObject([{ heard: 'one two three four', rest: '', isSpoken: true }])
  })

  it('puts a tool before what was said after it', () => {
    const tool = { name: 'get_appointments', startedAtMs: 500, durationMs: 6, outcome: 'done', result: { rows: 1 } }
    const turns = [turn({ speaker: 'caller', atMs: 100 }), turn({ atMs: 450, startedMs: 900 })]
    const lines = linesOf({ story: story({ turns, tools: [tool] }), readAtMs: 0 }, 0)
    expect(lines.map(({ kind }) => kind)).toEqual(['turn', 'tool', 'turn'])
  })

  it('tells data of a tool in a few words', () => {
    expect(briefOf({ from: 'today', count: 2 })).toBe('{from: "today",count: 2}')
    expect(briefOf([{ id: 1 }, { id: 2 }])).toBe('2 rows')
    expect(briefOf('x'.repeat(100))).toHaveLength(60)
    expect([briefOf({}), briefOf(undefined), briefOf(null)]).toEqual(['', '', ''])
  })

  it('shows nothing before the call is known', () => {
    expect(linesOf({ readAtMs: 0 }, 0)).toEqual([])
  })
})
