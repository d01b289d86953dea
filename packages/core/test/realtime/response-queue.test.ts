import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createResponseQueue } from '../../src/realtime/response-queue.ts'
import { fakeClock } from '../../src/testing/index.ts'

const open = () => {
  const clock = fakeClock()
  const sent: string[] = []
  let given = 0
  const queue = createResponseQueue({
    clock,
    create: () => `e${sent.push('create')}`,
    cancel: (id) => `e${sent.push(`cancel ${id ?? ''}`.trim())}`,
    gaveUp() {
      given++
      queue.flush()
    },
  })
  const end = (id?: string): void => {
    queue.ended(id, false)
    queue.flush()
  }
  return {
    clock,
    sent,
    queue,
    end,
    get given() {
      return given
    },
  }
}

it('sends one request at a time and joins those that wait', () => {
  const { queue, sent, end } = open()
  queue.request()
  queue.request()
  queue.request()
  expect(sent).toEqual(['create'])
  expect(queue.started('r1')).toBe('ours')
  end('r1')
  expect(sent).toEqual(['create', 'create'])
  queue.started('r2')
  end('r2')
  expect(sent).toHaveLength(2)
})

it('asks again when the server was busy with a response of its own', () => {
  const { queue, sent, end } = open()
  queue.request()
  queue.started('auto')
  expect(queue.refusedAsBusy('e1'), 'what was taken for ours is not').toBe(true)
  expect(sent).toHaveLength(1)
  end('auto')
  expect(sent).toHaveLength(2)
})

it('sends a lost request again when the call asks again, and not before two seconds', async () => {
  const { queue, sent, clock } = open()
  queue.request()
  await clock.advance(1_999)
  queue.request()
  expect(sent).toHaveLength(1)
  await clock.advance(1)
  queue.request()
  expect(sent).toHaveLength(2)
})

it('sends it at two seconds when the call has asked again before', async () => {
  const { queue, sent, clock } = open()
  queue.request()
  await clock.advance(1_500)
  queue.request()
  await clock.advance(499)
  expect(sent).toHaveLength(1)
  await clock.advance(1)
  expect(sent).toHaveLength(2)
  queue.started('r1')
  expect(clock.pending).toBe(0)
})

it('does not ask a third time when the first request was only late', async () => {
  const { queue, sent, clock, end } = open()
  queue.request()
  await clock.advance(2_500)
  queue.request(true)
  queue.started('r1')
  expect(queue.refusedAsBusy('e2')).toBe(false)
  end('r1')
  expect(sent).toEqual(['create', 'create'])
  expect(queue.busy).toBe(false)
})

it('asks once more when the late one cannot have known what the second was about', async () => {
  const { queue, sent, clock, end } = open()
  queue.request()
  await clock.advance(2_500)
  queue.request()
  queue.started('r1')
  expect(queue.refusedAsBusy('e2')).toBe(false)
  end('r1')
  expect(sent).toEqual(['create', 'create', 'create'])
})

it.each(['asked for', 'the server’s own'])(
  'has a response that begins late, %s, be said once, however often it is asked for again',
  async (whose) => {
    const { queue, sent, clock, end } = open()
    if (whose === 'asked for') queue.request()
    await clock.advance(2_500)
    queue.request(true)
    queue.refusedAsBusy(undefined)
    await clock.advance(500)
    const before = sent.length
    queue.request(true)
    await clock.advance(1_000)
    queue.started('late')
    end('late')
    await clock.advance(10_000)
    expect(sent).toHaveLength(before)
  },
)

it('does not wait for ever for the end of a response of which the call has long heard the last', async () => {
  const { queue, sent, clock, end } = open()
  queue.started('r1')
  queue.request()
  await clock.advance(10_000)
  expect(sent, 'it may only be long').toEqual([])
  queue.request(true)
  expect(sent).toEqual(['cancel r1'])
  queue.nothingToCancel('e1')
  expect(sent).toEqual(['cancel r1', 'create'])
  queue.started('r2')
  end('r2')
  expect(sent).toHaveLength(2)
})

it('sends again at once what may have been refused', () => {
  const { queue, sent } = open()
  queue.request()
  queue.doubt()
  queue.request()
  expect(sent).toHaveLength(2)
})

it('does not wait for ever for a response that it was only told of', async () => {
  const { queue, sent, clock } = open()
  queue.request()
  queue.refusedAsBusy(undefined)
  await clock.advance(1_499)
  expect(sent).toHaveLength(1)
  await clock.advance(1)
  expect(sent).toEqual(['create', 'create'])
})

it('waits for a response that it was told of when it shows itself', async () => {
  const { queue, sent, clock, end } = open()
  queue.request()
  queue.refusedAsBusy('e1')
  expect(queue.started('auto')).toBe('theirs')
  await clock.advance(10_000)
  expect(sent).toHaveLength(1)
  end('auto')
  expect(sent).toHaveLength(2)
})

it('is free two seconds after a cancel that nobody answered', async () => {
  const rig = open()
  rig.queue.started('r1')
  rig.queue.cut(false)
  rig.queue.request()
  expect(rig.sent).toEqual(['cancel r1'])
  await rig.clock.advance(2_000)
  expect(rig.sent).toEqual(['cancel r1', 'create'])
  expect(rig.given).toBe(1)
  expect(rig.queue.ended('r1', true), 'its end comes late').toBe(false)
  expect(rig.queue.asking).toBe(true)
})

it('is free at once when there was nothing to cancel', () => {
  const { queue, sent } = open()
  queue.started('r1')
  queue.cut(false)
  queue.request()
  queue.nothingToCancel('e9')
  expect(sent).toHaveLength(1)
  queue.nothingToCancel('e1')
  expect(sent).toEqual(['cancel r1', 'create'])
})

it('cancels what the server was to stop by itself and did not', async () => {
  const { queue, sent, clock } = open()
  queue.started('r1')
  queue.cut(true)
  await clock.advance(999)
  expect(sent).toEqual([])
  await clock.advance(1)
  expect(sent).toEqual(['cancel r1'])
})

it('cancels a response that was interrupted before it began', () => {
  const { queue, sent } = open()
  queue.request()
  queue.cut(true)
  queue.started('r1')
  expect(sent).toEqual(['create', 'cancel r1'])
})

it('is not confused by the end of a response that is long over, or that it never had', () => {
  const { queue, end } = open()
  queue.started('r1')
  end('r1')
  queue.request()
  expect(queue.ended('r1', false)).toBe(false)
  expect(queue.ended('r0', true), 'cancelled before it was heard of').toBe(false)
  expect(queue.asking).toBe(true)
  queue.started('r2')
  expect(queue.ended('r3', true)).toBe(false)
  expect(queue.started('r2'), 'announced twice').toBe('known')
  expect(queue.activeId).toBe('r2')
})

it('leaves no timer behind', async () => {
  const { queue, clock, end } = open()
  queue.request()
  queue.refusedAsBusy('e1')
  queue.started('r1')
  queue.cut(true)
  end('r1')
  queue.stop()
  expect(clock.pending).toBe(0)
})

it('never has two responses in flight against a server that behaves', () => {
  const step = fc.constantFrom('request', 'answer', 'finish', 'speech', 'cut')
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      // The server: one active response, requests answered in order.
      let active: string | undefined
      let count = 0
      const inbox: string[] = []
      const queue = createResponseQueue({
        clock: fakeClock(),
        create() {
          expect(inbox, 'a second request is on its way').not.toContain('create')
          inbox.push('create')
          return `e${++count}`
        },
        cancel() {
          inbox.push('cancel')
          return `e${++count}`
        },
        gaveUp: () => queue.flush(),
      })
      const finish = (wasCancelled: boolean): void => {
        const id = active
        active = undefined
        queue.ended(id, wasCancelled)
        queue.flush()
      }
      const answer = (): void => {
        const event = inbox.shift()
        if (event === 'cancel') {
          if (active) finish(true)
        } else if (event && active) queue.refusedAsBusy(undefined)
        else if (event) queue.started((active = `r${++count}`))
      }
      for (const each of steps) {
        if (each === 'request') queue.request()
        else if (each === 'answer') answer()
        else if (each === 'cut') {
          queue.forget()
          queue.cut(false)
        } else if (each === 'finish' && active) {
          // It reads what has arrived before it finishes.
          for (let left = inbox.length; left > 0; left--) if (active) answer()
          if (active) finish(false)
        } else if (each === 'speech' && !active) queue.started((active = `r${++count}`))
      }
      // Nothing that was asked for is lost.
      for (let turn = 0; turn < 20; turn++) {
        answer()
        if (active && inbox.length === 0) finish(false)
      }
      expect(queue.busy).toBe(false)
    }),
    { numRuns: 1_000 },
  )
})
