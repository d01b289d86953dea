import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { startOutsideWorld, type OutsideWorld } from './support/child-gateway.ts'

const CALL_TIMEOUT_MS = 180_000

let world: OutsideWorld | undefined
let folder: string | undefined
afterEach(async () => {
  await world?.close()
  if (folder) await rm(folder, { recursive: true, force: true })
})

it(
  'a caller whose gateway is killed in the middle of the talk is apologised to and put through by the next one',
  { timeout: CALL_TIMEOUT_MS },
  async () => {
    folder = await mkdtemp(join(tmpdir(), 'llc-kill-'))
    world = await startOutsideWorld(`file:${join(folder, 'kill.db')}`)
    const { numbers, twilio } = world
    twilio.setFarEnd(() => ({ outcome: 'answers', hangsUpAfterMs: 1_000 }))
    const killed = await world.start()
    const call = twilio.placeCall({ to: numbers.ivr, from: '+14155550198', maxCallMs: 150_000 })
    await call.seen('first-audio')
    const next = await world.start()
    killed.signal('SIGKILL')
    const { timeline } = await call.ended
    const heard = timeline.filter(({ type }) => type === 'say' || type === 'bridged').map(({ text }) => text)
    expect(heard).toEqual([expect.stringMatching(/^We are sorry.*Please hold/), numbers.support])
    const line = next
      .text()
      .split('\n')
      .find((each) => each.includes('call of an earlier process'))
    expect(JSON.parse(line ?? '{}'), 'found in the journal').toHaveProperty('callId')
  },
)
