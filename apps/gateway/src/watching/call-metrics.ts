import { latencyMeasures, type CallNotice, type CallSession, type Mode, type TokenUsage } from '@llc-phone/core'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { beginAtZero, labelValues } from './label-values.ts'

/** Buckets from a frame's way through our process (well under 1 ms) to a model that is slow to open. */
const LATENCY_BUCKETS_SECONDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10,
]

/** A mode whose calls are counted, with its tools if they are known before a call. */
export interface ExpectedMode {
  readonly name: string
  readonly tools?: readonly Pick<Mode['tools'][number], 'name'>[]
}

/** What counts the notices of calls. */
export interface CallMetrics {
  observe(call: CallSession, notice: CallNotice): void
  /** Begins the series of these modes and their tools at 0. */
  expect(modes: readonly ExpectedMode[]): void
  /** Adds what a call that has ended has cost, in US dollars. */
  cost(mode: string, usd: number): void
}

/** The metrics of what happens in calls: counts each notice. `labelOf` limits the distinct codes of a server. */
export const createCallMetrics = (register: Registry, labelOf: (code: string) => string): CallMetrics => {
  const registers = [register]
  const started = new Counter({
    name: 'llc_calls_started_total',
    help: 'Calls that got a session, by mode and direction.',
    labelNames: ['mode', 'direction'],
    registers,
  })
  const ended = new Counter({
    name: 'llc_calls_ended_total',
    help: 'Calls that ended, by mode and disposition.',
    labelNames: ['mode', 'disposition'],
    registers,
  })
  const latency = new Histogram({
    name: 'llc_latency_seconds',
    help: 'Time each stage of a call or turn took.',
    labelNames: ['stage'],
    buckets: LATENCY_BUCKETS_SECONDS,
    registers,
  })
  const tools = new Counter({
    name: 'llc_tool_runs_total',
    help: 'Tool runs, by tool and outcome.',
    labelNames: ['tool', 'outcome'],
    registers,
  })
  const toolSeconds = new Histogram({
    name: 'llc_tool_seconds',
    help: 'How long tools ran.',
    labelNames: ['tool'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
    registers,
  })
  const greetings = new Counter({
    name: 'llc_greetings_total',
    help: 'Greetings that callers heard, by source: a recording, or the model.',
    labelNames: ['source'],
    registers,
  })
  const refreshes = new Counter({
    name: 'llc_session_refreshes_total',
    help: "Attempts to replace a call's model session by a fresh one: replaced in silence, failed, or lost to the end of the old one.",
    labelNames: ['result'],
    registers,
  })
  const tokens = new Counter({
    name: 'llc_tokens_total',
    help: 'Model tokens; cached ones are part of the input.',
    labelNames: ['kind'],
    registers,
  })
  const transcribedSeconds = new Counter({
    name: 'llc_transcribed_seconds_total',
    help: 'Audio of callers transcribed by models billed by time.',
    registers,
  })
  const inputTokens = new Counter({
    name: 'llc_input_tokens_total',
    help: 'Input tokens of the model, by mode and by whether the server had them in its cache.',
    labelNames: ['mode', 'cached'],
    registers,
  })
  const firstInputTokens = new Gauge({
    name: 'llc_first_input_tokens',
    help: "Input tokens of the first reply of a mode's latest call, as the model counted them.",
    labelNames: ['mode'],
    registers,
  })
  const problems = new Counter({
    name: 'llc_problems_total',
    help: 'Problems during calls, by error code.',
    labelNames: ['code'],
    registers,
  })
  const prewarms = new Counter({
    name: 'llc_prewarm_total',
    help: 'Models opened for outbound calls: used, late (connected after pickup), refused by the server, or wasted (nobody came).',
    labelNames: ['outcome'],
    registers,
  })
  const cost = new Counter({
    name: 'llc_cost_usd_total',
    help: 'What calls that have ended cost for the model, in US dollars, by mode.',
    labelNames: ['mode'],
    registers,
  })
  beginAtZero(greetings, { source: labelValues.greeting })
  beginAtZero(refreshes, { result: labelValues.refresh })
  beginAtZero(tokens, { kind: labelValues.tokens })
  beginAtZero(tools, { tool: ['unknown'], outcome: labelValues.toolOutcome })
  beginAtZero(problems, { code: labelValues.problem })
  beginAtZero(prewarms, { outcome: labelValues.prewarm })
  for (const stage of latencyMeasures) latency.zero({ stage })
  /** Tools with a histogram. */
  const timed = new Set<string>()
  /** Calls of this process that are counted as started. */
  const known = new WeakSet<CallSession>()
  /** Calls of which the first reply is counted. */
  const begun = new WeakSet<CallSession>()
  const countInput = (call: CallSession, { text, audio, cachedText, cachedAudio }: TokenUsage['input']): void => {
    const mode = call.mode.name
    const cached = Math.min(text + audio, cachedText + cachedAudio)
    inputTokens.inc({ mode, cached: 'yes' }, cached)
    inputTokens.inc({ mode, cached: 'no' }, text + audio - cached)
    if (begun.has(call) || text + audio === 0) return
    begun.add(call)
    firstInputTokens.set({ mode }, text + audio)
  }
  /** Outbound calls with audio of the callee. */
  const joined = new WeakSet<CallSession>()
  const weighPrewarm = (call: CallSession): void => {
    const wasJoined = joined.has(call)
    void call.warmed.then((warmth) => {
      const unused = warmth === 'refused' ? 'refused' : 'wasted'
      prewarms.inc({ outcome: wasJoined ? (warmth === 'ready' ? 'used' : 'late') : unused })
    })
  }

  const toolOf = ({ mode }: CallSession, name: string): string =>
    mode.tools.some((tool) => tool.name === name) ? name : 'unknown'

  const observe = (call: CallSession, notice: CallNotice): void => {
    switch (notice.type) {
      case 'phase':
        if (!known.has(call)) started.inc({ mode: call.mode.name, direction: call.facts.direction })
        known.add(call)
        if (call.facts.direction === 'outbound') {
          if (notice.phase === 'joining' || notice.phase === 'live') joined.add(call)
          if (notice.phase === 'ended') weighPrewarm(call)
        }
        if (notice.phase === 'ended')
          ended.inc({ mode: call.mode.name, disposition: notice.disposition ?? 'never_connected' })
        break
      case 'latency':
        latency.observe({ stage: notice.measure }, notice.ms / 1_000)
        break
      case 'tool':
        tools.inc({ tool: toolOf(call, notice.name), outcome: notice.outcome })
        timed.add(toolOf(call, notice.name))
        toolSeconds.observe({ tool: toolOf(call, notice.name) }, notice.durationMs / 1_000)
        break
      case 'usage':
        countInput(call, notice.usage.input)
        tokens.inc({ kind: 'text_input' }, notice.usage.input.text)
        tokens.inc({ kind: 'audio_input' }, notice.usage.input.audio)
        tokens.inc({ kind: 'cached_text_input' }, notice.usage.input.cachedText)
        tokens.inc({ kind: 'cached_audio_input' }, notice.usage.input.cachedAudio)
        tokens.inc({ kind: 'text_output' }, notice.usage.output.text)
        tokens.inc({ kind: 'audio_output' }, notice.usage.output.audio)
        for (const { seconds, input, output } of notice.usage.transcription ?? []) {
          transcribedSeconds.inc(seconds)
          tokens.inc({ kind: 'transcription_text_input' }, input.text)
          tokens.inc({ kind: 'transcription_audio_input' }, input.audio)
          tokens.inc({ kind: 'transcription_text_output' }, output.text)
        }
        break
      case 'problem':
        problems.inc({ code: labelOf(notice.code) })
        break
      case 'greeting':
        greetings.inc({ source: notice.source })
        break
      case 'refresh':
        refreshes.inc({ result: notice.result })
        break
      case 'leg':
      case 'transcript':
      case 'act':
        break
    }
  }
  return {
    observe,
    expect(modes) {
      const mode = modes.map(({ name }) => name)
      beginAtZero(started, { mode, direction: labelValues.direction })
      beginAtZero(ended, { mode, disposition: labelValues.disposition })
      beginAtZero(inputTokens, { mode, cached: labelValues.cached })
      beginAtZero(cost, { mode })
      const named = modes.flatMap((each) => (each.tools ?? []).map(({ name }) => name))
      for (const tool of new Set(named)) {
        beginAtZero(tools, { tool: [tool], outcome: labelValues.toolOutcome })
        // `zero` would set back what was counted before the settings changed.
        if (timed.has(tool)) continue
        timed.add(tool)
        toolSeconds.zero({ tool })
      }
    },
    cost: (mode, usd) => cost.inc({ mode }, usd),
  }
}
