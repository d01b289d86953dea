import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { defineScenario } from '../src/index.ts'
import { build, callTo, place, requests } from './fixtures.ts'

const parcel = defineScenario({
  name: 'parcel',
  purpose: 'because a parcel has come',
  context: z.object({ sender: z.string() }),
  steps: () => 'Say when it can be fetched.',
  opener: ({ sender }) => `about a parcel of ${sender}`,
})

const calls = build({ scenarios: [parcel] })
const plans = [...Object.values(requests), { scenario: 'parcel', context: { sender: 'Dr. Lee, oncology' } }]

const waitOf = async (request: (typeof plans)[number]) => {
  const { mode } = calls.plan(request)
  const { instructions } = await place(calls.plan(request))
  return { instructions, tool: mode.tools.find(({ name }) => name === 'keep_listening')! }
}

describe('a recorded voice that asks who is calling', () => {
  it.each(plans)('is known to the prompt of $scenario', async (request) => {
    const { instructions } = await waitOf(request)
    expect(instructions).toContain('A recording that asks who is calling: see keep_listening.')
  })

  it.each(plans)('is told by $scenario who calls and why, and nothing of the call itself', async (request) => {
    const { tool } = await waitOf(request)
    const said = /say only "([^"]+)"/.exec(tool.description)![1]!
    expect(said).toMatch(/^Hello, this is the AI assistant of .+, calling [a-z ]+\.$/)
    const secrets = JSON.stringify(request.context ?? {}).match(/"[^"]{3,}"|\d{2,}/g) ?? []
    const values = secrets.map((text) => text.replaceAll('"', '')).filter((text) => /[A-Z\d]/.test(text))
    for (const value of [...values, callTo().otherParty.name!]) expect(tool.description).not.toContain(value)
  })

  it('is waited for in silence, unlike a tone', async () => {
    const { tool } = await waitOf(requests.confirmation)
    const reasons: string[] = []
    const call = { keepListening: (why: string) => void reasons.push(why) }
    const context = { facts: callTo(), known: undefined, signal: new AbortController().signal, call } as never
    await Promise.all(
      ['{"for":"person"}', '{"for":"tone"}', '{}', '{"for":null}', ''].map((input) => tool.invoke(input, context)),
    )
    expect(reasons).toEqual(['person', 'tone', 'noise', 'noise', 'noise'])
    expect(tool.result).toBe('silent')
  })

  it.each([
    ['comes', /do not begin again: ask whether it is a good moment/],
    ['is not available', /nobody is available, call hang_up/],
    ['wants a message', /asked for a message, do as with a recorded greeting/],
  ])('and whose owner %s: the model is told what to do', async (_what, words) =>
    expect((await waitOf(requests.callback)).tool.description).toMatch(words),
  )
})
