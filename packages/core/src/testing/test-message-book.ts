import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Message, MessageBook } from '../mode/messages.ts'

/** An empty book under test. */
export interface MessagesRig {
  readonly messages: MessageBook
  close(): Promise<void>
}

const message: Message = {
  callId: 'call 1',
  callerName: 'Anna Keller',
  callerNumber: '+14155550199',
  text: 'Please call back about the invoice.',
  urgency: 'urgent',
}

/** The contract of the message book, as vitest tests; `memoryMessages` passes it as the database does. */
export const testMessageBook = (name: string, open: () => Promise<MessagesRig>): void => {
  describe(`the message book "${name}"`, () => {
    let rig: MessagesRig
    let messages: MessageBook
    beforeEach(async () => {
      rig = await open()
      messages = rig.messages
    })
    afterEach(() => rig.close())

    it('keeps a message as it was taken, and lists the oldest first', async () => {
      const withheld: Message = { ...message, callerNumber: null, text: 'And the order.', urgency: 'normal' }
      const ids = [await messages.take(message), await messages.take(withheld)].map(({ id }) => id)
      expect(await messages.list()).toEqual([
        { ...message, id: ids[0], createdAt: expect.any(Date) as Date },
        { ...withheld, id: ids[1], createdAt: expect.any(Date) as Date },
      ])
    })

    it('stores what comes twice under one key once, as it came first', async () => {
      const first = await messages.take({ ...message, idempotencyKey: 'tool 1' })
      const again = await messages.take({ ...message, text: 'Something else', idempotencyKey: 'tool 1' })
      expect(again).toEqual(first)
      expect(await messages.list()).toMatchObject([{ id: first.id, text: message.text, idempotencyKey: 'tool 1' }])
    })

    it('stores the same content of one call once, whatever it was called', async () => {
      const answers = await Promise.all([
        messages.take(message),
        messages.take({ ...message, idempotencyKey: 'tool 1' }),
        messages.take({ ...message, idempotencyKey: 'tool 2' }),
      ])
      expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
      expect(await messages.list()).toHaveLength(1)
    })

    it('answers with the message of that key before that of the same content', async () => {
      const byKey = await messages.take({ ...message, text: 'The first.', idempotencyKey: 'tool 1' })
      await messages.take(message)
      expect(await messages.take({ ...message, idempotencyKey: 'tool 1' })).toEqual(byKey)
    })

    it.each([
      ['of another call', { callId: 'call 2' }],
      ['by somebody else', { callerName: 'Ben Keller' }],
      ['with another number', { callerNumber: '+14155550198' }],
      ['with other words', { text: 'And the order.' }],
      ['of another urgency', { urgency: 'normal' }],
      ['for another route', { route: 'sales' }],
      ['for somebody else', { recipient: 'Ben' }],
      ['with another recording', { recordingId: 'recording 2', recordingUrl: 'https://example.com/2' }],
    ] as const)('takes one %s for another message', async (_, changes) => {
      await messages.take({ ...message, recordingId: 'recording 1', recordingUrl: 'https://example.com/1' })
      await messages.take({
        ...message,
        recordingId: 'recording 1',
        recordingUrl: 'https://example.com/1',
        ...changes,
      })
      expect((await messages.list())[1]).toMatchObject(changes)
    })

    it('keeps what it is and whom it is for', async () => {
      await messages.take({ ...message, kind: 'callback', recipient: 'Anna Meyer' })
      expect(await messages.list()).toMatchObject([{ kind: 'callback', recipient: 'Anna Meyer' }])
    })

    it('takes the same words once, wherever they are to be sent', async () => {
      await messages.take(message)
      await messages.take({ ...message, deliverTo: ['office@example.com'] })
      expect(await messages.list()).toHaveLength(1)
    })

    it('keeps the extension to call back on, and takes another one for another message', async () => {
      for (const callerExtension of ['22', '22', '007']) await messages.take({ ...message, callerExtension })
      await messages.take(message)
      const kept = await messages.list()
      expect(kept.map(({ callerNumber, callerExtension }) => [callerNumber, callerExtension])).toEqual([
        ['+14155550199', '22'],
        ['+14155550199', '007'],
        ['+14155550199', undefined],
      ])
    })
  })
}
