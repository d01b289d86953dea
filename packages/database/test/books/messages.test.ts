import { beforeEach, describe, expect, it } from 'vitest'
import { type DrizzleStore } from '@llc-phone/store-drizzle'
import { testDatabase, type TestDatabase } from '../../src/testing/test-database.ts'

const message = {
  callId: 'call 1',
  callerName: 'Anna Keller',
  callerNumber: '+14155550199',
  text: 'Please call back about the invoice.',
  urgency: 'urgent',
} as const

let database: TestDatabase
let store: DrizzleStore

beforeEach(async () => {
  database = await testDatabase()
  store = await database.open()
})

const restart = async (): Promise<void> => {
  await store.close()
  store = await database.open()
}

describe('a message', () => {
  it('that is taken twice under one key is stored once', async () => {
    const first = await store.messages.take({ ...message, idempotencyKey: 'tool 1' })
    await restart()
    const again = await store.messages.take({ ...message, text: 'Something else', idempotencyKey: 'tool 1' })
    expect(again).toEqual(first)
    expect(await store.messages.list()).toMatchObject([{ id: first.id, text: message.text, idempotencyKey: 'tool 1' }])
  })

  it('keeps the extension to call back on, and is another message with another one', async () => {
    await store.messages.take({ ...message, callerExtension: '22' })
    await store.messages.take({ ...message, callerExtension: '22' })
    await store.messages.take({ ...message, callerExtension: '007' })
    await store.messages.take(message)
    await restart()
    const kept = await store.messages.list()
    expect(kept.map(({ callerNumber, callerExtension }) => [callerNumber, callerExtension])).toEqual([
      ['+14155550199', '22'],
      ['+14155550199', '007'],
      ['+14155550199', undefined],
    ])
  })
})

describe('a delivery', () => {
  const soon = () => new Date(Date.now() + 1_000)
  const [desk, hook] = ['desk@example.com', 'https://crm.example.com/x']
  const take = (changes = {}) => store.messages.take({ ...message, deliverTo: [desk, hook], ...changes })

  it('is due at once and after a restart at each destination, until it has been made there', async () => {
    await take({ text: 'Only to be read', deliverTo: [] })
    const { id: messageId } = await take()
    await restart()
    expect(await store.messages.pendingDeliveries(soon())).toMatchObject([
      { message: { id: messageId }, destination: desk, attempts: 0 },
      { message: { id: messageId }, destination: hook, attempts: 0 },
    ])
    await store.messages.delivered({ messageId, destination: desk })
    await restart()
    expect(await store.messages.pendingDeliveries(soon())).toMatchObject([{ destination: hook }])
    await store.messages.delivered({ messageId, destination: hook })
    expect(await store.messages.pendingDeliveries(soon())).toEqual([])
    expect(await store.messages.list()).toHaveLength(2)
  })

  it('is planned once for a message that is taken twice', async () => {
    await take({ deliverTo: [desk] })
    await take({ deliverTo: [hook] })
    expect(await store.messages.pendingDeliveries(soon())).toMatchObject([{ destination: desk }])
  })

  it('is made by one process, until that one has had it for too long', async () => {
    const { id: messageId } = await take({ deliverTo: [hook] })
    const [due] = await store.messages.pendingDeliveries(soon())
    const claim = () =>
      store.messages.claimDelivery({ messageId, destination: hook, nextAttemptAt: due!.nextAttemptAt }, later)
    const later = new Date(Date.now() + 60_000)
    expect((await Promise.all([claim(), claim(), claim()])).filter(Boolean)).toHaveLength(1)
    expect(await store.messages.pendingDeliveries(soon())).toEqual([])
    expect(await store.messages.pendingDeliveries(later)).toMatchObject([{ destination: hook, attempts: 0 }])
    await store.messages.delivered({ messageId, destination: hook })
    expect(await store.messages.claimDelivery({ messageId, destination: hook, nextAttemptAt: later }, soon())).toBe(
      false,
    )
  })

  it('that failed is due again at its time', async () => {
    const { id: messageId } = await take({ deliverTo: [hook] })
    const later = new Date(Date.now() + 60_000)
    await store.messages.deliveryFailed({ messageId, destination: hook }, later, 'HTTP 503')
    await restart()
    expect(await store.messages.pendingDeliveries(soon())).toEqual([])
    expect(await store.messages.pendingDeliveries(later)).toMatchObject([{ attempts: 1, nextAttemptAt: later }])
    expect((await store.messageList.find(messageId))?.deliveries).toEqual([
      { destination: hook, attempts: 1, nextAttemptAt: later, problem: 'HTTP 503' },
    ])
  })

  it('that is given up is not due again, the message stays, and by hand it begins anew', async () => {
    const { id: messageId } = await take({ deliverTo: [hook] })
    await store.messages.deliveryFailed({ messageId, destination: hook }, null, 'HTTP 410')
    expect(await store.messages.pendingDeliveries(new Date(8e15))).toEqual([])
    expect((await store.messageList.find(messageId))?.deliveries).toMatchObject([
      { gaveUpAt: expect.any(Date), problem: 'HTTP 410' },
    ])
    expect(await store.messages.deliverAgain(messageId, [hook, desk])).toBe(true)
    expect(await store.messages.pendingDeliveries(soon())).toMatchObject([
      { destination: desk, attempts: 0 },
      { destination: hook, attempts: 0 },
    ])
    expect(await store.messages.deliverAgain('none', [hook])).toBe(false)
  })
})

describe('the list of messages', () => {
  const take = (changes: object) => store.messages.take({ ...message, urgency: 'normal', ...changes })
  const texts = async (
    ...[filter = {}, limit = 100, before]: Partial<Parameters<DrizzleStore['messageList']['page']>>
  ) => (await store.messageList.page(filter, limit, before)).map(({ text }) => text)

  it('is filtered by everything that is asked', async () => {
    const { id } = await take({ text: 'a 100% of it', kind: 'callback', recipient: 'Anna Meyer' })
    await take({ text: 'b', urgency: 'urgent', callerNumber: '+14155550120', callerExtension: '22' })
    await take({ text: 'c', callId: 'call 2', deliverTo: ['desk@example.com'] })
    await store.messageList.change(id, { assignedTo: 'ann' }, 'ben')
    expect((await texts({})).toSorted()).toEqual(['a 100% of it', 'b', 'c'])
    const found = await Promise.all(
      [
        { kind: 'callback' as const },
        { kind: 'message' as const, urgent: false },
        { recipient: 'anna' },
        { assignedTo: 'ann' },
        { urgent: true },
        { number: '+14155550120' },
        { text: '0%' },
        { text: '_' },
        { callId: 'call 2' },
        { delivery: 'pending' as const },
        { delivery: 'failed' as const },
        { from: new Date(Date.now() + 60_000) },
        { to: new Date(0) },
      ].map((filter) => texts(filter)),
    )
    expect(found.map((each) => each.map((text) => text[0]).join(''))).toEqual([
      'a',
      'c',
      'a',
      'a',
      'b',
      'b',
      'a',
      '',
      'c',
      'c',
      '',
      '',
      '',
    ])
  })

  it('goes on behind a message, and misses none of the same millisecond', async () => {
    for (let n = 0; n < 7; n++) await take({ text: `text ${n}` })
    await store.database.run('UPDATE messages SET created_at = 1000')
    const seen: string[] = []
    for (let before: { createdAt: Date; id: string } | undefined; ;) {
      const page = await store.messageList.page({}, 3, before)
      seen.push(...page.map(({ text }) => text))
      before = page.at(-1)
      if (page.length < 3) break
    }
    expect(seen.toSorted()).toEqual(Array.from({ length: 7 }, (_, n) => `text ${n}`))
  })

  it('says who has seen to a message, the first one, until it is taken back', async () => {
    const { id } = await take({ text: 'a' })
    expect(await store.messageList.counts()).toMatchObject({ toDo: 1 })
    await store.messageList.change(id, { done: true }, 'ann')
    await store.messageList.change(id, { done: true }, 'ben')
    expect(await store.messageList.find(id)).toMatchObject({ doneBy: 'ann', doneAt: expect.any(Date) })
    expect([
      (await store.messageList.counts()).toDo,
      await texts({ done: false }),
      await texts({ done: true }),
    ]).toEqual([0, [], ['a']])
    await store.messageList.change(id, { done: false }, 'ben')
    expect(await store.messageList.find(id)).not.toHaveProperty('doneBy')
    expect(await store.messageList.change('none', { done: true }, 'ann')).toBe(false)
  })
})
