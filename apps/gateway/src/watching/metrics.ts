import { codeOf, type CallRegistry, type PoolOutcome, type PromptSize } from '@llc-phone/core'
import type { DeliveryResult } from '@llc-phone/delivery'
import type { InstanceState } from '@llc-phone/store'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { standardOutput } from '../cli/output.ts'
import type { RecordingOutcome } from '../recording/recorder.ts'
import { createCallMetrics, type CallMetrics } from './call-metrics.ts'
import {
  beginAtZero,
  labelValues,
  type AdoptionResult,
  type DeliveryKind,
  type Forgettable,
  type RescueResult,
} from './label-values.ts'
import type { DefectKind } from './process-guard.ts'

/** The process's Prometheus metrics. */
export interface Metrics extends CallMetrics {
  readonly contentType: string
  read(): Promise<string>
  /** Counts a refused request or upgrade, by error code. */
  refused(code: string): void
  /** Counts what became of a session of the pool, or of a call that would have taken one. */
  pooled(outcome: PoolOutcome): void
  /** Counts an outage of the model server, by the error code that has shown it. */
  outage(code: string): void
  /** Counts a recording of a call that is over. */
  recorded(outcome: RecordingOutcome): void
  /** Counts what was deleted because it was kept long enough. */
  forgotten(what: Forgettable, count: number): void
  /** Counts an attempt to deliver. */
  delivered(kind: DeliveryKind, result: DeliveryResult): void
  /** Counts a caller who got no session, by reason. */
  turnedAway(reason: string): void
  /** Counts a question about a call of a process that died, by the route it came on and what was done. */
  adopted(entry: string, result: AdoptionResult): void
  /** How long a call had to wait for the pace of all gateways (ms). */
  slotWaited(waitMs: number): void
  /** Notes how long the caller of a call that was taken over heard nothing (ms), from the last sign of the process before. */
  adoptionSounded(afterMs: number): void
  /** Counts a call whose process has gone silent, by what was done. */
  rescued(result: RescueResult): void
  /** Counts a call that another process has taken over from this one. */
  fenced(): void
  /** Counts a request below the path of another instance, by whether that one is up. */
  misrouted(owner: 'alive' | 'gone'): void
  /** The estimated tokens of a mode instance's fixed prompt and tools. */
  promptSize(instance: string, size: PromptSize): void
  /** Counts an exception or rejection that nobody handled. */
  defect(kind: DefectKind): void
  /** Counts an outbound call's result: its disposition, `refused` (with the gate) or `failed`. */
  outboundOver(result: string, gate?: string): void
}

/** Most distinct codes: more than our own and the server's documented ones together. */
const MAX_CODES = 100

/** The routes on which the carrier asks about a call whose process died. */
const ADOPTION_ENTRIES = ['after-stream', 'after-dial', 'after-record', 'resume', 'voice', 'media', 'rescue']

/** What is asked whenever the metrics are read. Of what is absent, the metric shows that nothing is the matter. */
export interface MetricSources {
  registry(): Pick<CallRegistry, 'active' | 'room'>
  /** Outbound calls in the queue. */
  waiting?(): number
  /** How long the first of them has waited (ms). */
  oldestWaitingMs?(): number
  isStored?(): boolean
  isModelOut?(): boolean
  journalLagSeconds?(): number
  /** Sessions of the pool that a call could take. */
  warmSessions?(): number
  /** What this instance does. */
  instanceState?(): InstanceState
}

/** Metrics with their own registry, so that two gateways in one process (tests) do not collide. */
export const createMetrics = (sources: MetricSources): Metrics => {
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
  const rated = new Gauge({
    name: 'llc_calls_rated',
    help: 'Live calls that this instance is meant for: what its share in use is counted by.',
    registers,
  })
  const instance = new Gauge({
    name: 'llc_instance_state',
    help: 'What this instance does: 1 for starting, ready, full, draining, closing, fenced or closed, 0 for the others.',
    labelNames: ['state'],
    registers,
  })
  const misrouted = new Counter({
    name: 'llc_misrouted_total',
    help: 'Requests below /i/INSTANCE that another instance answered, by whether the one that is named is alive or gone.',
    labelNames: ['owner'],
    registers,
  })
  const load = new Gauge({
    name: 'llc_load',
    help: '1 for the present level: normal, tight (no new outbound calls) or full (no new calls).',
    labelNames: ['level'],
    registers,
  })
  const forgotten = new Counter({
    name: 'llc_retention_deleted_total',
    help: 'What was deleted because it was kept long enough, by what it was.',
    labelNames: ['what'],
    registers,
  })
  const recordings = new Counter({
    name: 'llc_recordings_total',
    help: 'Recordings of calls that are over: kept, or failed, as when the disk takes too long.',
    labelNames: ['outcome'],
    registers,
  })
  const turnedAway = new Counter({
    name: 'llc_calls_turned_away_total',
    help: 'Callers who got no assistant, by what there was too much of.',
    labelNames: ['reason'],
    registers,
  })
  const promptTokens = new Gauge({
    name: 'llc_prompt_tokens',
    help: 'Tokens of a mode instance that every call begins with, estimated: the fixed instructions, and all tools.',
    labelNames: ['instance', 'part'],
    registers,
  })
  const refusals = new Counter({
    name: 'llc_refused_total',
    help: 'Requests and media sockets refused, by error code.',
    labelNames: ['code'],
    registers,
  })
  const adoptionSeconds = new Histogram({
    name: 'llc_adoption_seconds',
    help: 'What callers of calls that were taken over heard nothing for: from the last sign of the process before to the first sound of this one.',
    buckets: [0.5, 0.8, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 30],
    registers,
  })
  const rescues = new Counter({
    name: 'llc_rescue_total',
    help: 'Calls whose process has gone silent without a question of the carrier, by what was done.',
    labelNames: ['result'],
    registers,
  })
  const fenced = new Counter({
    name: 'llc_fenced_total',
    help: 'Calls of this process that another one had taken over: their sessions ended without a word.',
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
  const oldestQueued = new Gauge({
    name: 'llc_outbound_queue_oldest_seconds',
    help: 'How long the outbound call that has waited longest has been in the queue.',
    registers,
  })
  const slotWaits = new Histogram({
    name: 'llc_rate_slot_wait_seconds',
    help: 'How long outbound calls waited for the pace that all gateways share.',
    buckets: [0.05, 0.25, 1, 2.5, 5, 10, 30],
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
  const deliveries = new Counter({
    name: 'llc_deliveries_total',
    help: 'Attempts to deliver messages, and completions of calls that we placed; a failed one is tried again, one given up is not.',
    labelNames: ['kind', 'result'],
    registers,
  })
  beginAtZero(forgotten, { what: labelValues.forgotten })
  beginAtZero(recordings, { outcome: labelValues.recording })
  beginAtZero(turnedAway, { reason: labelValues.turnedAway })
  beginAtZero(refusals, { code: labelValues.refused })
  beginAtZero(rescues, { result: labelValues.rescue })
  beginAtZero(adoptions, { entry: ADOPTION_ENTRIES, result: labelValues.adoption })
  beginAtZero(misrouted, { owner: labelValues.misrouted })
  beginAtZero(defects, { kind: labelValues.defect })
  beginAtZero(outbound, { result: labelValues.outbound })
  beginAtZero(gates, { gate: labelValues.gate })
  beginAtZero(outages, { code: labelValues.outage })
  beginAtZero(pooled, { outcome: labelValues.pool })
  beginAtZero(deliveries, { kind: labelValues.deliveryKind, result: labelValues.delivery })

  /** Limits the distinct labels that a server's error codes can create: each is kept in memory for ever. */
  const codes = new Set<string>(labelValues.problem)
  const labelOf = (word: string): string => {
    const code = codeOf(word)
    if (codes.size < MAX_CODES) codes.add(code)
    return codes.has(code) ? code : 'other'
  }

  const calls = createCallMetrics(register, labelOf)
  const modes = new Set<string>()

  return {
    ...calls,
    contentType: register.contentType,
    read() {
      callsActive.reset()
      const { room, active } = sources.registry()
      limit.set(room.limits.calls)
      rated.set(room.limits.calls)
      const state = sources.instanceState?.() ?? 'ready'
      for (const each of labelValues.instanceState) instance.set({ state: each }, each === state ? 1 : 0)
      for (const level of labelValues.load) load.set({ level }, room.level === level ? 1 : 0)
      for (const mode of modes) callsActive.set({ mode }, 0)
      for (const call of active()) callsActive.inc({ mode: call.mode.name })
      queued.set(sources.waiting?.() ?? 0)
      oldestQueued.set((sources.oldestWaitingMs?.() ?? 0) / 1_000)
      droppedLines.set(standardOutput.dropped)
      storage.set((sources.isStored?.() ?? true) ? 1 : 0)
      warm.set(sources.warmSessions?.() ?? 0)
      model.set(sources.isModelOut?.() ? 0 : 1)
      journalLag.set(sources.journalLagSeconds?.() ?? 0)
      return register.metrics()
    },
    expect(expected) {
      calls.expect(expected)
      for (const { name } of expected) modes.add(name)
    },
    refused: (code) => refusals.inc({ code: labelOf(code) }),
    pooled: (outcome) => pooled.inc({ outcome }),
    outage: (code) => outages.inc({ code: labelOf(code) }),
    recorded: (outcome) => recordings.inc({ outcome }),
    forgotten: (what, count) => forgotten.inc({ what }, count),
    delivered: (kind, result) => deliveries.inc({ kind, result }),
    turnedAway: (reason) => turnedAway.inc({ reason }),
    adopted: (entry, result) => adoptions.inc({ entry, result }),
    slotWaited: (waitMs) => slotWaits.observe(waitMs / 1_000),
    adoptionSounded: (afterMs) => adoptionSeconds.observe(afterMs / 1_000),
    rescued: (result) => rescues.inc({ result }),
    fenced: () => fenced.inc(),
    misrouted: (owner) => misrouted.inc({ owner }),
    promptSize(name, size) {
      for (const part of ['instructions', 'tools'] as const) promptTokens.set({ instance: name, part }, size[part])
    },
    defect: (kind) => defects.inc({ kind }),
    outboundOver(result, gate) {
      outbound.inc({ result })
      if (gate !== undefined) gates.inc({ gate })
    },
  }
}
