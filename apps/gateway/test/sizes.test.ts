import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { CallSession } from '@llc-phone/core'
import { expect, it, onTestFinished } from 'vitest'
import { createCallFeed } from '../src/watching/call-feed.ts'
import { describeCause } from '../src/watching/describe-cause.ts'
import { createLog } from '../src/watching/log.ts'
import { createMetrics } from '../src/watching/metrics.ts'
import { createObserver } from '../src/watching/observe.ts'
import { fakeRegistry, noCalls, quietMode } from './support/fake-calls.ts'
import { ADMIN_TOKEN, callSidOf, ringing, silentCallLog, testGateway } from './support/gateway.ts'

const MEGABYTE = 'x'.repeat(1_000_000)
const call = { facts: { callId: 'a', legId: 'CA1' }, mode: quietMode('ivr') } as unknown as CallSession

it('keeps the figures small, whatever a server calls its errors', async () => {
  const metrics = createMetrics({ registry: () => noCalls })
  for (let n = 0; n < 60; n++) {
    metrics.observe(call, { type: 'problem', code: `${n}${MEGABYTE}`, message: '' })
    metrics.refused(`code ${n}\n${MEGABYTE}`)
  }
  metrics.observe(call, { type: 'problem', code: 'tool_failed', message: '' })
  const text = await metrics.read()
  expect(text.length).toBeLessThan(50_000)
  expect(text).toContain('llc_problems_total{code="other"} 60')
  expect(text).toContain('llc_refused_total{code="other"} 60')
  expect(text).toContain('llc_problems_total{code="tool_failed"} 1')
})

/** Somebody who listens, and reads nothing until they are told to. */
const createReader = () => {
  const chunks: string[] = []
  const reader = Object.assign(new EventEmitter(), {
    destroyed: false,
    ended: false,
    writableLength: 0,
    writeHead: () => undefined,
    write(chunk: string) {
      chunks.push(chunk)
      reader.writableLength += chunk.length
      return true
    },
    end() {
      reader.ended = true
      reader.emit('close')
    },
    destroy() {
      reader.destroyed = true
      reader.emit('close')
    },
  })
  return { reader, chunks, response: reader as unknown as ServerResponse }
}

it('remembers a megabyte at most for a listener who does not read', () => {
  const feed = createCallFeed()
  onTestFinished(() => feed.close())
  const { reader, response } = createReader()
  feed.subscribe(response)
  for (let n = 0; n < 1_000; n++)
    feed.publish(call, { type: 'transcript', speaker: 'caller', text: 'word '.repeat(800) })
  expect(reader.destroyed).toBe(true)
  expect(reader.writableLength).toBeLessThanOrEqual(1_048_576)
})

it('sends no line that is longer than any notice is', () => {
  const feed = createCallFeed()
  onTestFinished(() => feed.close())
  const { reader, chunks, response } = createReader()
  feed.subscribe(response)
  feed.publish(call, { type: 'transcript', speaker: 'caller', text: MEGABYTE })
  feed.publish(call, { type: 'transcript', speaker: 'caller', text: 'Hello?' })
  expect(chunks).toHaveLength(2)
  expect(chunks[1]).toContain('Hello?')
  expect(reader.destroyed).toBe(false)
})

it('has fifty listeners at most; who has listened longest makes room', () => {
  const feed = createCallFeed()
  onTestFinished(() => feed.close())
  const readers = Array.from({ length: 52 }, createReader)
  for (const { response } of readers) feed.subscribe(response)
  expect(readers.filter(({ reader }) => reader.ended)).toHaveLength(2)
  expect(readers[0]!.reader.ended && readers[1]!.reader.ended).toBe(true)
})

it('logs what a server said as personal data, and in a size', () => {
  const lines: string[] = []
  const observe = createObserver({
    log: createLog({ level: 'info', secrets: [], stream: { write: (line) => void lines.push(line) } }),
    metrics: createMetrics({ registry: () => noCalls }),
    feed: { publish: () => undefined, subscribe: () => undefined, forget: () => undefined, close: () => undefined },
    calls: silentCallLog,
    outboundEnded: () => undefined,
  })
  const cause = new Error(MEGABYTE)
  cause.name = MEGABYTE
  observe(call, {
    type: 'problem',
    code: 'rate_limit_exceeded',
    message: 'The model server warned.',
    said: 'Dana Fields, born on 17 May 1984, has said too much.',
    cause,
  })
  expect(lines.join('')).not.toContain('Dana')
  expect(lines.join('').length).toBeLessThan(5_000)
  expect(JSON.parse(lines[0]!)).toMatchObject({ code: 'rate_limit_exceeded', pii: '[redacted]' })
  expect(JSON.stringify(describeCause(cause)).length).toBeLessThan(5_000)
})

it('lists live calls and the latest hundred without telling the story of a thousand', async () => {
  const calls = fakeRegistry()
  let told = 0
  const gateway = await testGateway(calls.registry, {
    calls: {
      ...silentCallLog,
      storyOf(session) {
        told++
        return silentCallLog.storyOf(session)
      },
    },
  })
  for (let n = 1; n <= 300; n++) {
    await gateway.post('/twiml', ringing(callSidOf(n)))
    calls.registry.byLegId(callSidOf(n))!.end('caller_hung_up')
  }
  const answer = await gateway.app.inject({
    method: 'GET',
    url: '/calls',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  })
  expect(answer.json<{ calls: unknown[] }>().calls).toHaveLength(100)
  expect(told).toBe(100)
})
