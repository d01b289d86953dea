import { languages } from '@llc-phone/core'
import type { RecordedCall } from '@llc-phone/store'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { fakeRegistry } from './support/fake-calls.ts'
import { callSidOf, CALLER, IVR_DID, silentCallLog, testGateway } from './support/gateway.ts'

afterEach(() => void vi.useRealTimers())

const CALL = callSidOf(7)
const live = { CallSid: CALL, CallStatus: 'in-progress' }
const usage = { input: { text: 0, audio: 0, cachedText: 0, cachedAudio: 0 }, output: { text: 0, audio: 0 } }
const row: RecordedCall = {
  callId: 'call-1',
  legId: CALL,
  mode: 'ivr',
  direction: 'inbound',
  caller: CALLER,
  dialled: IVR_DID,
  startedAt: '2026-11-22T10:00:00.000Z',
  turns: [],
  tools: [],
  transfers: [],
  latency: {},
  usage,
}

/** A gateway that has just started; `find` is its journal. */
const restarted = (find: () => Promise<RecordedCall | undefined>, more: object = {}) =>
  testGateway(fakeRegistry().registry, { calls: { ...silentCallLog, find }, ...more })

const questions: [string, Record<string, string>][] = [
  ['/twilio/after-stream', live],
  ['/twilio/after-dial', { ...live, DialCallStatus: 'no-answer' }],
  ['/twilio/after-dial', { ...live, DialCallStatus: 'failed' }],
  ['/twilio/after-record/voicemail?empty=1', live],
]
const APOLOGY = /<Say [^>]*>We are sorry[^<]*<\/Say><Dial [^>]*callerId="\+14155550101"[^>]*>\+14155550112<\/Dial>/
const HANG_UP = '<Response><Hangup/></Response>'

describe('a gateway that comes back after a crash', () => {
  it.each(questions)('does not hang up on a caller of the journal: %s %j', async (path, form) => {
    const gateway = await restarted(async () => row)
    expect((await gateway.post(path, form)).body).toMatch(APOLOGY)
    expect(gateway.logLines.at(-1)).toMatchObject({ callId: 'call-1', legId: CALL })
  })

  it('apologises in the language that the call was spoken in, and in that of the number when there is none of that name', async () => {
    const told = async (language: string, direction: 'inbound' | 'outbound') => {
      const gateway = await restarted(async () => ({ ...row, direction, language }))
      return (await gateway.post('/twilio/after-stream', live)).body
    }
    expect(await told('es', 'inbound')).toContain(`<Say language="es-US" voice="Polly.Lupe-Neural">Lo sentimos, `)
    expect(await told('es', 'outbound')).toContain(languages.es.sentences.calleeApology)
    expect(await told('xx', 'inbound')).toMatch(APOLOGY)
  })

  it.each(questions)('nor on one that only Twilio knows: %s %j', async (path, form) => {
    const gateway = await restarted(async () => undefined)
    expect((await gateway.post(path, { ...form, To: IVR_DID, From: CALLER })).body).toMatch(APOLOGY)
  })

  it.each(questions)('nor while the database is gone: %s %j', async (path, form) => {
    const gateway = await restarted(async () => {
      throw new Error('no database')
    })
    expect((await gateway.post(path, { ...form, To: IVR_DID })).body).toMatch(APOLOGY)
    expect((await gateway.post(path, form)).body).toMatch(/<Say [^>]*>We are sorry[^<]*<\/Say><Hangup\/>/)
  })

  it.each(questions)('nor waits long for a slow database: %s %j', async (path, form) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const gateway = await restarted(() => new Promise(() => undefined))
    let answer: string | undefined
    void gateway.post(path, { ...form, To: IVR_DID }).then(({ body }) => (answer = body))
    await vi.advanceTimersByTimeAsync(1_400)
    expect(answer).toBeUndefined()
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(50)
      expect(answer).toMatch(APOLOGY)
    })
  })

  it('rings nobody else for somebody we have called', async () => {
    const fromJournal = await restarted(async () => ({ ...row, direction: 'outbound' }))
    const fromTwilio = await restarted(async () => undefined)
    const called = { ...live, Direction: 'outbound-api', From: IVR_DID, To: CALLER }
    for (const answer of [
      await fromJournal.post('/twilio/after-stream', live),
      await fromTwilio.post('/twilio/after-stream', called),
    ]) {
      expect(answer.body).toContain('We will try again later')
      expect(answer.body).not.toContain('<Dial')
    }
  })

  it('says nothing more after a talk with a person, or to a caller who is gone', async () => {
    const gateway = await restarted(async () => row)
    const talked = await gateway.post('/twilio/after-dial', { ...live, DialCallStatus: 'completed' })
    expect(talked.body).toContain(HANG_UP)
    for (const [path, form] of questions)
      expect((await gateway.post(path, { ...form, CallStatus: 'completed' })).body).toContain('<Response/>')
  })

  it.each(['assistant_hung_up', 'operator_hung_up', 'voicemail', 'transferred'] as const)(
    'hangs up a call that had ended as %s',
    async (disposition) => {
      const gateway = await restarted(async () => ({ ...row, endedAt: row.startedAt, disposition }))
      expect((await gateway.post('/twilio/after-stream', live)).body).toContain(HANG_UP)
    },
  )

  it('keeps and thanks for a message that was being recorded', async () => {
    const kept: unknown[] = []
    const messages = {
      take: async (message: unknown) => {
        kept.push(message)
        return { id: 'message-1' }
      },
    }
    const gateway = await restarted(async () => row, { messages })
    const recording = {
      RecordingSid: `RE${'0'.repeat(32)}`,
      RecordingUrl: 'https://api.twilio.com/r',
      RecordingDuration: '4',
    }
    const answer = await gateway.post('/twilio/after-record/voicemail', { ...live, ...recording, From: CALLER })
    expect(answer.body).toContain('Your message has been recorded')
    expect(kept).toMatchObject([{ callId: CALL, callerNumber: CALLER }])
  })

  it('a caller who left no message behind the fallback hears so, and is not sent round again', async () => {
    const gateway = await restarted(async () => row)
    const answer = await gateway.post('/twilio/after-record/fallback?empty=1', live)
    expect(answer.body).toMatch(/<Say [^>]*>We have not heard a message[^<]*<\/Say><Hangup\/>/)
  })
})
