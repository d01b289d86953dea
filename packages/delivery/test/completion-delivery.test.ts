import type { E164 } from '@llc-phone/core'
import { openStore } from '@llc-phone/database'
import { type OutboundBeginning, type OutboundChange } from '@llc-phone/store'
import { Webhook } from 'standardwebhooks'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createCompletionDelivery, type CompletionProblem, type CompletionSettings } from '../src/index.ts'
import { eventually, movableClock, receiver, secret, temporaryDatabase } from './support.ts'

const requestedAt = new Date('2026-03-02T17:00:00.000Z')
const endedAt = new Date('2026-03-02T17:01:30.000Z')

let url: string

beforeEach(() => {
  const database = temporaryDatabase()
  url = database.url
  return database.remove
})

/** One process: a store, a delivery and its own time. */
const startDelivery = async (webhook?: CompletionSettings['webhook']) => {
  const store = await openStore({ url })
  const { clock, advance } = movableClock()
  const problems: CompletionProblem[] = []
  const delivery = createCompletionDelivery({
    completions: store.outbound,
    notes: store.callNotes,
    webhook,
    clock,
    onProblem: (problem) => void problems.push(problem),
  })
  delivery.start()
  let ended: Promise<void> | undefined
  const end = () => (ended ??= delivery.stop().then(() => store.close()))
  onTestFinished(async () => {
    const over = end()
    await advance(5_000)
    await over
  })
  const begin = (callId: string, begun?: Partial<OutboundBeginning>) =>
    delivery.ledger.begin({
      callId,
      to: `+1415555${callId.padStart(4, '0')}` as E164,
      from: '+14155550100' as E164,
      mode: 'reminder',
      scenario: 'confirmation',
      requestedAt,
      requestHash: callId,
      webhook: true,
      ...begun,
    })
  return {
    ...delivery,
    store,
    problems,
    advance,
    end,
    begin,
    /** A call, from its beginning to its end. */
    async call(callId: string, change?: OutboundChange) {
      await begin(callId)
      await delivery.ledger.change(callId, { state: 'ended', disposition: 'caller_hung_up', endedAt, ...change })
    },
    /** Everything that is still to be sent, whenever. */
    pending: () => store.outbound.pendingCompletions(new Date('2100-01-01')),
  }
}

const isIdle = (delivery: Awaited<ReturnType<typeof startDelivery>>) => eventually(() => delivery.pending()).toEqual([])

const idsOf = (received: readonly { headers: object }[]) =>
  received.map(({ headers }) => (headers as Record<string, string>)['webhook-id'])

describe('a completion', () => {
  it('is posted as soon as the call has ended, signed as Standard Webhooks say', async () => {
    const { received, url: hook } = await receiver(204)
    const delivery = await startDelivery({ url: hook, secret })
    await delivery.begin('0199')
    const { ledger, store } = delivery
    const at = (seconds: number) => new Date(requestedAt.getTime() + seconds * 1_000)
    await ledger.change('0199', { state: 'ringing', legId: 'CA1' })
    await ledger.change('0199', { state: 'answered', answeredAt: at(8), answeredBy: 'human' })
    await store.callNotes.add({ callId: '0199', text: 'Will come. Ünïcode, too.' })
    expect(received).toEqual([])
    await ledger.change('0199', { state: 'ended', disposition: 'assistant_hung_up', endedAt, costUsd: 0.0421 })
    // No time passes on this clock: nobody waits for a look.
    await isIdle(delivery)
    expect(received).toHaveLength(1)
    const { headers, body } = received[0]!
    const signed = headers as Record<string, string>
    expect(signed['webhook-id']).toBe('outbound_call_0199')
    // Their own library, with its check of the age, is the judge.
    expect(new Webhook(secret).verify(body, signed)).toEqual({
      type: 'outbound_call.completed',
      timestamp: '2026-03-02T17:01:30.000Z',
      data: {
        callId: '0199',
        callSid: 'CA1',
        to: '+14155550199',
        from: '+14155550100',
        mode: 'reminder',
        scenario: 'confirmation',
        state: 'ended',
        disposition: 'assistant_hung_up',
        answeredBy: 'human',
        requestedAt: '2026-03-02T17:00:00.000Z',
        answeredAt: '2026-03-02T17:00:08.000Z',
        endedAt: '2026-03-02T17:01:30.000Z',
        costUsd: 0.0421,
        notes: [{ text: 'Will come. Ünïcode, too.', at: expect.stringMatching(/^\d{4}-.*Z$/) }],
      },
    })
    expect(() => new Webhook(secret).verify(body.replace('+14155550199', '+14155550198'), signed)).toThrow()
    expect(delivery.problems).toEqual([])
  })

  it('says why a call was never made', async () => {
    const { received, url: hook } = await receiver(200)
    const delivery = await startDelivery({ url: hook, secret })
    const until = new Date('2026-03-03T13:00:00.000Z')
    await delivery.begin('1')
    await delivery.ledger.change('1', { state: 'refused', gate: 'calling_hours', until, problem: 'It is night there.' })
    await isIdle(delivery)
    const { timestamp, data } = JSON.parse(received[0]!.body)
    expect(timestamp).toMatch(/Z$/)
    expect(data).toMatchObject({
      state: 'refused',
      gate: 'calling_hours',
      until: until.toJSON(),
      problem: 'It is night there.',
      notes: [],
    })
    expect(data).not.toHaveProperty('legId')
  })

  it('is sent for no call that was begun without a webhook, and for none that goes on', async () => {
    const { received, url: hook } = await receiver(200)
    const delivery = await startDelivery({ url: hook, secret })
    await delivery.begin('1', { webhook: false })
    await delivery.ledger.change('1', { state: 'ended', disposition: 'busy', endedAt })
    await delivery.begin('2')
    await delivery.ledger.change('2', { state: 'ringing' })
    await delivery.call('3')
    await isIdle(delivery)
    await delivery.advance(20_000)
    expect(idsOf(received)).toEqual(['outbound_call_3'])
  })

  it('of a call that ended elsewhere goes out at the next look, or when somebody says so', async () => {
    const { received, url: hook } = await receiver(200)
    const delivery = await startDelivery({ url: hook, secret })
    await delivery.begin('1')
    await delivery.begin('2')
    await delivery.store.outbound.change('1', { state: 'failed', endedAt })
    delivery.wake()
    await isIdle(delivery)
    await delivery.store.outbound.change('2', { state: 'failed', endedAt })
    expect(received).toHaveLength(1)
    await delivery.advance(10_000)
    await isIdle(delivery)
    expect(received).toHaveLength(2)
  })

  it('that is refused, not answered or not taken is sent again under the same id', async () => {
    const { received, url: hook } = await receiver(503, 'hang', 307, 200)
    const delivery = await startDelivery({ url: hook, secret })
    await delivery.call('1')
    await eventually(() => delivery.problems.length).toBe(1)
    await delivery.advance(29_000)
    expect(received).toHaveLength(1)
    await delivery.advance(11_000)
    await eventually(() => received.length).toBe(2)
    await delivery.advance(9_000)
    expect(delivery.problems).toHaveLength(1)
    await delivery.advance(1_000)
    await eventually(() => delivery.problems.length).toBe(2)
    await delivery.advance(130_000)
    await eventually(() => delivery.problems.length).toBe(3)
    await delivery.advance(610_000)
    await isIdle(delivery)
    expect(idsOf(received)).toEqual(Array(4).fill('outbound_call_1'))
    expect(new Set(received.map(({ body }) => body)).size).toBe(1)
    const problem = { callId: '1', gaveUp: false }
    expect(delivery.problems).toEqual([
      { ...problem, attempts: 1, cause: 'HTTP 503' },
      { ...problem, attempts: 2, cause: 'no answer' },
      { ...problem, attempts: 3, cause: expect.any(String) },
    ])
  })

  it('that nobody ever takes is given up after more than a day, and the call is kept', async () => {
    const delivery = await startDelivery({ url: 'http://127.0.0.1:1/', secret })
    await delivery.call('1')
    let last = Date.now()
    for (let attempt = 1; attempt <= 10; attempt++) {
      await eventually(() => delivery.problems.length).toBe(attempt)
      const [pending] = await delivery.pending()
      if (!pending) break
      last = pending.nextAttemptAt.getTime()
      await delivery.advance(last - Date.now() + 11_000)
    }
    expect(delivery.problems.map(({ gaveUp }) => gaveUp)).toEqual([...Array(9).fill(false), true])
    expect(last - Date.now()).toBeGreaterThan(24 * 3_600_000)
    expect(await delivery.pending()).toEqual([])
    expect(await delivery.store.outbound.find('1')).toMatchObject({ state: 'ended' })
  }, 20_000)

  it('that was not delivered is sent by the next process, at its time', async () => {
    const first = await startDelivery({ url: (await receiver(500)).url, secret })
    await first.call('1')
    await eventually(() => first.problems.length).toBe(1)
    await first.begin('2')
    await first.end()
    const { received, url: hook } = await receiver(200)
    const second = await startDelivery({ url: hook, secret })
    // What the restart itself puts an end to is told as well.
    await second.ledger.change('2', { state: 'ended', disposition: 'failed', endedAt })
    await eventually(() => idsOf(received)).toEqual(['outbound_call_2'])
    await second.advance(45_000)
    await isIdle(second)
    expect(idsOf(received)).toEqual(['outbound_call_2', 'outbound_call_1'])
  })

  it('stays due while no webhook is configured', async () => {
    const without = await startDelivery()
    await without.call('1')
    await without.advance(60_000)
    expect([without.problems, (await without.pending()).length]).toEqual([[], 1])
    await without.end()
    const { received, url: hook } = await receiver(200)
    await isIdle(await startDelivery({ url: hook, secret }))
    expect(received).toHaveLength(1)
  })
})

describe('a receiver that hangs', () => {
  it('does not hold up the completions of others', async () => {
    const { received, url: hook } = await receiver('hang', 'hang', 200)
    const delivery = await startDelivery({ url: hook, secret })
    await delivery.call('1')
    await delivery.call('2')
    await eventually(() => received.length).toBe(2)
    for (const callId of ['3', '4', '5', '6', '7']) await delivery.call(callId)
    await eventually(async () => new Set((await delivery.pending()).map(({ callId }) => callId))).toEqual(
      new Set(['1', '2']),
    )
    // Nothing was sent twice by all these looks.
    expect(received).toHaveLength(7)
    expect(new Set(idsOf(received)).size).toBe(7)
  })

  it('gets four requests at once and no more', async () => {
    const { received, url: hook } = await receiver('hang')
    const delivery = await startDelivery({ url: hook, secret })
    for (const callId of ['1', '2', '3', '4', '5', '6']) await delivery.call(callId)
    await eventually(() => received.length).toBe(4)
    await delivery.advance(9_000)
    expect(received).toHaveLength(4)
    await delivery.advance(1_000)
    await eventually(() => received.length).toBe(6)
  })
})

describe('the end of the process', () => {
  it('lets what is being sent finish', async () => {
    const answer = Promise.withResolvers<number>()
    const { received, url: hook } = await receiver(answer.promise)
    const first = await startDelivery({ url: hook, secret })
    await first.call('1')
    await eventually(() => received.length).toBe(1)
    const ended = first.end()
    await first.advance(4_000)
    answer.resolve(200)
    await ended
    const second = await startDelivery({ url: hook, secret })
    expect(await second.pending()).toEqual([])
  })

  it('still tells what has ended a moment before', async () => {
    const { received, url: hook } = await receiver(200)
    const delivery = await startDelivery({ url: hook, secret })
    await delivery.call('1')
    await delivery.end()
    expect(idsOf(received)).toEqual(['outbound_call_1'])
  })

  it('does not wait for ever, and leaves the rest due without blaming the receiver', async () => {
    const { received, url: hook } = await receiver('hang')
    const first = await startDelivery({ url: hook, secret })
    await first.call('1')
    await eventually(() => received.length).toBe(1)
    const ended = first.end()
    await first.advance(5_000)
    await ended
    expect(first.problems).toEqual([])
    const second = await startDelivery({ url: hook, secret })
    expect(await second.pending()).toMatchObject([{ callId: '1', attempts: 0 }])
  })
})

describe('settings', () => {
  it.each([
    ['webhook.url', { url: 'http://example.com/hook', secret }],
    ['webhook.url', { url: 'https://user:pass@example.com/', secret }],
    ['webhook.secret', { url: 'https://example.com/', secret: 'whsec_c2hvcnQ=' }],
  ])('with a wrong %s are refused, and never repeated', (path, webhook) => {
    const create = () => createCompletionDelivery({ completions: {} as CompletionSettings['completions'], webhook })
    expect(create).toThrow(
      expect.objectContaining({
        code: 'config_invalid',
        message: expect.stringContaining(`completed calls has mistakes: ${path}: `),
      }),
    )
    expect(create).not.toThrow(/user:pass|c2hvcnQ/)
  })
})
