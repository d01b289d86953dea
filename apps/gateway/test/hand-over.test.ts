import { pause, type CallSession } from '@llc-phone/core'
import { fakeClock } from '@llc-phone/core/testing'
import { expect, it } from 'vitest'
import { createHandOver } from '../src/hand-over.ts'
import { createLog } from '../src/watching/log.ts'

const callOf = (id: string) => ({ facts: { callId: id }, state: { phase: 'live' } }) as unknown as CallSession

/** Calls at the deadline of a drain; `kept` are those that cannot be written down. */
const rig = (states: ('ready' | 'full')[], kept: string[] = [], takesMs = 0) => {
  const clock = fakeClock()
  const released: string[] = []
  const handOver = createHandOver({
    others: () => states.map((state) => ({ state })),
    live: {
      async release({ facts: { callId } }) {
        if (takesMs > 0) await pause(clock, takesMs)
        if (kept.includes(callId)) return false
        released.push(`${clock.now()} ${callId}`)
        return true
      },
    },
    clock,
    log: createLog({ level: 'silent', secrets: [] }),
  })
  return { clock, released, handOver }
}

it('leaves calls to others at a steady pace, once proxies have noticed', async () => {
  const { clock, released, handOver } = rig(['full', 'ready'])
  const staying = handOver([callOf('a'), callOf('b')])
  await clock.advance(2_499)
  expect(released).toEqual([])
  await clock.advance(500)
  expect(released).toEqual(['2500 a', '2550 b'])
  expect(await staying).toEqual([])
})

it('keeps those that cannot be written down', async () => {
  const { clock, handOver } = rig(['ready'], ['b'])
  const staying = handOver([callOf('a'), callOf('b'), callOf('c')])
  await clock.advance(5_000)
  expect((await staying).map(({ facts }) => facts.callId)).toEqual(['b'])
})

it('asks a database that does not answer once, and not for each of them', async () => {
  const { clock, handOver } = rig(['ready'], ['a', 'b', 'c'], 2_000)
  const staying = handOver([callOf('a'), callOf('b'), callOf('c')])
  await clock.advance(2_500)
  await clock.advance(2_000)
  expect(await staying).toHaveLength(3)
})

it('keeps all of them where nobody is ready', async () => {
  const { handOver } = rig(['full'])
  expect(await handOver([callOf('a')])).toHaveLength(1)
})
