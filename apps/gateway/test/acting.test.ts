import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WAV_HEADER_BYTES } from '../src/recording/wav-file.ts'
import { extension, switchboard } from './support/switchboard.ts'
import { startWorld, type World } from './support/whole-call.ts'

const CALLER = '+14155550198'
const SILENCE = 0xff
const TIMEOUT_MS = 90_000
const cases = { note: extension(1), busy: extension(2), sound: extension(3), cold: extension(4) }

const folder = mkdtempSync(join(tmpdir(), 'llc-acting-'))
let world: World
beforeAll(async () => {
  world = await startWorld({
    dialect: 'ga',
    configure: switchboard(Object.values(cases), {
      options: { recordsCalls: true, greeting: 'The AI switchboard. This call may be recorded.' },
    }).configure,
    variables: { DATABASE_URL: `file:${join(folder, 'llc.db')}` },
  })
  world.twilio.setFarEnd((to) =>
    to === cases.busy.person
      ? { outcome: 'busy', afterMs: 500 }
      : { outcome: 'answers', script: [{ wait: 1_000 }, { hangup: true }] },
  )
}, 30_000)
afterAll(async () => {
  await world.close()
  rmSync(folder, { recursive: true })
}, 30_000)

const ring = async ({ did }: { did: string }) => {
  const call = world.twilio.placeCall({ to: did, from: CALLER, maxCallMs: 80_000 })
  await world.said(call, /switchboard/)
  return call
}

/** Stretches of sound, apart from one another by more than this silence. */
const stretches = (track: Buffer, apart = 2_400): Buffer[] => {
  const found: Buffer[] = []
  let start = -1
  let last = -1
  for (const [at, byte] of track.entries()) {
    if (byte === SILENCE) continue
    if (start >= 0 && at - last > apart) {
      found.push(track.subarray(start, last + 1))
      start = -1
    }
    if (start < 0) start = at
    last = at
  }
  if (start >= 0) found.push(track.subarray(start, last + 1))
  return found
}

/** How much sound a track has that the ear did not have in one piece, in ms. */
const unheardMs = (track: Buffer, ear: Buffer): number => {
  const heard = ear.toString('latin1')
  let unheard = 0
  for (const stretch of stretches(track)) {
    const text = stretch.toString('latin1')
    let length = text.length
    // Of one that was cut, the end may differ by the frames that were on their way.
    while (length > 0 && !heard.includes(text.slice(0, length))) length -= 80
    unheard += (text.length - Math.max(0, length)) / 8
  }
  return unheard
}

const soundMs = (track: Buffer): number => stretches(track).reduce((sum, { length }) => sum + length / 8, 0)

describe.concurrent('acting in a live call', () => {
  it('a note reaches the model and stands in the story, with who gave it', { timeout: TIMEOUT_MS }, async () => {
    const call = await ring(cases.note)
    const { status, body } = await world.admin('POST', `/calls/${call.sid}/note`, { text: 'Offer Tuesday.' })
    expect([status, body]).toEqual([202, { callId: expect.any(String), phase: 'live' }])
    expect((await world.admin('GET', `/calls/${call.sid}/routes`)).body).toMatchObject({
      routes: [{ route: 'sales', kind: 'person' }, { route: 'billing' }, { route: 'voicemail', kind: 'voicemail' }],
    })
    for (let more = 0; more < 4; more++)
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await world.admin('POST', `/calls/${call.sid}/note`, { text: 'And Wednesday.' })
    expect(await world.admin('POST', `/calls/${call.sid}/note`, { text: 'Too many.' })).toMatchObject({
      status: 429,
      body: { error: { code: 'too_many_attempts' } },
    })
    await call.say('goodbye')
    await call.ended
    const story = await world.story(call)
    expect(story.acts?.[0]).toMatchObject({ kind: 'note', by: 'ADMIN_TOKEN', text: 'Offer Tuesday.' })
    expect(story.turns.some(({ text }) => text.includes('Tuesday'))).toBe(false)
    expect(await world.admin('POST', `/calls/${call.sid}/note`, { text: 'Too late.' })).toMatchObject({
      status: 409,
      body: { error: { code: 'call_not_talking' } },
    })
    const { body: audit } = await world.admin('GET', '/audit?action=call_note')
    expect(audit).toMatchObject({ lines: expect.arrayContaining([expect.objectContaining({ who: 'ADMIN_TOKEN' })]) })
    expect(world.model.violations).toEqual([])
  })

  it(
    'a transfer asks the person first; of a busy one the assistant tells the caller',
    { timeout: TIMEOUT_MS },
    async () => {
      const call = await ring(cases.busy)
      expect(await world.admin('POST', `/calls/${call.sid}/transfer`, { route: 'nowhere' })).toMatchObject({
        status: 400,
      })
      expect(await world.admin('POST', `/calls/${call.sid}/transfer`, { route: 'sales' })).toMatchObject({
        status: 202,
      })
      expect(await world.admin('POST', `/calls/${call.sid}/transfer`, { route: 'sales' })).toMatchObject({
        status: 409,
        body: { error: { code: 'transfer_under_way' } },
      })
      for (let tries = 0; tries < 200; tries++) {
        // oxlint-disable-next-line no-await-in-loop -- until the person was rung
        const { transfers } = await world.story(call)
        if (transfers[0]?.outcome) break
        // oxlint-disable-next-line no-await-in-loop -- as above
        await sleep(100)
      }
      expect((await world.story(call)).transfers).toMatchObject([{ kind: 'warm', route: 'sales', outcome: 'busy' }])
      call.hangUp()
      await call.ended
      expect((await world.story(call)).acts).toMatchObject([{ kind: 'transfer', route: 'sales' }])
    },
  )

  it('a transfer at once leaves after the assistant has said so', { timeout: TIMEOUT_MS }, async () => {
    const call = await ring(cases.cold)
    await world.admin('POST', `/calls/${call.sid}/transfer`, { route: 'sales', ask: false })
    await call.ended
    expect(await world.story(call)).toMatchObject({
      disposition: 'transferred',
      transfers: [{ kind: 'cold', route: 'sales', outcome: 'bridged' }],
    })
  })

  it('who listens in, and the recording, have what the caller heard and said', { timeout: TIMEOUT_MS }, async () => {
    const call = world.twilio.placeCall({ to: cases.sound.did, from: CALLER, maxCallMs: 80_000 })
    await call.seen('media-start')
    const socket = new WebSocket(`${world.publicUrl.replace('http', 'ws')}/calls/${call.sid}/listen`, {
      headers: { authorization: 'Bearer an-admin-token-for-tests' },
    })
    const caller: Buffer[] = []
    const assistant: Buffer[] = []
    socket.on('message', (message: Buffer) => {
      const half = 4 + (message.length - 4) / 2
      caller.push(message.subarray(4, half))
      assistant.push(message.subarray(half))
    })
    const closed = new Promise<number>((resolve) => socket.once('close', resolve))
    await world.said(call, /switchboard/)
    expect((await world.story(call)).acts).toMatchObject([{ kind: 'listen', by: 'ADMIN_TOKEN' }])
    await call.say('could you repeat that please')
    // Into the answer, so that some of it is never heard.
    await call.heardSpeech()
    await sleep(300)
    await call.say('goodbye')
    await call.ended
    expect(await closed).toBe(1000)
    const ear = call.heardSoFar()
    expect(soundMs(Buffer.concat(assistant))).toBeGreaterThan(1_000)
    expect(unheardMs(Buffer.concat(assistant), ear)).toBeLessThan(150)
    expect(soundMs(Buffer.concat(caller))).toBeGreaterThan(1_000)
    const { acts } = await world.story(call)
    expect(acts).toMatchObject([{ kind: 'listen', endedMs: expect.any(Number) }])

    let response: Response | undefined
    for (let tries = 0; tries < 50 && response?.status !== 200; tries++) {
      // oxlint-disable-next-line no-await-in-loop -- it is completed after the call
      await sleep(100)
      // oxlint-disable-next-line no-await-in-loop -- as above
      response = await fetch(`${world.publicUrl}/calls/${call.sid}/recording`, {
        headers: { authorization: 'Bearer an-admin-token-for-tests' },
      })
    }
    expect(response?.headers.get('content-type')).toBe('audio/wav')
    const wav = Buffer.from(await response!.arrayBuffer())
    expect(wav.readUInt32LE(4)).toBe(wav.length - 8)
    const sound = wav.subarray(WAV_HEADER_BYTES)
    const [left, right] = [0, 1].map((side) => Buffer.from(sound.filter((_, at) => at % 2 === side)))
    expect(unheardMs(right!, ear)).toBeLessThan(150)
    expect(Math.abs(soundMs(right!) - soundMs(ear))).toBeLessThan(400)
    expect(soundMs(left!)).toBeGreaterThan(1_000)
    const part = await fetch(`${world.publicUrl}/calls/${call.sid}/recording`, {
      headers: { authorization: 'Bearer an-admin-token-for-tests', range: 'bytes=0-57' },
    })
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 0-57/${wav.length}`])
    const { body: peaks } = await world.admin('GET', `/calls/${call.sid}/recording/peaks`)
    expect(Math.max(...(peaks as { assistant: number[] }).assistant)).toBeGreaterThan(5)
  })
})
