import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { differencesIn, parseLog, replay } from '@llc-phone/core'
import { openStore, readEvents } from '@llc-phone/database'
import { expect, it, onTestFinished } from 'vitest'
import { startWorld } from './support/whole-call.ts'

it(
  'a call that has ended can be replayed from the database until its log is too old',
  { timeout: 90_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'llc-phone-gateway-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const DATABASE_URL = `file:${join(folder, 'a.db')}`
    const world = await startWorld({ dialect: 'ga', variables: { DATABASE_URL } })
    const call = world.twilio.placeCall({
      to: world.numbers.receptionist,
      from: '+14155550199',
      script: [{ say: 'can I leave a message for Anna' }, { say: 'goodbye' }],
    })
    await call.ended
    const story = await world.story(call)
    await world.close()

    const { gzip } = await readEvents(DATABASE_URL, call.sid)
    const text = gunzipSync(Buffer.from(gzip, 'base64')).toString()
    const log = parseLog(text)
    expect(log).toMatchObject({ callId: story.callId, mode: 'receptionist', startedAt: story.startedAt })
    expect(differencesIn(log)).toEqual([])
    expect([...replay(log)].at(-1)!.after).toMatchObject({ phase: 'ended', disposition: story.disposition })
    expect(log.entries.map(({ event }) => event.type)).toContain('toolCalled')
    expect(text).not.toContain('Anna')

    const store = await openStore({ url: DATABASE_URL })
    expect(await store.events.forget(new Date(story.endedAt!))).toBe(0)
    expect(await store.events.forget(new Date(Date.parse(story.endedAt!) + 1))).toBe(1)
    await store.close()
    await expect(readEvents(DATABASE_URL, call.sid)).rejects.toMatchObject({ code: 'not_found' })
  },
)
