import { fakeClock } from '@llc-phone/core/testing'
import { expect, it, onTestFinished, vi } from 'vitest'
import { parseEnv } from '../src/configuration/env.ts'
import { traceSettingsOf } from '../src/configuration/traces-env.ts'
import { createLog } from '../src/watching/log.ts'
import { createSpanSink } from '../src/watching/span-sink.ts'
import { startCollector } from './support/collector.ts'

const NOW = Date.parse('2026-03-02T17:00:00.000Z')

const COMPLETE = {
  OPENAI_API_KEY: 'sk',
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'token',
  TWILIO_PHONE_NUMBER: '+14155550100',
  ADMIN_TOKEN: 'an-admin-token-for-tests',
}

/** A call with that many parts. */
const tree = (parts: number) => ({
  name: 'call',
  startMs: NOW,
  endMs: NOW + 1_000,
  attributes: { 'llc.direction': 'inbound' },
  children: Array.from({ length: parts }, () => ({ name: 'part', startMs: NOW, endMs: NOW, attributes: {} })),
})

const sinkFor = (url: string, changes: Partial<NonNullable<ReturnType<typeof traceSettingsOf>>> = {}) => {
  const lines: string[] = []
  const clock = fakeClock()
  const log = createLog({ level: 'info', secrets: [], stream: { write: (line) => void lines.push(line) } })
  const settings = { url, headers: {}, resource: {}, sampler: 'always_on' as const, ratio: 1, ...changes }
  return { sink: createSpanSink(settings, clock, log), clock, lines }
}

const collectorWith = async (...statuses: (number | 'hang')[]) => {
  const collector = await startCollector(...statuses)
  onTestFinished(collector.close)
  return collector
}

it('holds up a stop for five seconds at most when the collector hangs, and keeps no more than it may', async () => {
  const collector = await collectorWith('hang')
  const { sink, clock } = sinkFor(`${collector.url}/v1/traces`)
  for (let n = 0; n < 200; n++) sink.add(`call ${n}`, tree(100))
  let isStopped = false
  const stopped = sink.stop().then(() => (isStopped = true))
  await clock.advance(4_999)
  expect(isStopped).toBe(false)
  await clock.advance(1)
  await stopped
  // 20,200 spans were made: those that waited, and one batch on its way.
  expect(collector.requests.length).toBeLessThanOrEqual(4_096 / 64 + 1)
})

it('logs once that a collector refuses, without an end of it for calls', async () => {
  const collector = await collectorWith(400)
  const { sink, lines } = sinkFor(`${collector.url}/v1/traces`)
  sink.add('a', tree(200))
  await sink.stop()
  await vi.waitFor(() => expect(collector.requests.length).toBeGreaterThanOrEqual(3))
  expect(lines.filter((line) => line.includes('traces not delivered'))).toHaveLength(1)
})

it('gives a call the same context in every process, and none where its caller had a wrong one', () => {
  const [here, there] = [sinkFor('http://127.0.0.1:1'), sinkFor('http://127.0.0.1:1')]
  const context = here.sink.traceparentOf('a')
  expect(context).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  expect(there.sink.traceparentOf('a')).toBe(context)
  expect(there.sink.traceparentOf('b')).not.toBe(context)
  for (const wrong of ['', '00-1-2-01', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`, 'x'.repeat(10_000)])
    here.sink.continue('a', wrong)
  expect(here.sink.traceparentOf('a')).toBe(context)
})

it.each([
  ['always_on', '01', '01', '01'],
  ['always_off', '00', '00', '00'],
  ['traceidratio', '00', '00', '00'],
  ['parentbased_always_on', '01', '01', '00'],
  ['parentbased_always_off', '00', '01', '00'],
  ['parentbased_traceidratio', '00', '01', '00'],
] as const)('%s decides as OpenTelemetry says', (sampler, alone, afterSampled, afterUnsampled) => {
  const { sink } = sinkFor('http://127.0.0.1:1', { sampler, ratio: 0 })
  sink.continue('sampled', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')
  sink.continue('unsampled', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00')
  const flags = ['alone', 'sampled', 'unsampled'].map((callId) => sink.traceparentOf(callId).slice(-2))
  expect(flags).toEqual([alone, afterSampled, afterUnsampled])
})

it('are off until an endpoint is set, and by OTEL_SDK_DISABLED', () => {
  const settings = (variables: Record<string, string>) =>
    traceSettingsOf(parseEnv({ ...COMPLETE, ...variables }, { mode: 'dev' }))
  const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:4318/'
  expect(settings({})).toBeUndefined()
  expect(settings({ OTEL_SERVICE_NAME: 'x' })).toBeUndefined()
  expect(settings({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: 'TRUE' })).toBeUndefined()
  expect(settings({ OTEL_EXPORTER_OTLP_ENDPOINT })).toEqual({
    url: 'http://127.0.0.1:4318/v1/traces',
    headers: {},
    resource: { 'service.name': 'llc-phone' },
    sampler: 'parentbased_always_on',
    ratio: 1,
  })
  const OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = 'https://traces.example.com/in'
  expect(settings({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT })?.url).toBe(
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT,
  )
  for (const wrong of [
    { OTEL_RESOURCE_ATTRIBUTES: 'no pairs' },
    { OTEL_EXPORTER_OTLP_HEADERS: 'key=100%' },
    { OTEL_TRACES_SAMPLER: 'sometimes' },
    { OTEL_TRACES_SAMPLER_ARG: '1.5' },
  ])
    expect(() => settings(wrong)).toThrow(Object.keys(wrong)[0])
})
