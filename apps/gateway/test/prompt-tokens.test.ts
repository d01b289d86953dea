import { promptSizeOf, type CallSession, type CallUsage } from '@llc-phone/core'
import { expect, it } from 'vitest'
import { cachedShareOf } from '../src/watching/cost.ts'
import { createMetrics } from '../src/watching/metrics.ts'
import { reportPromptSizes } from '../src/watching/prompt-sizes.ts'
import { createLog } from '../src/watching/log.ts'
import { numbersOf } from './support/ready-modes.ts'
import { noCalls, quietMode } from './support/fake-calls.ts'
import { IVR_DID, RECEPTIONIST_DID } from './support/gateway.ts'

const usage = (text: number, cachedText: number, audio = 0, cachedAudio = 0): CallUsage => ({
  input: { text, audio, cachedText, cachedAudio },
  output: { text: 0, audio: 0 },
})

it.each([
  [usage(1_000, 750), { cachedShare: 0.75 }],
  [usage(900, 600, 100, 0), { cachedShare: 0.6 }],
  [usage(3, 1), { cachedShare: 0.333 }],
  [usage(100, 900), { cachedShare: 1 }],
  [usage(-1, 5), {}],
  [usage(0, 0), {}],
])('of an input of %j the share that was cached is %j', (used, share) => {
  expect(cachedShareOf(used)).toEqual(share)
})

it('counts input by mode and whether it was cached, and the first reply of each call', async () => {
  const metrics = createMetrics({ registry: () => noCalls })
  const call = { facts: { direction: 'inbound' }, mode: quietMode('menu') } as unknown as CallSession
  metrics.observe(call, { type: 'usage', usage: usage(1_200, 0) })
  metrics.observe(call, { type: 'usage', usage: usage(1_300, 1_200, 100, 0) })
  metrics.observe(call, { type: 'usage', usage: usage(5, 9) })
  const text = await metrics.read()
  expect(text).toContain('llc_input_tokens_total{mode="menu",cached="yes"} 1205')
  expect(text).toContain('llc_input_tokens_total{mode="menu",cached="no"} 1400')
  expect(text).toContain('llc_first_input_tokens{mode="menu"} 1200')
})

it('logs the prompt size of every mode instance in one line, and counts it', async () => {
  const metrics = createMetrics({ registry: () => noCalls })
  const lines: string[] = []
  const log = createLog({ level: 'info', secrets: [], stream: { write: (line) => void lines.push(line) } })
  const menu = quietMode('ivr')
  const numbers = numbersOf({
    modes: { menu, frontDesk: quietMode('receptionist') },
    numbers: [
      [IVR_DID, 'menu'],
      [RECEPTIONIST_DID, 'menu'],
    ],
    unknown: 'frontDesk',
  })
  reportPromptSizes(numbers, log, metrics)
  const size = promptSizeOf(menu)
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { msg: 'prompt sizes', estimatedTokens: { frontDesk: expect.any(Number), menu: size.instructions + size.tools } },
  ])
  expect(await metrics.read()).toContain(`llc_prompt_tokens{instance="menu",part="instructions"} ${size.instructions}`)
})
