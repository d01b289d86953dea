import type { CallNotice, CallSession } from '@llc-phone/core'
import { expect, it } from 'vitest'
import { createMetrics } from '../src/watching/metrics.ts'
import { createObserver } from '../src/watching/observe.ts'
import { createLog } from '../src/watching/log.ts'
import { noCalls, quietMode } from './support/fake-calls.ts'
import { silentCallLog } from './support/gateway.ts'

const call = { facts: { callId: 'a', legId: 'CA1' }, mode: quietMode('ivr') } as unknown as CallSession

it('keeps a bounded number of figures, whatever words the model sends', async () => {
  const metrics = createMetrics({ registry: () => noCalls })
  for (let index = 0; index < 5_000; index++) {
    metrics.observe(call, { type: 'tool', name: `made_up_${index}`, durationMs: 1, outcome: 'failed' })
    metrics.observe(call, { type: 'problem', code: `made_up_${index}`, message: '' })
  }
  const text = await metrics.read()
  expect(text).toContain('llc_tool_runs_total{tool="unknown",outcome="failed"} 5000')
  expect(text.match(/^llc_problems_total/gm)!.length).toBeLessThan(150)
})

it('logs a notice that cannot be published, and spares the call', () => {
  const lines: string[] = []
  const observe = createObserver({
    log: createLog({ level: 'info', secrets: [], stream: { write: (line) => void lines.push(line) } }),
    metrics: createMetrics({ registry: () => noCalls }),
    feed: {
      publish() {
        throw new Error('a listener broke')
      },
      subscribe: () => undefined,
      forget: () => undefined,
      close: () => undefined,
    },
    calls: silentCallLog,
    outboundEnded: () => undefined,
  })
  const notice: CallNotice = { type: 'problem', code: 'tool_failed', message: 'The tool failed.' }
  expect(() => observe(call, notice)).not.toThrow()
  expect(lines.join('')).toContain('notice not published')
  expect(lines.join('')).toContain('The tool failed.')
})
