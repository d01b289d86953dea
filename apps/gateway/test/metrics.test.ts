import { readFileSync } from 'node:fs'
import { gatewayErrorCodes, latencyMeasures } from '@llc-phone/core'
import { expect, it } from 'vitest'
import { labelValues } from '../src/watching/label-values.ts'
import { createMetrics } from '../src/watching/metrics.ts'
import { noCalls, quietMode } from './support/fake-calls.ts'

const page = readFileSync(new URL('../../../docs/reference/metrics.md', import.meta.url), 'utf8')

const started = async (): Promise<string> => {
  const metrics = createMetrics({ registry: () => noCalls })
  metrics.expect([{ ...quietMode('ivr'), tools: [{ name: 'take_message' }] }, { name: 'outbound-survey' }])
  return metrics.read()
}

/** The values of a label at one metric, all of them 0. */
const zeroes = (text: string, name: string, label: string): string[] => [
  ...new Set(
    [...text.matchAll(new RegExp(`^${name}\\{(.*)\\} 0$`, 'gm'))].flatMap(
      ([, labels]) => new RegExp(`(?:^|,)${label}="([^"]*)"`).exec(labels!)?.[1] ?? [],
    ),
  ),
]

it('has every series that the code knows of, at 0, before anything has happened', async () => {
  const text = await started()
  const expected: readonly (readonly [string, string, readonly string[]])[] = [
    ['llc_problems_total', 'code', [...gatewayErrorCodes, 'look_up_failed', 'tool_failed', 'other']],
    ['llc_refused_total', 'code', gatewayErrorCodes],
    ['llc_model_outages_total', 'code', gatewayErrorCodes.filter((code) => code.startsWith('model_'))],
    ['llc_calls_active', 'mode', ['ivr', 'outbound-survey']],
    ['llc_calls_started_total', 'mode', ['ivr', 'outbound-survey']],
    ['llc_calls_started_total', 'direction', ['inbound', 'outbound']],
    ['llc_calls_ended_total', 'mode', ['ivr', 'outbound-survey']],
    ['llc_calls_ended_total', 'disposition', labelValues.disposition],
    ['llc_cost_usd_total', 'mode', ['ivr', 'outbound-survey']],
    ['llc_latency_seconds_count', 'stage', latencyMeasures],
    ['llc_tool_runs_total', 'tool', ['unknown', 'take_message']],
    ['llc_tool_runs_total', 'outcome', labelValues.toolOutcome],
    ['llc_tool_seconds_count', 'tool', ['take_message']],
    ['llc_greetings_total', 'source', labelValues.greeting],
    ['llc_session_refreshes_total', 'result', labelValues.refresh],
    ['llc_tokens_total', 'kind', labelValues.tokens],
    ['llc_input_tokens_total', 'cached', labelValues.cached],
    ['llc_prewarm_total', 'outcome', labelValues.prewarm],
    ['llc_retention_deleted_total', 'what', labelValues.forgotten],
    ['llc_calls_turned_away_total', 'reason', labelValues.turnedAway],
    ['llc_adoptions_total', 'result', labelValues.adoption],
    ['llc_misrouted_total', 'owner', labelValues.misrouted],
    ['llc_defects_total', 'kind', labelValues.defect],
    ['llc_outbound_calls_total', 'result', labelValues.outbound],
    ['llc_outbound_refused_total', 'gate', labelValues.gate],
    ['llc_model_pool_total', 'outcome', labelValues.pool],
    ['llc_deliveries_total', 'kind', labelValues.deliveryKind],
    ['llc_deliveries_total', 'result', labelValues.delivery],
  ]
  for (const [name, label, values] of expected)
    expect([name, zeroes(text, name, label).toSorted()]).toEqual([name, values.toSorted()])
  const counters = [...text.matchAll(/^# TYPE (llc_\w+) counter$/gm)].map(([, name]) => name!)
  expect(counters.filter((name) => !new RegExp(`^${name}(?:\\{.*\\})? 0$`, 'm').test(text))).toEqual([])
})

it('keeps what was counted when the settings change', async () => {
  const metrics = createMetrics({ registry: () => noCalls })
  const mode = { ...quietMode('ivr'), tools: [{ name: 'take_message' }] }
  const call = { facts: { direction: 'inbound' }, mode } as unknown as Parameters<typeof metrics.observe>[0]
  metrics.expect([mode])
  metrics.observe(call, { type: 'phase', phase: 'ready' })
  metrics.observe(call, { type: 'phase', phase: 'live' })
  metrics.observe(call, { type: 'tool', name: 'take_message', durationMs: 20, outcome: 'done' })
  metrics.cost('ivr', 0.5)
  metrics.expect([mode])
  const text = await metrics.read()
  expect(text).toContain('llc_tool_runs_total{tool="take_message",outcome="done"} 1')
  expect(text).toContain('llc_tool_seconds_count{tool="take_message"} 1')
  expect(text).toContain('llc_calls_started_total{mode="ivr",direction="inbound"} 1')
  expect(text).toContain('llc_cost_usd_total{mode="ivr"} 0.5')
})

it('has a row in the reference for every metric, with its labels', async () => {
  const metrics = createMetrics({ registry: () => noCalls })
  const mode = { ...quietMode('ivr'), tools: [{ name: 'take_message' }] }
  metrics.expect([mode])
  metrics.promptSize('frontDesk', { instructions: 1, tools: 1 } as Parameters<typeof metrics.promptSize>[1])
  const input = { text: 1, audio: 0, cachedText: 0, cachedAudio: 0 }
  metrics.observe({ facts: { direction: 'inbound' }, mode } as unknown as Parameters<typeof metrics.observe>[0], {
    type: 'usage',
    usage: { input, output: { text: 0, audio: 0 } },
  })
  const rows = new Map(
    [...page.matchAll(/^\| `(\w+)` +\|(.*?)\|/gm)].map(([, name, labels]) => [
      name!,
      [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label!),
    ]),
  )
  const text = await metrics.read()
  const told = [...text.matchAll(/^# TYPE (llc_\w+) /gm)].map(([, name]): [string, string[]] => {
    const labels = new RegExp(`^${name}(?:_count)?\\{(.*)\\} `, 'm').exec(text)?.[1] ?? ''
    return [name!, [...labels.matchAll(/(\w+)="/g)].map(([, label]) => label!)]
  })
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(told))
})
