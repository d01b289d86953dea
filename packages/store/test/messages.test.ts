import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { openStore, type Store } from '../src/index.ts'
import { tempFolder } from './fixtures/temp-folder.ts'

const message = {
  callId: 'call 1',
  callerName: 'Anna Keller',
  callerNumber: '+14155550199',
  text: 'Please call back about the invoice.',
  urgency: 'urgent',
} as const

let url: string
let store: Store

beforeEach(async () => {
  url = `file:${join(tempFolder(), 'a.db')}`
  store = await openStore({ url })
  onTestFinished(() => store.close())
})

const restart = async (): Promise<void> => {
  await store.close()
  store = await openStore({ url })
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

  it('is due at once and after a restart, until it has been made', async () => {
    await store.messages.take({ ...message, text: 'Only to be read' })
    const { id } = await store.messages.take({ ...message, deliverTo: 'webhook' })
    await restart()
    expect(await store.messages.pendingDeliveries(soon())).toMatchObject([{ id, deliverTo: 'webhook', attempts: 0 }])
    await store.messages.delivered(id)
    await restart()
    expect(await store.messages.pendingDeliveries(soon())).toEqual([])
    expect(await store.messages.list()).toHaveLength(2)
  })

  it('that failed is due again at its time', async () => {
    const { id } = await store.messages.take({ ...message, deliverTo: 'webhook' })
    const later = new Date(Date.now() + 60_000)
    await store.messages.deliveryFailed(id, later)
    await restart()
    expect(await store.messages.pendingDeliveries(soon())).toEqual([])
    expect(await store.messages.pendingDeliveries(later)).toMatchObject([{ id, attempts: 1, nextAttemptAt: later }])
  })

  it('that is given up is not due again, and the message stays', async () => {
    const { id } = await store.messages.take({ ...message, deliverTo: 'webhook' })
    await store.messages.deliveryFailed(id, null)
    expect(await store.messages.pendingDeliveries(new Date(8e15))).toEqual([])
    expect(await store.messages.list()).toHaveLength(1)
  })
})
