import type { CallSession, CallState } from '@llc-phone/core'
import { expect, it } from 'vitest'
import { createDocuments } from '../src/documents.ts'
import { addPersonRoutes } from '../src/routes/person.ts'
import { callSidOf, OURS, PUBLIC_URL } from './support/requests.ts'
import { createTwiml } from '../src/twiml.ts'
import { someWebhooks } from './support/webhooks.ts'

const CALL = callSidOf(7)
const LEG = callSidOf(8)
const GONE = 'The caller has hung up. Goodbye.'

/** A call that waits for a person; attempt 2 is the present one. */
const waiting = async (
  introduction = 'Ann calls about her bill.',
  state: Pick<CallState, 'phase' | 'departure'> = { phase: 'live' },
) => {
  const happened: string[] = []
  const seen: string[] = []
  let room: string | undefined = 'call-call_1'
  const call = {
    facts: {
      callId: 'call_1',
      legId: CALL,
      direction: 'inbound',
      otherParty: {},
      dialled: OURS,
      startedAt: new Date(0),
    },
    mode: { language: 'en' },
    state,
    consultation: { route: 'sales', label: 'sales', introduction },
    personAccepted: () => room,
    personGone: (outcome: string) => happened.push(`gone ${outcome}`),
  } as unknown as CallSession
  const webhooks = await someWebhooks(addPersonRoutes, {
    host: {
      languageOf: () => 'en',
      calls: { byLegId: () => undefined, byCallId: (callId) => (callId === 'call_1' ? call : undefined) },
    },
    callControl: {
      sayPersonGone: async ({ legId }) => void happened.push(`personGone ${legId}`),
      isWaitedFor: (callId, attempt) => callId === 'call_1' && attempt === '2',
      personSeen: (callId, attempt, legSid) => void seen.push(`${callId} ${attempt} ${legSid}`),
      personLegOver: (callId, attempt) => void happened.push(`over ${callId} ${attempt}`),
    },
  })
  const callerLeaves = () => (room = undefined)
  return { webhooks, happened, seen, callerLeaves }
}

const ask = { CallSid: LEG, CallStatus: 'in-progress' }

it('introduces the caller, whatever stands in the introduction', async () => {
  const { webhooks } = await waiting('</Say><Dial>+19005550100</Dial>\u0000\u001b & "more" \ud800')
  const { body } = await webhooks.post('/twilio/person/call_1/2', ask)
  expect(body).toContain(
    '<Gather numDigits="1" timeout="6" action="https://phone.example.com/twilio/person-answer/call_1/2#rc=2&amp;rp=ct,rt,5xx" method="POST" actionOnEmptyResult="true">',
  )
  expect(body).toContain(
    '>A call for sales. &lt;/Say&gt;&lt;Dial&gt;+19005550100&lt;/Dial&gt; &amp; "more"  Press 1 to take the call.</Say></Gather><Hangup/>',
  )
  expect(body).not.toContain('<Dial>')
})

it('joins on 1 only', async () => {
  const { webhooks, happened, callerLeaves } = await waiting()
  const answer = (Digits: string) => webhooks.post('/twilio/person-answer/call_1/2', { ...ask, Digits })
  expect((await answer('1')).body).toContain(
    '<Dial><Conference startConferenceOnEnter="true" endConferenceOnExit="true" beep="false">call-call_1</Conference></Dial>',
  )
  expect((await answer('2')).body).toContain('>All right. Goodbye.</Say><Hangup/>')
  expect((await answer('')).body).toContain('<Response><Hangup/></Response>')
  expect(happened).toEqual(['gone declined', 'gone no_answer'])
  callerLeaves()
  expect((await answer('1')).body).toContain(`>${GONE}</Say><Hangup/>`)
})

it('tells the person of an attempt that was given up that nobody is there, and the call nothing', async () => {
  const { webhooks, happened } = await waiting()
  expect((await webhooks.post('/twilio/person/call_1/1', ask)).body).toContain(GONE)
  expect((await webhooks.post('/twilio/person-answer/call_1/1', { ...ask, Digits: '1' })).body).toContain(GONE)
  await webhooks.post('/twilio/person-status/call_1/1', { CallSid: LEG, CallStatus: 'busy' })
  expect(happened).toEqual(['over call_1 1'])
})

it.each([
  ['busy', 'busy'],
  ['no-answer', 'no_answer'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
  ['completed', 'declined'],
])('reports a leg that ended as %s as %s, and one that lasts not at all', async (CallStatus, outcome) => {
  const { webhooks, happened } = await waiting()
  for (const status of ['initiated', 'ringing', 'in-progress'])
    await webhooks.post('/twilio/person-status/call_1/2', { CallSid: LEG, CallStatus: status })
  expect(happened).toEqual([])
  expect((await webhooks.post('/twilio/person-status/call_1/2', { CallSid: LEG, CallStatus })).status).toBe(204)
  expect(happened).toEqual(['over call_1 2', `gone ${outcome}`])
})

it('has a caller told who came into the room after the person had left it', async () => {
  const departure = { kind: 'conference', name: 'call-call_1', label: 'sales' } as const
  const { webhooks, happened } = await waiting('Ann calls.', { phase: 'ended', departure })
  await webhooks.post('/twilio/person-status/call_1/2', { CallSid: LEG, CallStatus: 'completed' })
  expect(happened.at(-1)).toBe(`personGone ${CALL}`)
})

it('is known by their leg once they have asked, in case another process has rung them', async () => {
  const { webhooks, seen } = await waiting()
  await webhooks.post('/twilio/person/call_1/2', ask)
  await webhooks.post('/twilio/person/call_1/1', ask)
  expect(seen).toEqual([`call_1 2 ${LEG}`])
})

it('is sent to the instance that has the call, with the key they have pressed, until somebody has it or nobody ever will', async () => {
  const documents = createDocuments(
    createTwiml(PUBLIC_URL),
    { issue: () => 'none' },
    { info() {}, warn() {}, error() {} },
    PUBLIC_URL,
  )
  let owner: string | undefined = 'b'
  const webhooks = await someWebhooks(addPersonRoutes, {
    documents,
    host: {
      languageOf: () => 'en',
      calls: { byLegId: () => undefined, byCallId: () => undefined },
      instanceOf: async () => owner,
    },
    callControl: { sayPersonGone: async () => {}, isWaitedFor: () => true, personSeen() {}, personLegOver() {} },
  })
  const path = '/twilio/person/call_1/2'
  const redirect = (to: string) =>
    `<Redirect method="POST">https://phone.example.com/i/b/twilio/${to}#rc=2&amp;rp=ct,rt,5xx</Redirect>`
  expect((await webhooks.post(path, ask)).body).toContain(`<Response>${redirect('person/call_1/2?times=1')}`)
  expect((await webhooks.post(`${path}?times=1`, ask)).body).toContain(
    `<Pause length="1"/>${redirect('person/call_1/2?times=2')}`,
  )
  expect((await webhooks.post('/twilio/person-answer/call_1/2', { ...ask, Digits: '1' })).body).toContain(
    redirect('person-answer/call_1/2?times=1&amp;digits=1'),
  )
  expect((await webhooks.post(`${path}?times=10`, ask)).body).toContain(GONE)
  owner = undefined
  expect((await webhooks.post(path, ask)).body).toContain(GONE)
})

it('accepts with a key that another instance has heard', async () => {
  const { webhooks } = await waiting()
  const { body } = await webhooks.post('/twilio/person-answer/call_1/2?times=1&digits=1', ask)
  expect(body).toContain('>call-call_1</Conference>')
})

it('is for Twilio only', async () => {
  const { webhooks, happened } = await waiting()
  for (const path of ['person', 'person-answer', 'person-status'])
    expect((await webhooks.post(`/twilio/${path}/call_1/2`, { ...ask, Digits: '1' }, 'forged')).status).toBe(403)
  expect(happened).toEqual([])
})
