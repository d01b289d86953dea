import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parse } from 'yaml'
import { startCollector, type ReceivedSpan } from './support/collector.ts'
import { ALERTS, noPrometheus, startPrometheus, type Prometheus } from './support/prometheus.ts'
import { startWorld, type World } from './support/whole-call.ts'

const WORDS = 'can I leave a message for Anna'
const CALLER = '+14155550199'
const ASKED_BY = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' }
const why = noPrometheus()
if (why) console.warn(`What Prometheus makes of the metrics is not tested: ${why}`)

/** A receiver of webhooks that remembers their headers. */
const startReceiver = async () => {
  const received: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    received.push(request.headers)
    request.resume()
    response.writeHead(204).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  return { url, received, close: () => void server.close() }
}

describe('a gateway that is watched', () => {
  let world: World
  let collector: Awaited<ReturnType<typeof startCollector>>
  let receiver: Awaited<ReturnType<typeof startReceiver>>
  let prometheus: Prometheus | undefined
  let told: { taken: string; lost: string; placed: string }

  const root = (callId: string): ReceivedSpan | undefined =>
    collector.spans.find(({ name, attributes }) => name === 'call' && attributes['llc.call.id'] === callId)
  const below = (span: ReceivedSpan): ReceivedSpan[] =>
    collector.spans.filter(({ parentSpanId, traceId }) => parentSpanId === span.spanId && traceId === span.traceId)

  beforeAll(async () => {
    // The first post is refused for a moment, as by a collector that is being restarted.
    collector = await startCollector(503, 200)
    receiver = await startReceiver()
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
    world = await startWorld({
      dialect: 'ga',
      // The model refuses the third session: that of the second caller.
      faults: ({ index }) => (index < 2 ? {} : { handshakeStatus: 401 }),
      variables: {
        OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%2Cb',
        OTEL_SERVICE_NAME: 'front-desk',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
        MESSAGE_WEBHOOK_URL: receiver.url,
        MESSAGE_WEBHOOK_SECRET: secret,
        OUTBOUND_WEBHOOK_URL: receiver.url,
        OUTBOUND_WEBHOOK_SECRET: secret,
        OUTBOUND_CALLING_HOURS: '00:00-24:00',
      },
    })
    if (!why) prometheus = await startPrometheus({ publicUrl: world.publicUrl, token: world.variables.ADMIN_TOKEN! })
    // A counter that is first seen above 0 has not increased.
    await vi.waitFor(async () => expect(await prometheus?.query('up == 1')).not.toEqual([]), 20_000)
    const script = [{ say: WORDS }, { say: 'goodbye' }]
    const first = world.twilio.placeCall({ to: world.numbers.receptionist, from: CALLER, script })
    await first.seen('media-start')
    world.twilio.setFarEnd(() => ({ outcome: 'busy' }))
    const dialled = await world.admin(
      'POST',
      '/outbound-call',
      { to: '+14155550120', scenario: 'callback' },
      { traceparent: `00-${ASKED_BY.traceId}-${ASKED_BY.spanId}-01` },
    )
    const second = world.twilio.placeCall({ to: world.numbers.ivr, from: '+14155550198', maxCallMs: 40_000 })
    await second.seen('media-start')
    await fetch(`${world.publicUrl}/metrics`, { headers: { authorization: 'Bearer wrong' } })
    await Promise.all([first.ended, second.ended])
    const callIdOf = async (call: typeof first) => (await world.story(call)).callId
    told = {
      taken: await callIdOf(first),
      lost: await callIdOf(second),
      placed: (dialled.body as { callId: string }).callId,
    }
    const untold = () => Object.entries(told).flatMap(([name, callId]) => (root(callId) ? [] : [name]))
    await vi.waitFor(() => expect(untold()).toEqual([]), 20_000)
    await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThanOrEqual(2), 20_000)
  }, 100_000)
  afterAll(async () => {
    await prometheus?.stop()
    await world.close()
    collector.close()
    receiver.close()
  })

  it('posts one tree of spans for each call, with the times that the call had', async () => {
    const call = root(told.taken)!
    const { body } = await world.admin('GET', `/calls/${told.taken}`)
    const story = body as Awaited<ReturnType<World['story']>>
    expect(call).toMatchObject({
      kind: 2,
      startMs: Date.parse(story.startedAt),
      endMs: Date.parse(story.endedAt!),
      status: 0,
      attributes: {
        'llc.direction': 'inbound',
        'llc.mode': 'receptionist',
        'llc.disposition': 'assistant_hung_up',
        'llc.caller': '+1415•••0199',
        'llc.test': true,
      },
      resource: { 'service.name': 'front-desk', 'deployment.environment.name': 'test' },
    })
    const parts = below(call)
    expect(parts.map(({ name }) => name)).toEqual([
      'webhook',
      'model set-up',
      ...story.turns.map(({ speaker }) => `${speaker} turn`),
      'tool take_message',
      'tool hang_up',
    ])
    const setUp = below(parts[1]!).map(({ name }) => name)
    expect(setUp).toEqual(['model open', 'model created', 'model configured', 'model first audio'])
    const answers = parts.filter(({ attributes }) => 'llc.latency_ms' in attributes)
    expect(answers.length).toBeGreaterThan(0)
    for (const { events, attributes } of answers) {
      expect(events.map(({ name }) => name)).toEqual(['first audio'])
      expect(attributes).toHaveProperty(['llc.heard_ms'])
    }
    for (const part of parts) expect(part.startMs).toBeGreaterThanOrEqual(call.startMs)
    expect(collector.requests[0]).toMatchObject({ path: '/v1/traces', headers: { 'x-key': 'a,b' } })
  })

  it('marks the call that went wrong, with the codes of its problems', () => {
    const call = root(told.lost)!
    expect(call).toMatchObject({ status: 2, attributes: { 'llc.disposition': 'fallback' } })
    const codes = call.events.filter(({ name }) => name === 'problem').map(({ attributes }) => attributes['llc.code'])
    expect(codes.length).toBeGreaterThan(0)
    expect(below(call).filter(({ name }) => name === 'transfer')).toMatchObject([
      { attributes: { 'llc.transfer.kind': 'fallback', 'llc.outcome': 'busy' } },
    ])
  })

  it('continues the trace of whoever asked for a call, and hands the context on with webhooks', () => {
    const placed = root(told.placed)!
    expect(placed).toMatchObject({ kind: 3, traceId: ASKED_BY.traceId, parentSpanId: ASKED_BY.spanId })
    const contexts = receiver.received.map(({ traceparent }) => traceparent)
    for (const { traceId, spanId } of [placed, root(told.taken)!])
      expect(contexts).toContain(`00-${traceId}-${spanId}-01`)
  })

  it('says nothing of a person but masked numbers', () => {
    const text = JSON.stringify(collector.spans)
    expect(text).not.toMatch(/\+?1?4155550\d{3}/)
    expect(text).not.toContain('Anna')
    expect(text).not.toContain(WORDS)
  })

  describe.skipIf(why)('by a real Prometheus', () => {
    const dashboard = JSON.parse(readFileSync(new URL('../../../deploy/grafana.json', import.meta.url), 'utf8')) as {
      panels: { title: string; targets?: { expr: string }[] }[]
    }

    it('every panel of the dashboard has series', async () => {
      const shown = dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })))
      expect(shown.length).toBeGreaterThan(30)
      const empty: string[] = []
      await vi.waitFor(async () => {
        const series = await prometheus!.query('sum(increase(llc_calls_ended_total{disposition="fallback"}[5m])) > 0')
        expect(series).toHaveLength(1)
      }, 10_000)
      for (const { title, expr } of shown) {
        const expression = expr
          .replaceAll('$__rate_interval', '5m')
          .replaceAll('$job', 'llc-phone')
          .replaceAll('$instance', '.*')
        // oxlint-disable-next-line no-await-in-loop -- one at a time: this machine carries calls
        if ((await prometheus!.query(expression)).length === 0) empty.push(`${title}: ${expression}`)
      }
      expect(empty).toEqual([])
    })

    it('every alert can be evaluated, and what it compares is there', async () => {
      expect(await prometheus!.failedRules()).toEqual([])
      const { groups } = parse(readFileSync(ALERTS, 'utf8')) as {
        groups: { rules: { alert: string; expr: string }[] }[]
      }
      const empty: string[] = []
      for (const { alert, expr } of groups.flatMap(({ rules }) => rules)) {
        // Without its last comparison; `absent` is about what is not there.
        const compared =
          alert === 'PhoneAbsent' ? 'up{job="llc-phone"}' : expr.replace(/(?:[<>]|==)(?!.*(?:[<>]|==))[^<>=]*$/s, '')
        // oxlint-disable-next-line no-await-in-loop -- one at a time: this machine carries calls
        if ((await prometheus!.query(compared)).length === 0) empty.push(`${alert}: ${compared}`)
      }
      expect(empty).toEqual([])
    })
  })
})
