import { describe, expect, it } from 'vitest'
import { startOutsideWorld } from '../support/child-gateway.ts'
import { hardships } from '../support/caller-heard.ts'
import { asksForCount, expectNothingLeft, leaves, openWarehouse, ring, says } from '../support/warehouse.ts'

const timeout = 60_000
const cyclic: Record<string, unknown> = {}
cyclic['self'] = cyclic
/** What the model is told of one result at most. */
const MOST_TOLD_BYTES = 20_000

describe.concurrent('a tool', { timeout }, () => {
  it('that never ends: the caller hears words of ours, then that it did not work', async (test) => {
    const world = await openWarehouse(test, { count: () => new Promise(() => undefined), timeoutMs: 4_000 })
    const { bore, said, story } = await ring(world, [
      asksForCount,
      { listen: true, quietMs: 4_500, maxMs: 20_000 },
      leaves,
    ])
    expect(bore).toEqual([])
    expect(said[0]).toBe(says.greeting)
    expect(said.slice(1, -2)).not.toEqual([])
    expect(said.slice(-2)).toEqual([says.failed, says.goodbye])
    expect(story.tools.find(({ name }) => name === 'count_boxes')).toMatchObject({ outcome: 'timed_out' })
    await expectNothingLeft(world)
  })

  it.for<[string, () => unknown]>([
    [
      'that throws',
      () => {
        throw new Error('no record of Zoe Adler')
      },
    ],
    ['that gives back what JSON does not know', () => ({ count: 11n, since: new Date(Number.NaN), cyclic })],
    ['that gives back fifty megabytes', () => ({ count: 'eleven'.repeat(8_000_000) })],
  ])('%s: the caller is answered, and it ran once', async ([, count], test) => {
    let runs = 0
    const world = await openWarehouse(test, {
      count() {
        runs++
        return count()
      },
    })
    const { bore, said } = await ring(world, [asksForCount, leaves])
    expect(bore).toEqual([])
    expect([said[0], said.length, said.at(-1)]).toEqual([says.greeting, 3, says.goodbye])
    expect(runs).toBe(1)
    const outputs = world.model.sessions[0]!.items.filter(({ type }) => type === 'function_call_output')
    for (const { output } of outputs) expect(output!.length).toBeLessThan(MOST_TOLD_BYTES)
    expect(JSON.stringify(outputs)).not.toContain('Adler')
    expect(world.logText()).not.toContain('Adler')
    await expectNothingLeft(world)
  })
})

it(
  'code of a mode that holds the process for two seconds: the calls go on',
  { timeout },
  async ({ onTestFinished }) => {
    const world = await startOutsideWorld('file::memory:')
    onTestFinished(() => world.close())
    const gateway = await world.start()
    const calls = [1, 2].map((n) =>
      world.twilio.placeCall({
        to: world.numbers.ivr,
        from: `+1415555019${n}`,
        script: [{ say: 'what are your opening hours' }, { listen: true }, { say: 'goodbye' }],
      }),
    )
    await Promise.all(calls.map((call) => call.seen('assistant-start', 2)))
    gateway.signal('SIGWINCH')
    const results = await Promise.all(calls.map(({ ended }) => ended))
    const stories = await Promise.all(calls.map((call) => world.story(call)))
    expect(stories.map(({ disposition }) => disposition)).toEqual(['assistant_hung_up', 'assistant_hung_up'])
    expect(results.map((result, n) => hardships(result, stories[n]!))).toEqual([[], []])
  },
)
