import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CallerStep, SimCall } from '@llc-phone/sim'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startOutsideWorld, type ChildGateway, type OutsideWorld } from './support/child-gateway.ts'

const CALL_TIMEOUT_MS = 180_000
const WITHIN_MS = 60_000
const ANSWERED_WITHIN_MS = 20_000
const ANNA = '+14155550199'

let world: OutsideWorld
let database: string
const open = async (variables: Record<string, string> = {}): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'llc-kill-'))
  database = join(folder, 'kill.db')
  world = await startOutsideWorld(`file:${database}`, { demo: true, variables })
  onTestFinished(async () => {
    await world.close()
    await rm(folder, { recursive: true, force: true })
  })
}

/** How many appointments were booked in calls: those of the demo data are none. */
const bookings = async (): Promise<number> => {
  const { DatabaseSync } = await import('node:sqlite')
  const reader = new DatabaseSync(database, { readOnly: true })
  const row = reader.prepare(`SELECT count(*) AS n FROM appointments WHERE call_id IS NOT NULL`).get()
  reader.close()
  return Number(row?.n)
}

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
    // Before its webhook was answered nobody knows the call.
    const story = await world.story(call).catch(() => undefined)
    if (story && isSo(story)) return story
    if (performance.now() > deadline) throw new Error(`not so: ${JSON.stringify(story?.turns)}`)
    await sleep(100)
  }
}

const said = (call: SimCall, words: RegExp) =>
  until(call, ({ turns }) => turns.some(({ speaker, text }) => speaker === 'assistant' && words.test(text)))

type Story = Awaited<ReturnType<OutsideWorld['story']>>

/** Says it when nobody else speaks, again if nothing comes of it: a machine under load may not have understood. */
const ask = async (call: SimCall, words: string, isSo: (story: Story) => boolean): Promise<Story> => {
  for (let tries = 1; ; tries++) {
    await call.quiet(1_500)
    await call.say(words)
    const deadline = performance.now() + ANSWERED_WITHIN_MS
    while (performance.now() < deadline) {
      const story = await world.story(call)
      if (isSo(story)) return story
      await sleep(100)
    }
    if (tries === 3) throw new Error(`nothing came of "${words}": ${JSON.stringify(await world.story(call))}`)
  }
}

const isSaid =
  (words: RegExp) =>
  ({ turns }: Story): boolean =>
    turns.some(({ speaker, text }) => speaker === 'assistant' && words.test(text))

const isRun =
  (tool: string) =>
  ({ tools }: Story): boolean =>
    tools.some(({ name }) => name === tool)

/** What Twilio itself has said to the caller, and whom it has connected them with. */
const spokenByTwilio = ({ timeline }: SimCall) =>
  timeline.filter(({ type }) => type === 'say' || type === 'bridged').map(({ text }) => text)

const toldModel = async (session: number): Promise<string> =>
  JSON.stringify((await world.model.session(session)).log.entries.filter(({ from }) => from === 'client'))

describe('a caller whose gateway is killed', { timeout: CALL_TIMEOUT_MS }, () => {
  it('in the middle of a verified talk goes on with the next one, in the same call, and nothing is booked twice', async () => {
    await open()
    const killed = await world.start()
    const call = ring(world.numbers.csr)
    await said(call, /Harbor Dental/)
    await ask(call, 'my postcode is nine four one one zero', isRun('verify_identity'))
    await ask(call, 'what free times do you have for a check-up', isSaid(/I can offer/))
    const before = await ask(call, 'yes, book the first one', isSaid(/It is booked/))
    await sleep(400)
    const next = await restart(killed)

    await call.seen('media-start', 2)
    await call.heardSpeech()
    const again = await toldModel(1)
    expect(again).toContain('The line dropped for a moment')
    expect(again, 'the words of before').toContain('I can offer')
    expect(again, 'the tool and its result').toContain('book_appointment')
    const after = await ask(call, 'change my email address please', isSaid(/I have changed your email address/))
    call.hangUp()
    await call.ended
    expect(spokenByTwilio(call), 'no apology, and nobody was rung').toEqual([])
    expect(after.callId).toBe(before.callId)
    const tools = ['verify_identity', 'find_open_slots', 'book_appointment', 'update_customer']
    expect(after.tools.map(({ name, outcome }) => `${name}:${outcome}`)).toEqual(tools.map((name) => `${name}:done`))
    expect(after.usage.output.text).toBeGreaterThan(before.usage.output.text)
    expect(next.text()).toContain('call of an earlier process goes on here')
    expect(await bookings()).toBe(1)
  })

  it('while a tool runs has it run once, and the next model is told that the outcome is unknown', async () => {
    await open({ SLOW_BOOKING: '1' })
    const killed = await world.start()
    const call = ring(world.numbers.csr)
    await said(call, /Harbor Dental/)
    await ask(call, 'what free times do you have for a check-up', isSaid(/I can offer/))
    await ask(call, 'yes, book the first one', () => killed.text().includes('the booking is made'))
    await restart(killed)

    await call.seen('media-start', 2)
    await call.heardSpeech()
    expect(await toldModel(1)).toMatch(/book_appointment.*The outcome is not known/)
    const { tools } = await world.story(call)
    call.hangUp()
    await call.ended
    expect(tools.map(({ name }) => name)).toEqual(['find_open_slots'])
    expect(await bookings()).toBe(1)
  })

  it('after they were promised a person is put through to that person', async () => {
    await open()
    world.twilio.setFarEnd(() => ({ outcome: 'answers', hangsUpAfterMs: 1_000 }))
    const killed = await world.start()
    const call = ring(world.numbers.ivr)
    await said(call, /Harbor Dental/)
    await ask(call, 'I have a question about my bill', isRun('transfer_call'))
    await sleep(400)
    await restart(killed)
    await call.ended
    expect(spokenByTwilio(call), 'no apology').toEqual([world.numbers.billing])
    expect(await world.story(call)).toMatchObject({ disposition: 'transferred', transfers: [{ outcome: 'bridged' }] })
  })

  it('while they are with a person who hangs up is told of that by the next one', async () => {
    await open()
    world.twilio.setFarEnd(() => ({ outcome: 'no-answer', afterMs: 60_000 }))
    const killed = await world.start()
    const call = ring(world.numbers.ivr)
    await said(call, /Harbor Dental/)
    await ask(call, 'I have a question about my bill', isRun('transfer_call'))
    await call.seen('dial')
    await sleep(400)
    await restart(killed)
    await call.seen('media-start', 2)
    await call.heardSpeech()
    expect(await toldModel(1)).toContain('nobody answered')
    expect(await world.story(call)).toMatchObject({ transfers: [{ kind: 'cold', outcome: 'no_answer' }] })
    call.hangUp()
    await call.ended
  })

  it('is recorded as cut off when the carrier does not ask', async () => {
    await open()
    world.twilio.setFaults({ asksAfterTornStream: false })
    const killed = await world.start()
    const call = ring(world.numbers.csr)
    await said(call, /Harbor Dental/)
    await sleep(400)
    await restart(killed)
    await call.ended
    const story = await until(call, ({ endedAt }) => endedAt !== undefined)
    expect(story).toMatchObject({ disposition: 'cut_off', turns: [{ speaker: 'assistant' }] })
  })
})

/** Nobody finds the socket by which a process is asked whether it lives, as where none can be made. */
const hideSockets = async (): Promise<void> => {
  for (const name of await readdir(dirname(database)))
    // oxlint-disable-next-line no-await-in-loop -- there is one
    if (name.includes('-alive-')) await rm(join(dirname(database), name))
}

describe('a gateway that hangs and wakes up', { timeout: CALL_TIMEOUT_MS }, () => {
  it('keeps its calls from the next one, whose callers go to the fallback, and leaves them there', async () => {
    await open()
    world.twilio.setFarEnd(() => ({ outcome: 'answers', hangsUpAfterMs: 12_000 }))
    const hung = await world.start()
    const call = ring(world.numbers.csr)
    await said(call, /Harbor Dental/)
    await sleep(400)
    hung.signal('SIGSTOP')
    const next = await world.start()
    await sleep(14_000)
    call.killSocket()
    await call.seen('bridged')
    hung.signal('SIGCONT')
    await call.ended
    expect(spokenByTwilio(call)).toEqual([expect.stringMatching(/We are sorry/), world.numbers.support])
    expect(call.timeline.filter(({ type }) => type === 'bridged')).toHaveLength(1)
    expect(next.text()).not.toContain('goes on here')
  })

  it('does nothing to a call that was taken from it meanwhile: what was agreed last is not booked', async () => {
    await open()
    const hung = await world.start()
    const call = ring(world.numbers.csr)
    await said(call, /Harbor Dental/)
    await ask(call, 'what free times do you have for a check-up', isSaid(/I can offer/))
    await call.quiet(1_500)
    await call.say('yes, book the first one')
    hung.signal('SIGSTOP')
    await hideSockets()
    const next = await world.start()
    await sleep(14_000)
    call.killSocket()
    await call.seen('media-start', 2)
    expect(next.text()).toContain('call of an earlier process goes on here')
    hung.signal('SIGCONT')
    await Promise.race([hung.says(/another process has taken this call over/), sleep(WITHIN_MS)])
    expect(hung.text()).toContain('another process has taken this call over')
    expect(await bookings()).toBe(0)
    await call.quiet(1_500)
    await call.say('what free times do you have for a check-up')
    expect(await call.heardSpeech(), 'the next one goes on with them').toBe(true)
    expect(await bookings()).toBe(0)
    call.hangUp()
    await call.ended
    expect(spokenByTwilio(call), 'no apology, and nobody was rung').toEqual([])
  })
})
