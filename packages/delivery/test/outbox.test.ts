import { fakeClock } from '@llc-phone/core/testing'
import { expect, it } from 'vitest'
import { createOutbox, type OutboxItem } from '../src/outbox.ts'

const item = (id: string): OutboxItem => ({ id, attempts: 0, nextAttemptAt: new Date(0) })

/** An outbox whose book and receiver answer when the test says so. */
const startOutbox = () => {
  const clock = fakeClock()
  const reads: PromiseWithResolvers<readonly OutboxItem[]>[] = []
  const sends: { readonly id: string; readonly answer: PromiseWithResolvers<void> }[] = []
  const noted: string[] = []
  /** What other processes are sending. */
  const elsewhere = new Set<string>()
  const book = {
    pending() {
      const read = Promise.withResolvers<readonly OutboxItem[]>()
      reads.push(read)
      return read.promise
    },
    claim: async ({ id }: OutboxItem) => !elsewhere.has(id),
    async delivered({ id }: OutboxItem) {
      noted.push(id)
    },
    async failed() {},
  }
  const post = ({ id }: OutboxItem): Promise<void> => {
    const answer = Promise.withResolvers<void>()
    sends.push({ id, answer })
    return answer.promise
  }
  const outbox = createOutbox({ book, send: post, clock })
  outbox.start()
  return { ...outbox, book, clock, reads, sends, noted, elsewhere, sent: () => sends.map(({ id }) => id) }
}

it('does not send again what was sent while the book was being read', async () => {
  const { clock, reads, sends, noted, sent, wake } = startOutbox()
  reads[0]!.resolve([item('a')])
  await clock.advance(0)
  wake()
  sends[0]!.answer.resolve()
  await clock.advance(0)
  expect(noted).toEqual(['a'])
  // The book had looked before it was told.
  reads[1]!.resolve([item('a'), item('b')])
  await clock.advance(0)
  expect(sent()).toEqual(['a', 'b'])
})

it('begins nothing while the book is being read', async () => {
  const { clock, reads, sends, sent, wake } = startOutbox()
  reads[0]!.resolve(['a', 'b', 'c', 'd', 'e'].map(item))
  await clock.advance(0)
  wake()
  sends[0]!.answer.resolve()
  await clock.advance(0)
  expect(sent()).toEqual(['a', 'b', 'c', 'd'])
  reads[1]!.resolve(['b', 'c', 'd', 'e'].map(item))
  await clock.advance(0)
  expect(sent()).toEqual(['a', 'b', 'c', 'd', 'e'])
})

it('looks once more after a wake that came while it looked', async () => {
  const { clock, reads, sent, wake } = startOutbox()
  wake()
  wake()
  expect(reads).toHaveLength(1)
  reads[0]!.resolve([])
  await clock.advance(0)
  expect(reads).toHaveLength(2)
  reads[1]!.resolve([item('a')])
  await clock.advance(0)
  expect([reads.length, sent()]).toEqual([2, ['a']])
})

it('goes on when the database fails, and sends nothing twice because a note was lost', async () => {
  const { clock, reads, sends, noted, sent, book } = startOutbox()
  reads[0]!.reject(new Error('disk'))
  await clock.advance(10_000)
  const { delivered } = book
  book.delivered = () => Promise.reject(new Error('disk'))
  reads[1]!.resolve([item('a')])
  await clock.advance(0)
  sends[0]!.answer.resolve()
  await clock.advance(0)
  book.delivered = delivered
  await clock.advance(10_000)
  reads[2]!.resolve([item('a')])
  await clock.advance(0)
  expect([noted, sent()]).toEqual([['a'], ['a']])
})

it('a backlog that the book tells in parts is sent without a pause between them', async () => {
  const { clock, reads, sends, sent } = startOutbox()
  const names = Array.from({ length: 20 }, (_, n) => `n${n}`)
  for (const part of [0, 1]) {
    reads[part]!.resolve(names.slice(part * 10, part * 10 + 10).map(item))
    for (let round = 0; round < 5; round++) {
      await clock.advance(0)
      for (const { answer } of sends) answer.resolve()
    }
    await clock.advance(0)
  }
  expect(sent()).toEqual(names)
  expect(reads).toHaveLength(3)
})

it('what the book cannot note is not sent again before the next look', async () => {
  const { clock, reads, sends, book } = startOutbox()
  book.delivered = () => Promise.reject(new Error('disk full'))
  reads[0]!.resolve(Array.from({ length: 10 }, (_, n) => item(`n${n}`)))
  for (let round = 0; round < 5; round++) {
    await clock.advance(0)
    for (const { answer } of sends) answer.resolve()
  }
  await clock.advance(0)
  expect([sends.length, reads.length]).toEqual([10, 1])
  await clock.advance(10_000)
  expect(reads).toHaveLength(2)
})

it('leaves to another process what that one sends, and goes on with the next', async () => {
  const { clock, reads, sent, elsewhere } = startOutbox()
  elsewhere.add('a')
  reads[0]!.resolve([item('a'), item('b')])
  await clock.advance(0)
  expect(sent()).toEqual(['b'])
})
