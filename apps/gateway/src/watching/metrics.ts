import {
  codeOf,
  type CallNotice,
  type CallRegistry,
  type CallSession,
  type PoolOutcome,
  type PromptSize,
  type TokenUsage,
} from '@llc-phone/core'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { standardOutput } from '../cli/output.ts'
import type { DefectKind } from './process-guard.ts'

/** `resumed`; `mode_gone`: its mode is not configured any more; `unreadable`: another version has written it; `lost`: another process was faster; `failed`: the journal did not answer. */
export type AdoptionResult = 'resumed' | 'mode_gone' | 'unreadable' | 'lost' | 'failed'

/** The process's Prometheus metrics. */
export interface Metrics {
  readonly contentType: string
  read(): Promise<string>
  observe(call: CallSession, notice: CallNotice): void
  /** Counts a refused request or upgrade, by error code. */
  refused(code: string): void
  /** Counts what became of a session of the pool, or of a call that would have taken one. */
  pooled(outcome: PoolOutcome): void
  /** Counts an outage of the model server, by the error code that has shown it. */
  outage(code: string): void
  /** Counts a caller who got no session, by reason. */
  turnedAway(reason: string): void
  /** Counts a question about a call of a process that died, by the route it came on and what was done. */
  adopted(entry: string, result: AdoptionResult): void
  /** The estimated tokens of a mode instance's fixed prompt and tools. */
  promptSize(instance: string, size: PromptSize): void
  /** Counts an exception or rejection that nobody handled. */
  defect(kind: DefectKind): void
  /** Counts an outbound call's result: its disposition, `refused` (with the gate) or `failed`. */
  outboundOver(result: string, gate?: string): void
}

/** Buckets from a frame's way through our process (well under 1 ms) to a model that is slow to open. */
const LATENCY_BUCKETS_SECONDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10,
]

/** Most distinct codes: more than our own and the server's documented ones together. */
const MAX_CODES = 100

/** Metrics with their own registry, so that two gateways in one process (tests) do not collide. */
export const createMetrics = (
  registry: () => Pick<CallRegistry, 'active' | 'room'>,
  waiting: () => number = () => 0,
  isStored: () => boolean = () => true,
  isModelOut: () => boolean = () => false,
  journalLagSeconds: () => number = () => 0,
  warmSessions: () => number = () => 0,
): Metrics => {
  const register = new Registry()
  const registers = [register]
  collectDefaultMetrics({ register })
  const callsActive = new Gauge({
    name: 'llc_calls_active',
    help: 'Calls that have not ended, by mode.',
    labelNames: ['mode'],
    registers,
  })
  const limit = new Gauge({
    name: 'llc_calls_limit',
    help: 'Live calls that this process takes.',
    registers,
  })
  const load = new Gauge({
    name: 'llc_load',
    help: '1 for the present level: normal, tight (no new outbound calls) or full (no new calls).',
    labelNames: ['level'],
    registers,
  })
  const turnedAway = new Counter({
    name: 'llc_calls_turned_away_total',
    help: 'Callers who got no assistant, by what there was too much of.',
    labelNames: ['reason'],
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
  const tokens = new Counter({
    name: 'llc_tokens_total',
    help: 'Model tokens; cached ones are part of the input.',
    labelNames: ['kind'],
    registers,
  })
  const inputTokens = new Counter({
    name: 'llc_input_tokens_total',
    help: 'Input tokens of the model, by mode and by whether the server had them in its cache.',
    labelNames: ['mode', 'cached'],
    registers,
  })
  const promptTokens = new Gauge({
    name: 'llc_prompt_tokens',
    help: 'Tokens of a mode instance that every call begins with, estimated: the fixed instructions, and all tools.',
    labelNames: ['instance', 'part'],
    registers,
  })
  const firstInputTokens = new Gauge({
    name: 'llc_first_input_tokens',
    help: "Input tokens of the first reply of a mode's latest call, as the model counted them.",
    labelNames: ['mode'],
    registers,
  })
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
  const transcribedSeconds = new Counter({
    name: 'llc_transcribed_seconds_total',
    help: 'Audio of callers transcribed by models billed by time.',
    registers,
  })
  const problems = new Counter({
    name: 'llc_problems_total',
    help: 'Problems during calls, by error code.',
    labelNames: ['code'],
    registers,
  })
  const refusals = new Counter({
    name: 'llc_refused_total',
    help: 'Requests and media sockets refused, by error code.',
    labelNames: ['code'],
    registers,
  })
  const adoptions = new Counter({
    name: 'llc_adoptions_total',
    help: 'Calls of processes that died, asked about by the carrier, by route and what was done.',
    labelNames: ['entry', 'result'],
    registers,
  })
  const journalLag = new Gauge({
    name: 'llc_journal_lag_seconds',
    help: 'How long the oldest note of a live call has been waiting to be written.',
    registers,
  })
  const defects = new Counter({
    name: 'llc_defects_total',
    help: 'Failed promises and exceptions that nobody handled, by kind: each one makes the process drain.',
    labelNames: ['kind'],
    registers,
  })
  const droppedLines = new Gauge({
    name: 'llc_log_lines_dropped',
    help: 'Log lines dropped since the start, because nobody read standard output.',
    registers,
  })
  const outbound = new Counter({
    name: 'llc_outbound_calls_total',
    help: 'Outbound calls that are over, by result: a disposition, refused or failed.',
    labelNames: ['result'],
    registers,
  })
  const gates = new Counter({
    name: 'llc_outbound_refused_total',
    help: 'Outbound calls that were not placed, by the gate that was closed.',
    labelNames: ['gate'],
    registers,
  })
  const queued = new Gauge({
    name: 'llc_outbound_queue',
    help: 'Outbound calls in the queue.',
    registers,
  })
  const storage = new Gauge({
    name: 'llc_storage_up',
    help: 'Whether the database can be written: 1, or 0 while it fails.',
    registers,
  })
  const model = new Gauge({
    name: 'llc_model_up',
    help: 'Whether the model server serves calls, as far as calls have shown: 1, or 0 during an outage.',
    registers,
  })
  const outages = new Counter({
    name: 'llc_model_outages_total',
    help: 'Outages of the model server, by the error code that has shown it.',
    labelNames: ['code'],
    registers,
  })
  const warm = new Gauge({
    name: 'llc_model_pool_idle',
    help: 'Idle sessions of the pool that a call could take now.',
    registers,
  })
  const pooled = new Counter({
    name: 'llc_model_pool_total',
    help: 'Sessions of the pool that were opened, used by a call, expired, surplus, replaced, lost or refused; and calls that missed one.',
    labelNames: ['outcome'],
    registers,
  })
  const prewarms = new Counter({
    name: 'llc_prewarm_total',
    help: 'Models opened for outbound calls: used, late (connected after pickup), refused by the server, or wasted (nobody came).',
    labelNames: ['outcome'],
    registers,
  })
  /** Outbound calls with audio of the callee. */
  const joined = new WeakSet<CallSession>()
  const weighPrewarm = (call: CallSession): void => {
    const wasJoined = joined.has(call)
    void call.warmed.then((warmth) => {
      const unused = warmth === 'refused' ? 'refused' : 'wasted'
      prewarms.inc({ outcome: wasJoined ? (warmth === 'ready' ? 'used' : 'late') : unused })
    })
  }

  /** Limits the distinct labels that a server's error codes can create: each is kept in memory for ever. */
  const codes = new Set<string>()
  const labelOf = (word: string): string => {
    const code = codeOf(word)
    if (codes.size < MAX_CODES) codes.add(code)
    return codes.has(code) ? code : 'other'
  }
  const toolOf = ({ mode }: CallSession, name: string): string =>
    mode.tools.some((tool) => tool.name === name) ? name : 'unknown'

  return {
    contentType: register.contentType,
    read() {
      callsActive.reset()
      const { room, active } = registry()
      limit.set(room.limits.calls)
      for (const level of ['normal', 'tight', 'full'] as const) load.set({ level }, room.level === level ? 1 : 0)
      for (const call of active()) callsActive.inc({ mode: call.mode.name })
      queued.set(waiting())
      droppedLines.set(standardOutput.dropped)
      storage.set(isStored() ? 1 : 0)
      warm.set(warmSessions())
      model.set(isModelOut() ? 0 : 1)
      journalLag.set(journalLagSeconds())
      return register.metrics()
    },
    refused: (code) => refusals.inc({ code: labelOf(code) }),
    pooled: (outcome) => pooled.inc({ outcome }),
    outage: (code) => outages.inc({ code: labelOf(code) }),
    turnedAway: (reason) => turnedAway.inc({ reason }),
    adopted: (entry, result) => adoptions.inc({ entry, result }),
    promptSize(instance, size) {
      for (const part of ['instructions', 'tools'] as const) promptTokens.set({ instance, part }, size[part])
    },
    defect: (kind) => defects.inc({ kind }),
    outboundOver(result, gate) {
      outbound.inc({ result })
      if (gate !== undefined) gates.inc({ gate })
    },
    observe(call, notice) {
      switch (notice.type) {
        case 'phase':
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
        case 'transcript':
          break
      }
    },
  }
}
