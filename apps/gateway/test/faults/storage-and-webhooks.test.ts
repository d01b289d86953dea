import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, type TestContext } from 'vitest'
import { hardships } from '../support/caller-heard.ts'
import { asks, expectNothingLeft, leaves, openWarehouse, ring, says } from '../support/warehouse.ts'
import { startWorld, type World } from '../support/whole-call.ts'

const timeout = 60_000

/** Locks the database until its standard input is closed. Another process: locks of one process do not keep it from anything. */
const LOCKS = `
const other = new (require('node:sqlite').DatabaseSync)(process.argv[1])
// The gateway may be writing just now.
other.exec('PRAGMA busy_timeout = 10000')
other.exec('BEGIN IMMEDIATE')
console.log('locked')
process.stdin.on('end', () => other.exec('ROLLBACK')).resume()
`

/** A gateway whose database another process has locked, until it is let go. */
const openLocked = async ({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) => {
  const folder = mkdtempSync(join(tmpdir(), 'llc-phone-faults-'))
  const file = join(folder, 'a.db')
  const world = await startWorld({
    dialect: 'ga',
    variables: { DATABASE_URL: `file:${file}`, MESSAGE_WEBHOOK_URL: '', OUTBOUND_WEBHOOK_URL: '' },
  })
  const other = spawn(process.execPath, ['-e', LOCKS, file], { stdio: ['pipe', 'pipe', 'ignore'] })
  const exited = once(other, 'exit')
  onTestFinished(async () => {
    other.stdin.end()
    await exited
    await world.close()
    rmSync(folder, { recursive: true, force: true })
  })
  await once(other.stdout, 'data')
  return { world, letGo: () => other.stdin.end() }
}

/** Somebody who wants to leave a message. */
const leaveMessage = (world: World) =>
  world.twilio.placeCall({
    to: world.numbers.receptionist,
    from: '+14155550199',
    script: [{ say: 'can I leave a message for Anna' }, { listen: true, quietMs: 3_000 }, { say: 'goodbye' }],
  })

const CONFIRMS = /has been taken|is stored|have noted|passed on/i

describe.concurrent('a database that somebody else has locked', { timeout }, () => {
  it('for the whole call: the caller is greeted in time, and no message is confirmed', async (test) => {
    const { world } = await openLocked(test)
    const call = leaveMessage(world)
    const result = await call.ended
    const story = await world.story(call)
    expect(hardships(result, story)).toEqual([])
    expect(story.disposition).toBe('assistant_hung_up')
    expect(story.tools.filter(({ name }) => name === 'take_message')).toMatchObject([{ outcome: 'failed' }])
    expect(story.turns.map(({ text }) => text).join('\n')).not.toMatch(CONFIRMS)
    await expectNothingLeft(world)
  })

  it('for a second while a message is taken: it is stored, once', async (test) => {
    const { world, letGo } = await openLocked(test)
    const call = leaveMessage(world)
    await call.seen('caller-stop')
    setTimeout(letGo, 2_000)
    const result = await call.ended
    const story = await world.story(call)
    expect(hardships(result, story)).toEqual([])
    expect(story.tools.filter(({ name }) => name === 'take_message')).toMatchObject([{ outcome: 'done' }])
  })
})

describe.concurrent('webhooks', { timeout }, () => {
  it('that come twice, in another order, or never: one session, one story', async (test) => {
    const world = await openWarehouse(test)
    world.twilio.setFaults({ duplicateWebhook: true, duplicateStatus: true, reorderStatus: true })
    const { bore, said } = await ring(world, [asks, leaves])
    expect(bore).toEqual([])
    expect(said).toEqual([says.greeting, says.hours, says.goodbye])
    expect(world.model.handshakes).toBe(1)
    await expectNothingLeft(world)
  })

  it('of a caller who rings again at once because the line broke: a call of its own', async (test) => {
    const world = await openWarehouse(test)
    world.twilio.setFaults({ asksAfterTornStream: false, dropStatus: ['completed'] })
    const first = world.twilio.placeCall({ to: '+14155550131', from: '+14155550198', script: [asks] })
    await first.seen('assistant-start')
    first.killSocket()
    await first.ended
    const { bore, said, story } = await ring(world, [asks, leaves])
    expect(bore).toEqual([])
    expect(said).toEqual([says.greeting, says.hours, says.goodbye])
    expect(story.callId).not.toBe((await world.story(first)).callId)
    await expectNothingLeft(world)
    expect(await world.story(first)).toMatchObject({ phase: 'ended' })
  })
})
