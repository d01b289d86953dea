import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CallerStep, SimCall } from '@llc-phone/sim'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startOutsideWorld, type ChildGateway, type OutsideWorld } from './support/child-gateway.ts'

const CALL_TIMEOUT_MS = 180_000
const WITHIN_MS = 60_000
const ANNA = '+14155550199'

let world: OutsideWorld
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'llc-kill-'))
  world = await startOutsideWorld(`file:${join(folder, 'kill.db')}`, { demo: true })
})
afterEach(async () => {
  await world.close()
  await rm(folder, { recursive: true, force: true })
})

/** A caller who says nothing by themselves. */
const ring = (to: string, script: CallerStep[] = []): SimCall =>
  world.twilio.placeCall({ to, from: ANNA, script: [{ wait: 100_000 }, ...script], maxCallMs: 150_000 })

/** Kills the gateway as a crash does, and starts another one on the same database. */
const restart = async (gateway: ChildGateway): Promise<ChildGateway> => {
  gateway.signal('SIGKILL')
  await gateway.exited
  return world.start()
}

/** Waits until the story says so. */
const until = async (call: SimCall, isSo: (story: Awaited<ReturnType<OutsideWorld['story']>>) => boolean) => {
  const deadline = performance.now() + WITHIN_MS
  for (;;) {
    const story = await world.story(call)
    if (isSo(story)) return story
    if (story.phase === 'ended' || performance.now() > deadline)
      throw new Error(`not so: ${JSON.stringify(story.turns)}`)
    await sleep(100)
  }
}

const said = (call: SimCall, words: RegExp) =>
  until(call, ({ turns }) => turns.some(({ speaker, text }) => speaker === 'assistant' && words.test(text)))

/** What Twilio itself has said to the caller, and whom it has connected them with. */
const spokenByTwilio = ({ timeline }: SimCall) =>
  timeline.filter(({ type }) => type === 'say' || type === 'bridged').map(({ text }) => text)

const toldModel = async (session: number): Promise<string> =>
  JSON.stringify((await world.model.session(session)).log.entries.filter(({ from }) => from === 'client'))

describe('a caller whose gateway is killed', { timeout: CALL_TIMEOUT_MS }, () => {
  it('in the middle of a verified talk goes on with the next one, in the same call, and nothing is booked twice', async () => {
    const killed = await world.start()
    const call = ring(world.numbers.csr)
    await said(call, /Harbor Dental/)
    await call.quiet(1_000)
    await call.say('my postcode is nine four one one zero')
    await until(call, ({ tools }) => tools.length === 1)
    await call.quiet(1_500)
    await call.say('what free times do you have for a check-up')
    await said(call, /I can offer/)
    await call.quiet(1_500)
    await call.say('yes, book the first one')
    const before = await said(call, /It is booked/)
    await sleep(400)
    const next = await restart(killed)

    await call.seen('media-start', 2)
    await call.heardSpeech()
    await call.quiet(1_500)
    const again = await toldModel(1)
    expect(again).toContain('The line dropped for a moment')
    expect(again, 'the words of before').toContain('I can offer')
    expect(again, 'the tool and its result').toContain('book_appointment')
    await call.say('change my email address please')
    const after = await said(call, /I have changed your email address/)
    call.hangUp()
    await call.ended
    expect(spokenByTwilio(call), 'no apology, and nobody was rung').toEqual([])
    expect(after.callId).toBe(before.callId)
    const tools = ['verify_identity', 'find_open_slots', 'book_appointment', 'update_customer']
    expect(after.tools.map(({ name, outcome }) => `${name}:${outcome}`)).toEqual(tools.map((name) => `${name}:done`))
    expect(after.usage.output.text).toBeGreaterThan(before.usage.output.text)
    expect(next.text()).toContain('call of an earlier process goes on here')
  })
})
