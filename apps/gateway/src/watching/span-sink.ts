import { createHash } from 'node:crypto'
import { pause, type Clock } from '@llc-phone/core'
import {
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type SpanContext,
} from '@opentelemetry/api'
import { ExportResultCode, parseTraceParent } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  RandomIdGenerator,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type Sampler,
  type SpanExporter,
} from '@opentelemetry/sdk-trace'
import type { Logger } from 'pino'
import type { TraceSettings } from '../configuration/traces-env.ts'
import type { PlainSpan } from './call-spans.ts'
import { describeCause } from './describe-cause.ts'

/** Spans that wait for a collector; later ones are thrown away. */
const MAX_QUEUED = 4_096

/** Small, because a batch is written as JSON between frames of audio. */
const BATCH = 64

const POST_TIMEOUT_MS = 10_000
const POST_EVERY_MS = 2_000
const STOP_AFTER_MS = 5_000

/** A collector that is down is logged at most so often. */
const LOG_EVERY_MS = 60_000

/** Calls whose trace another system has begun: those of a day, at most. */
const MAX_CONTINUED = 2_000

const samplerOf = ({ sampler, ratio }: TraceSettings): Sampler => {
  const root = sampler.endsWith('always_off')
    ? new AlwaysOffSampler()
    : sampler.endsWith('traceidratio')
      ? new TraceIdRatioBasedSampler(ratio)
      : new AlwaysOnSampler()
  return sampler.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root
}

/** Whom the spans go to: a library's, with its failures logged. */
const watched = (exporter: SpanExporter, clock: Clock, log: Logger): SpanExporter => {
  let loggedAt: number | undefined
  let lost = 0
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        done(result)
        if (result.code === ExportResultCode.SUCCESS) return
        lost += spans.length
        if (loggedAt !== undefined && clock.now() - loggedAt < LOG_EVERY_MS) return
        loggedAt = clock.now()
        log.warn({ spans: lost, ...describeCause(result.error) }, 'traces not delivered')
        lost = 0
      })
    },
    shutdown: () => exporter.shutdown(),
  }
}

/** Turns plain spans into those of OpenTelemetry, and posts them in the background. */
export const createSpanSink = (settings: TraceSettings, clock: Clock, log: Logger) => {
  const sampler = samplerOf(settings)
  const random = new RandomIdGenerator()
  /** Of the root of a call; later spans have random ids. */
  let next: Pick<SpanContext, 'traceId' | 'spanId'> | undefined
  const exporter = new OTLPTraceExporter({
    url: settings.url,
    headers: { ...settings.headers },
    timeoutMillis: POST_TIMEOUT_MS,
  })
  const provider = new TracerProvider({
    resource: resourceFromAttributes(settings.resource),
    sampler,
    idGenerator: {
      generateTraceId: () => next?.traceId ?? random.generateTraceId(),
      generateSpanId: () => next?.spanId ?? random.generateSpanId(),
    },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: watched(exporter, clock, log),
        maxQueueSize: MAX_QUEUED,
        maxExportBatchSize: BATCH,
        scheduledDelayMillis: POST_EVERY_MS,
        exportTimeoutMillis: POST_TIMEOUT_MS,
      }),
    ],
  })
  const tracer = provider.getTracer('llc-phone')
  const continued = new Map<string, SpanContext>()

  const idsOf = (callId: string): Pick<SpanContext, 'traceId' | 'spanId'> => {
    const hex = createHash('sha256').update(`llc-phone ${callId}`).digest('hex')
    return { traceId: continued.get(callId)?.traceId ?? hex.slice(0, 32), spanId: hex.slice(32, 48) }
  }

  /** What the root of a call's trace hangs on. */
  const parentOf = (callId: string): Context => {
    const remote = continued.get(callId)
    return remote ? trace.setSpanContext(ROOT_CONTEXT, remote) : ROOT_CONTEXT
  }

  const begin = (plain: PlainSpan, kind: SpanKind, parent: Context): void => {
    const { name, startMs, endMs, attributes, isError, events = [], children = [] } = plain
    const span = tracer.startSpan(name, { kind, startTime: startMs, attributes: { ...attributes } }, parent)
    next = undefined
    for (const { name: event, atMs, code } of events)
      span.addEvent(event, code === undefined ? {} : { 'llc.code': code }, atMs)
    if (isError) span.setStatus({ code: SpanStatusCode.ERROR })
    const within = trace.setSpan(parent, span)
    for (const child of children) begin(child, SpanKind.INTERNAL, within)
    span.end(endMs)
  }

  return {
    add(callId: string, root: PlainSpan): void {
      next = idsOf(callId)
      const kind = root.attributes['llc.direction'] === 'outbound' ? SpanKind.CLIENT : SpanKind.SERVER
      begin(root, kind, parentOf(callId))
    },
    traceparentOf(callId: string): string {
      const { traceId, spanId } = idsOf(callId)
      const { decision } = sampler.shouldSample(parentOf(callId), traceId, 'call', SpanKind.SERVER, {}, [])
      return `00-${traceId}-${spanId}-${decision === SamplingDecision.RECORD_AND_SAMPLED ? '01' : '00'}`
    },
    continue(callId: string, traceparent: string): void {
      const remote = parseTraceParent(traceparent)
      if (!remote || !isSpanContextValid(remote) || continued.has(callId)) return
      continued.set(callId, { ...remote, traceFlags: remote.traceFlags & TraceFlags.SAMPLED, isRemote: true })
      if (continued.size > MAX_CONTINUED) continued.delete(continued.keys().next().value!)
    },
    /** Posts what is left, or gives up on it: a collector that hangs must not hold up a stop. */
    async stop(): Promise<void> {
      // What could not be posted is logged where it failed.
      const over = provider.shutdown().catch(() => {})
      await pause(clock, STOP_AFTER_MS, over)
    },
  }
}
