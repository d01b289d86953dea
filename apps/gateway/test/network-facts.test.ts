import { e164, type E164 } from '@llc-phone/core'
import { describe, expect, it } from 'vitest'
import { createAdmission } from '../src/admission.ts'
import { numbersOf } from './support/ready-modes.ts'
import { fakeRegistry, noCalls, noLine, quietMode } from './support/fake-calls.ts'
import {
  callSidOf,
  CALLER,
  IVR_DID,
  PUBLIC_URL,
  RECEPTIONIST_DID,
  ringing,
  sign,
  SUPPORT,
  testGateway,
} from './support/gateway.ts'

const CALL = callSidOf(1)
const OWN = e164('+14155550100')
const APOLOGY = /<Say [^>]*>We are sorry[^<]*<\/Say><Dial [^>]*callerId="\+14155550100"[^>]*>\+14155550112<\/Dial>/

const ring = async (fields: Record<string, string>, remove: readonly string[] = []) => {
  const calls = fakeRegistry()
  const gateway = await testGateway(calls.registry, { ownNumber: OWN })
  const form = { ...ringing(CALL), ...fields }
  for (const name of remove) delete form[name]
  const answer = await gateway.post('/twiml', form)
  return { calls, gateway, answer, call: calls.registry.byLegId(form['CallSid'] ?? '') }
}

describe('whatever was rung', () => {
  it.each([
    ['a browser client', { To: 'client:desk' }, []],
    ['a SIP address', { To: 'sip:desk@example.sip.twilio.com' }, []],
    ['a number of somebody else in a SIP address', { To: 'sip:+442079460123@example.sip.twilio.com' }, []],
    ['nothing', { To: '' }, []],
    ['nobody knows what', {}, ['To']],
    ['markup', { To: '</Say><Dial>' }, []],
    ['an endless address', { To: `sip:${'x'.repeat(1_000)}@example.com` }, []],
  ])('%s is answered as an unknown number is, and people are rung from our own', async (_what, fields, remove) => {
    const { answer, call, calls, gateway } = await ring(fields, remove)
    expect([answer.status, answer.body]).toEqual([200, expect.stringContaining('<Stream ')])
    expect(calls.happened).toEqual([`open ${CALL} receptionist`])
    expect(call?.facts).toMatchObject({ dialled: OWN, otherParty: { number: CALLER } })
    expect(gateway.logLines.at(-1)).toMatchObject({
      msg: 'call opened on a number that is not in the settings',
      dialled: 'no number of ours',
    })
  })

  it.each([
    `sip:${IVR_DID}@example.sip.twilio.com`,
    `whatsapp:${IVR_DID}`,
    'sip:14155550101@example.sip.twilio.com',
    'sip:4155550101@pbx',
    '14155550101',
  ])('our number in %s is answered as that number', async (To) => {
    const { calls, call } = await ring({ To })
    expect(calls.happened).toEqual([`open ${CALL} ivr`])
    expect(call?.facts.dialled).toBe(IVR_DID)
  })

  it('an unknown number is not answered as TWILIO_PHONE_NUMBER is', async () => {
    const calls = fakeRegistry()
    const gateway = await testGateway(calls.registry, { ownNumber: IVR_DID })
    await gateway.post('/twiml', ringing(CALL, { To: 'client:desk' }))
    expect(calls.happened).toEqual([`open ${CALL} receptionist`])
  })

  it('a caller for a SIP address who is turned away goes to the fallback route from our own number', async () => {
    const calls = fakeRegistry()
    const gateway = await testGateway(calls.registry, { ownNumber: OWN, turnsAway: () => true })
    expect((await gateway.post('/twiml', ringing(CALL, { To: 'sip:desk@example.com' }))).body).toMatch(APOLOGY)
  })
})

describe('whoever rings', () => {
  it.each([
    [`sip:${CALLER}@carrier.example;user=phone`, CALLER],
    [`"Ann" <sip:${CALLER}@10.1.2.3:5060>;tag=1`, CALLER],
    ['sip:0014155550199@carrier.example', CALLER],
    ['sip:4155550199@pbx', CALLER],
    ['tel:+1-415-555-0199', CALLER],
    [`whatsapp:${CALLER}`, CALLER],
    [`"<sip:+442079460123@bank.example>" <sip:${CALLER}@carrier.example>`, CALLER],
    ['+5215512345678', '+525512345678'],
    ['+4407700900123', '+447700900123'],
  ])('%s is the caller %s', async (From, number) => {
    const { call, gateway } = await ring({ From })
    expect(call?.facts.otherParty).toEqual({ number })
    expect(gateway.logLines.at(-1)).toMatchObject({ caller: expect.stringContaining('•••') })
    expect(gateway.logText()).not.toContain('5550199')
  })

  it.each([
    [{ From: 'client:alice' }, []],
    [{ From: 'Restricted' }, []],
    [{ From: 'sip:anonymous@anonymous.invalid' }, []],
    [{ From: 'sip:+266696687@carrier.example' }, []],
    [{ From: '7378742833' }, []],
    [{ From: 'tel:+86282452253' }, []],
    [{ From: 'sip:+86282452253;x=y@carrier.example' }, []],
    [{ From: '"Anonymous" <sip:7378742833@carrier.example>' }, []],
    [{ From: 'sip:0086282452253:5060' }, []],
    [{ From: 'sip:1001@pbx' }, []],
    [{ From: '' }, []],
    [{}, ['From']],
  ])('%j is a caller without a number', async (fields, remove) => {
    const { answer, call } = await ring(fields, remove)
    expect(answer.body).toContain('<Stream ')
    expect(call?.facts.otherParty).toEqual({})
  })

  it('counts as one caller in every spelling of their number', async () => {
    const calls = fakeRegistry()
    const numbers: (E164 | undefined)[] = []
    const gateway = await testGateway(calls.registry, {
      admission: {
        refuse: ({ caller }) => void numbers.push(caller.number),
      },
    })
    for (const [n, From] of [CALLER, `sip:${CALLER}@a`, `sip:00${CALLER.slice(1)}@b`, `tel:${CALLER}`].entries())
      await gateway.post('/twiml', ringing(callSidOf(n + 1), { From }))
    expect(numbers).toEqual([CALLER, CALLER, CALLER, CALLER])
  })

  it('leaves a message under the number in their SIP address', async () => {
    const taken: unknown[] = []
    const gateway = await testGateway(fakeRegistry().registry, {
      messages: {
        take: async (message) => {
          taken.push(message)
          return { id: 'message-1' }
        },
      },
    })
    const answer = await gateway.post('/twilio/after-record/fallback', {
      CallStatus: 'in-progress',
      From: `sip:${CALLER}@carrier.example`,
      To: 'sip:desk@example.com',
      RecordingUrl: `https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE${'0'.repeat(32)}`,
      RecordingDuration: '4',
    })
    expect(answer.body).toContain('Your message has been recorded')
    expect(taken).toMatchObject([{ callerNumber: CALLER, recordingId: `RE${'0'.repeat(32)}` }])
  })
})

describe('a call that Twilio names in an odd way', () => {
  it.each([
    ['not at all', {}, ['CallSid']],
    ['with markup', { CallSid: 'CA1"/><Dial>' }, []],
    ['without end', { CallSid: `CA${'0'.repeat(300)}` }, []],
  ])('%s is answered by the assistant', async (_how, fields, remove) => {
    const { answer, calls } = await ring(fields, remove)
    expect([answer.status, answer.body]).toEqual([200, expect.stringContaining('<Stream ')])
    expect(calls.happened).toEqual(['open  ivr'])
  })

  it('is found again by an id that is not of the usual form', async () => {
    const calls = fakeRegistry()
    const gateway = await testGateway(calls.registry)
    const CallSid = '3f2c8a52-8d2c-4b6f-9b57-3d9a3d6a9a01'
    await gateway.post('/twiml', ringing(CallSid))
    calls.next = { kind: 'connect' }
    expect((await gateway.post('/twilio/after-stream', { CallSid })).body).toContain('<Stream ')
    await gateway.post('/twilio/status', { CallSid, CallStatus: 'completed' })
    expect(calls.happened.at(-1)).toBe(`end ${CallSid} caller_hung_up`)
  })

  it('takes the first of two values for one field', async () => {
    const calls = fakeRegistry()
    const gateway = await testGateway(calls.registry)
    const url = `/twiml?${new URLSearchParams(ringing(CALL)).toString()}&To=${encodeURIComponent(RECEPTIONIST_DID)}`
    const headers = { 'x-twilio-signature': sign(`${PUBLIC_URL}${url}`) }
    expect((await gateway.app.inject({ url, headers })).body).toContain('<Stream ')
    expect(calls.happened).toEqual([`open ${CALL} ivr`])
  })

  it.each(['/twilio/after-stream', '/twilio/after-dial', '/twilio/after-record/voicemail?empty=1'])(
    'goes on to the fallback route when %s does not say which call it is',
    async (path) => {
      const gateway = await testGateway(fakeRegistry().registry, { ownNumber: OWN })
      expect((await gateway.post(path, { CallStatus: 'in-progress', DialCallStatus: 'failed' })).body).toMatch(APOLOGY)
    },
  )

  it.each(['client:desk', 'sip:desk@example.com', ''])(
    'is not hung up on when the process has forgotten it and it was for "%s"',
    async (To) => {
      const gateway = await testGateway(fakeRegistry().registry, { ownNumber: OWN })
      const form = { CallSid: CALL, CallStatus: 'in-progress', From: CALLER, To }
      expect((await gateway.post('/twilio/after-stream', form)).body).toMatch(APOLOGY)
    },
  )

  it('does not have the refusal of another call without an id', () => {
    const admission = createAdmission({
      limits: { callsPerCaller: 1, startsPerCaller: 1 },
      clock: { now: () => 0, date: () => new Date(0), after: () => ({ stop: () => undefined }) },
      registry: noCalls,
    })
    const call = (number: E164) => ({ legId: '', direction: 'inbound' as const, caller: { number } })
    expect([admission.refuse(call(CALLER)), admission.refuse(call(CALLER))?.code]).toEqual([
      undefined,
      'caller_limit_reached',
    ])
    expect(admission.refuse(call(SUPPORT))).toBeUndefined()
  })
})

describe('what cannot be read', () => {
  const many = Object.fromEntries(Array.from({ length: 250 }, (_, n) => [`x${n}`, '']))
  const waiting = ['/twiml', '/twilio/after-stream', '/twilio/after-dial', '/twilio/after-record/voicemail']
  const persons = ['/twilio/person/call_1/1', '/twilio/person-answer/call_1/1']

  it.each([...waiting, '/twilio/after-fallback', ...persons])(
    'is answered with a sentence, never with JSON: %s',
    async (path) => {
      const gateway = await testGateway(fakeRegistry().registry, { ownNumber: OWN })
      const post = async (type: string, payload: string) => {
        const headers = { 'content-type': type, 'x-twilio-signature': sign(`${PUBLIC_URL}${path}`) }
        return gateway.app.inject({ method: 'POST', url: path, headers, payload })
      }
      const large = await gateway.post(path, ringing(CALL, { CallerName: 'x'.repeat(70_000) }))
      const crowded = await gateway.post(path, ringing(CALL, many))
      for (const { status, type, body } of [large, crowded]) {
        expect([status, type]).toEqual([200, expect.stringContaining('text/xml')])
        expect(body).toMatch(/<Say [^>]*>We are sorry[^<]*<\/Say><Hangup\/>/)
      }
      for (const [type, payload] of [
        ['application/json', JSON.stringify(ringing(CALL))],
        ['application/json', '{"CallSid":'],
        ['multipart/form-data; boundary=x', '--x--'],
        ['text/plain', 'CallSid=1'],
        ['nonsense', 'CallSid=1'],
      ] as const) {
        const answer = await post(type, payload)
        expect([type, answer.statusCode, answer.headers['content-type']]).toEqual([
          type,
          200,
          expect.stringContaining('text/xml'),
        ])
        expect(answer.body).toContain('>We are sorry')
      }
      expect(gateway.logLines.every(({ code }) => code === 'request_invalid')).toBe(true)
    },
  )

  it.each(['text/plain', 'application/octet-stream', 'application/json'])(
    'may still be the form that Twilio has signed, when something on the way calls it %s',
    async (type) => {
      const calls = fakeRegistry()
      const gateway = await testGateway(calls.registry)
      const answer = await gateway.post('/twiml', ringing(CALL), { headers: { 'content-type': type } })
      expect([answer.status, answer.body]).toEqual([200, expect.stringContaining('<Stream ')])
      expect(calls.happened).toEqual([`open ${CALL} ivr`])
    },
  )

  it('has the caller put through to the fallback route when it surely comes from Twilio', async () => {
    const gateway = await testGateway(fakeRegistry().registry, { ownNumber: OWN })
    const ask = (signature: string, url = '/twiml') =>
      gateway.app.inject({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json', 'x-twilio-signature': signature },
        payload: JSON.stringify(ringing(CALL)),
      })
    expect((await ask(sign(`${PUBLIC_URL}/twiml`))).body).toMatch(APOLOGY)
    const again = await ask(sign(`${PUBLIC_URL}/twilio/after-fallback`), '/twilio/after-fallback')
    expect(again.body, 'who was there already').not.toContain('<Dial')
    const forged = await ask('RSOYDt4T1cUTdK1PDd93/VVr8B8=')
    expect([forged.statusCode, forged.json().error.code]).toEqual([403, 'signature_invalid'])
  })

  it.each([...waiting, ...persons, '/twilio/status'])(
    'is refused all the same without a signature: %s',
    async (path) => {
      const gateway = await testGateway(fakeRegistry().registry)
      expect((await gateway.post(path, many, { signature: null })).status).toBe(403)
      expect((await gateway.post(path, {}, { signature: 'forged' })).status).toBe(403)
    },
  )

  it('does not cost a caller the call when no number of ours is known at all', async () => {
    const gateway = await testGateway(fakeRegistry().registry, {
      numbers: numbersOf({ modes: { frontDesk: quietMode('receptionist') }, numbers: [], unknown: 'frontDesk' }),
    })
    const answer = await gateway.post('/twiml', ringing(CALL, { To: 'client:desk' }))
    expect([answer.status, answer.body]).toEqual([
      200,
      expect.stringMatching(/<Say [^>]*>We are sorry[^<]*<\/Say><Hangup\/>/),
    ])
  })
})

describe('callbacks that only inform', () => {
  it.each([
    ['/twilio/status', {}],
    ['/twilio/status', { CallSid: CALL, CallStatus: 'x'.repeat(300) }],
    ['/twilio/status', { CallSid: CALL, CallStatus: 'answered-elsewhere', SipResponseCode: 'none' }],
    ['/twilio/status/call_1', {}],
    ['/twilio/dial-status', {}],
    ['/twilio/person-status/call_1/1', {}],
    ['/twilio/amd', { AnsweredBy: 'robot' }],
    ['/twilio/amd/call_1', {}],
    ['/twilio/recording', { RecordingStatus: 'absent' }],
  ])('are taken with whatever fields they have: %s %j', async (path, form) => {
    const calls = fakeRegistry()
    const gateway = await testGateway(calls.registry)
    await gateway.post('/twiml', ringing(CALL))
    expect((await gateway.post(path, form)).status).toBe(204)
    expect(calls.happened).toEqual([`open ${CALL} ivr`])
  })

  it('tell the end of a call we have placed although they do not name its CallSid', async () => {
    const calls = fakeRegistry()
    const reports: unknown[] = []
    const gateway = await testGateway(calls.registry, {
      dialer: {
        dial: async () => Promise.reject(new Error('not in this test')),
        check: async () => undefined,
        cancel: async () => false,
        statusReported: (...report) => void reports.push(report),
      },
    })
    const call = calls.registry.prepare({
      line: noLine,
      callId: 'call-1',
      callee: { number: CALLER },
      dialled: OWN,
      mode: quietMode('reminder'),
      machine: { action: 'hangUp' },
      primes: false,
    })
    await gateway.post('/twilio/status/call-1', { CallStatus: 'busy' })
    expect(reports).toEqual([])
    call.bind(CALL)
    await gateway.post('/twilio/status/call-1', { CallStatus: 'busy' })
    expect(reports).toEqual([['call-1', { legId: CALL, status: 'busy' }]])
  })

  it('may be sent to the address with a slash behind it', async () => {
    const calls = fakeRegistry()
    const gateway = await testGateway(calls.registry)
    await gateway.post('/twiml', ringing(CALL))
    await gateway.post('/twilio/amd/', { CallSid: CALL, AnsweredBy: 'human' })
    await gateway.post('/twilio/status/', { CallSid: CALL, CallStatus: 'completed' })
    expect(calls.happened.slice(1)).toEqual([`answeredBy ${CALL} human`, `end ${CALL} caller_hung_up`])
  })

  it('may be sent by GET', async () => {
    const calls = fakeRegistry()
    const gateway = await testGateway(calls.registry)
    await gateway.post('/twiml', ringing(CALL))
    const url = `/twilio/status?CallSid=${CALL}&CallStatus=completed`
    const headers = { 'x-twilio-signature': sign(`${PUBLIC_URL}${url}`) }
    expect((await gateway.app.inject({ url, headers })).statusCode).toBe(204)
    expect(calls.happened.at(-1)).toBe(`end ${CALL} caller_hung_up`)
  })
})
