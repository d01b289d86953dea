import type { CallSession, PrewarmResult } from '@llc-phone/core'
import type { OutboundChange, OutboundLedger } from '@llc-phone/store'
import { expect, it } from 'vitest'
import { createMetrics } from '../src/watching/metrics.ts'
import { watchLedger } from '../src/watching/watched-ledger.ts'
import { noCalls, quietMode } from './support/fake-calls.ts'

const outboundCall = (callId: string, prewarmed: PrewarmResult) =>
  ({
    facts: { callId, legId: '', direction: 'outbound' },
    mode: quietMode('reminder'),
    warmed: Promise.resolve(prewarmed),
  }) as unknown as CallSession

it('counts what became of the models that were opened for calls', async () => {
  const metrics = createMetrics({ registry: () => noCalls })
  const cases = [
    ['ready', true],
    ['ready', true],
    ['late', true],
    ['ready', false],
    ['ended', false],
    ['refused', false],
  ] as const
  for (const [index, [prewarmed, isJoined]] of cases.entries()) {
    const call = outboundCall(String(index), prewarmed)
    if (isJoined) metrics.observe(call, { type: 'phase', phase: 'live' })
    metrics.observe(call, { type: 'phase', phase: 'ended', disposition: 'busy' })
  }
  await Promise.resolve()
  const text = await metrics.read()
  expect(text).toContain('llc_prewarm_total{outcome="used"} 2')
  expect(text).toContain('llc_prewarm_total{outcome="late"} 1')
  expect(text).toContain('llc_prewarm_total{outcome="wasted"} 2')
  expect(text).toContain('llc_prewarm_total{outcome="refused"} 1')
})

it('counts each outbound call once, by result and gate, and the queue as it is', async () => {
  let waiting = 3
  const metrics = createMetrics({ registry: () => noCalls, waiting: () => waiting })
  const written: OutboundChange[] = []
  let failing = false
  const ledger = watchLedger(
    {
      change: async (_callId: string, change: OutboundChange) => {
        if (failing) throw new Error('disk')
        written.push(change)
      },
    } as unknown as OutboundLedger,
    metrics,
  )
  await ledger.change('a', { state: 'ringing' })
  await ledger.change('a', { state: 'ended', disposition: 'no_answer' })
  await ledger.change('a', { state: 'ended', costUsd: 0.01 })
  await ledger.change('b', { state: 'refused', gate: 'calling_hours' })
  await ledger.change('c', { state: 'failed', problem: 'No.' })
  await ledger.change('d', { state: 'ended' })
  failing = true
  await expect(ledger.change('e', { state: 'failed' })).rejects.toThrow('disk')
  expect(written).toHaveLength(6)
  const text = await metrics.read()
  expect(text).toContain('llc_outbound_calls_total{result="no_answer"} 1')
  expect(text).toContain('llc_outbound_calls_total{result="refused"} 1')
  expect(text).toContain('llc_outbound_calls_total{result="failed"} 1')
  expect(text).toContain('llc_outbound_calls_total{result="never_connected"} 1')
  expect(text).toContain('llc_outbound_refused_total{gate="calling_hours"} 1')
  expect(text).toContain('llc_outbound_queue 3')
  waiting = 0
  expect(await metrics.read()).toContain('llc_outbound_queue 0')
})

it('waits for writes that are under way', async () => {
  const slow = Promise.withResolvers<void>()
  const ledger = watchLedger(
    { change: () => slow.promise } as unknown as OutboundLedger,
    createMetrics({ registry: () => noCalls }),
  )
  const writing = ledger.change('a', { state: 'ringing' })
  let isFlushed = false
  const flushing = ledger.flush().then(() => (isFlushed = true))
  await Promise.resolve()
  expect(isFlushed).toBe(false)
  slow.resolve()
  await Promise.all([writing, flushing])
  expect(isFlushed).toBe(true)
})
