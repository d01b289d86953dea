import { e164 } from '@llc-phone/core'
import { expect, it } from 'vitest'
import { fakeRegistry } from './support/fake-calls.ts'
import { callSidOf, ringing, SUPPORT, testGateway } from './support/gateway.ts'

const CALL = callSidOf(7)
const live = { CallSid: CALL, CallStatus: 'in-progress' }

const openCall = async () => {
  const calls = fakeRegistry()
  const gateway = await testGateway(calls.registry)
  await gateway.post('/twiml', ringing(CALL))
  calls.happened.length = 0
  return { calls, gateway }
}

it('connects the same call again', async () => {
  const { calls, gateway } = await openCall()
  calls.next = { kind: 'connect' }
  const answer = await gateway.post('/twilio/after-stream', live)
  expect(answer.body).toMatch(/<Stream url="wss:\/\/phone\.example\.com\/media\/[\w-]{32}"\/>/)
  expect(calls.happened).toEqual([`next ${CALL}`])
})

it('dials a person and asks how it went', async () => {
  const { calls, gateway } = await openCall()
  calls.next = { kind: 'dial', number: e164('+14155550113'), label: 'billing' }
  const answer = await gateway.post('/twilio/after-stream', live)
  expect(answer.body).toContain(
    '<Response><Dial action="https://phone.example.com/twilio/after-dial#rc=2&amp;rp=ct,rt,5xx" method="POST" timeout="20" answerOnBridge="true" callerId="+14155550101"><Number statusCallback="https://phone.example.com/twilio/dial-status#rc=2&amp;rp=ct,rt,5xx" statusCallbackMethod="POST" statusCallbackEvent="answered completed">+14155550113</Number></Dial></Response>',
  )
})

it('apologises and rings the fallback route when the model is not to be had', async () => {
  const { calls, gateway } = await openCall()
  calls.next = { kind: 'fallback', route: { number: SUPPORT, label: 'sales' } }
  const answer = await gateway.post('/twilio/after-stream', live)
  expect(answer.body).toContain('connect you.</Say><Dial')
  expect(answer.body).toContain('>+14155550112</Dial>')
  calls.next = { kind: 'fallback' }
  const without = await gateway.post('/twilio/after-stream', live)
  expect(without.body).toMatch(/<Response><Say [^>]*>We are sorry[^<]*<\/Say><Hangup\/><\/Response>/)
})

it('hangs up a call it does not know, and one that is to end', async () => {
  const { calls, gateway } = await openCall()
  const unknown = await gateway.post('/twilio/after-stream', { ...live, CallSid: callSidOf(8) })
  expect(unknown.body).toContain('<Response><Hangup/></Response>')
  expect(calls.happened).toEqual([])
  expect((await gateway.post('/twilio/after-stream', live)).body).toContain('<Response><Hangup/></Response>')
})

it('ends the session of a completed call and has nothing more to say', async () => {
  const { calls, gateway } = await openCall()
  const answer = await gateway.post('/twilio/after-stream', { ...live, CallStatus: 'completed' })
  expect(answer.body).toContain('<Response/>')
  expect(calls.happened).toEqual([`end ${CALL} caller_hung_up`])
})

it.each([
  [{ DialCallStatus: 'completed', DialBridged: 'true' }, 'bridged'],
  [{ DialCallStatus: 'completed' }, 'bridged'],
  [{ DialCallStatus: 'answered', DialBridged: 'true' }, 'bridged'],
  [{ DialCallStatus: 'completed', DialBridged: 'false' }, 'no_answer'],
  [{ DialCallStatus: 'busy' }, 'busy'],
  [{ DialCallStatus: 'no-answer' }, 'no_answer'],
  [{ DialCallStatus: 'failed' }, 'failed'],
  [{ DialCallStatus: 'canceled' }, 'failed'],
])('reports the dial result %j as %s', async (fields, outcome) => {
  const { calls, gateway } = await openCall()
  await gateway.post('/twilio/after-dial', { ...live, ...fields })
  expect(calls.happened).toEqual([`next ${CALL} ${outcome}`])
})

it('ends a transferred call when the caller is gone after the dial', async () => {
  const { calls, gateway } = await openCall()
  const answer = await gateway.post('/twilio/after-dial', {
    CallSid: CALL,
    CallStatus: 'completed',
    DialCallStatus: 'completed',
    DialBridged: 'true',
  })
  expect(answer.body).toContain('<Response/>')
  expect(calls.happened).toEqual([`end ${CALL} transferred`])
})

it('speaks to the caller even when the session throws', async () => {
  const { calls, gateway } = await openCall()
  calls.next = () => {
    throw new Error('unexpected')
  }
  const answer = await gateway.post('/twilio/after-stream', live)
  expect(answer.status).toBe(200)
  expect(answer.body).toContain('>We are sorry')
  expect(answer.body).toContain('>+14155550112</Dial>')
  expect(gateway.logLines.at(-1)).toMatchObject({ level: 'error', msg: 'webhook failed', legId: CALL })
})

it('status callbacks end a call once they are terminal, and never fail for an unknown one', async () => {
  const { calls, gateway } = await openCall()
  for (const CallStatus of ['initiated', 'ringing', 'in-progress'])
    expect((await gateway.post('/twilio/status', { CallSid: CALL, CallStatus })).status).toBe(204)
  expect(calls.happened).toEqual([])
  expect((await gateway.post('/twilio/status', { CallSid: CALL, CallStatus: 'no-answer' })).status).toBe(204)
  expect(calls.happened).toEqual([`end ${CALL} never_connected`])
  expect((await gateway.post('/twilio/status', { CallSid: callSidOf(9), CallStatus: 'completed' })).status).toBe(204)
  for (const path of ['/twilio/amd', '/twilio/recording']) {
    expect((await gateway.post(path, { CallSid: CALL })).status).toBe(204)
    expect((await gateway.post(path, { CallSid: CALL }, { signature: 'forged' })).status).toBe(403)
  }
})

it.each([
  ['/twilio/after-stream', {}],
  ['/twilio/after-stream', { CallStatus: 'x'.repeat(50) }],
  ['/twilio/after-dial', {}],
  ['/twilio/after-dial', { DialCallStatus: 'x'.repeat(50), DialBridged: '' }],
  ['/twilio/after-record/voicemail', { RecordingSid: 'no sid', RecordingUrl: 'no address', RecordingDuration: 'long' }],
  ['/twilio/after-record/voicemail', { From: 'x'.repeat(300), To: 'x'.repeat(300), Direction: 'x'.repeat(50) }],
  ['/twilio/after-fallback', {}],
])('a field that is missing or strange does not cost a caller the call: %s %j', async (path, fields) => {
  const { calls, gateway } = await openCall()
  calls.next = { kind: 'connect' }
  const answer = await gateway.post(path, { CallSid: CALL, ...fields })
  expect([answer.status, answer.type]).toEqual([200, expect.stringContaining('text/xml')])
  expect(answer.body).toMatch(path === '/twilio/after-fallback' ? /<Say [^>]*>Nobody is available/ : /<Stream /)
})

it('keeps a recorded message whose length cannot be read', async () => {
  const { gateway } = await openCall()
  const recording = { RecordingSid: `RE${'0'.repeat(32)}`, RecordingUrl: 'https://api.twilio.com/r' }
  for (const duration of [{}, { RecordingDuration: 'long' }]) {
    const answer = await gateway.post('/twilio/after-record/voicemail', { ...live, ...recording, ...duration })
    expect(answer.body).toContain('Your message has been recorded')
  }
})

const afterFallback = async (fields: Record<string, string>) => {
  const gateway = await testGateway(fakeRegistry().registry)
  return gateway.post('/twilio/after-fallback', { CallSid: CALL, CallStatus: 'in-progress', ...fields })
}

it.each([
  { DialCallStatus: 'completed', DialBridged: 'true' },
  { DialCallStatus: 'completed' },
  { DialCallStatus: 'answered', DialBridged: 'true' },
])('a caller who has talked to the fallback is not told that nobody is available: %j', async (fields) => {
  const answer = await afterFallback(fields)
  expect([answer.status, answer.body.includes('<Response><Hangup/></Response>')]).toEqual([200, true])
})

it.each([
  { DialCallStatus: 'no-answer' },
  { DialCallStatus: 'busy' },
  { DialCallStatus: 'failed' },
  { DialCallStatus: 'canceled' },
  { DialCallStatus: 'completed', DialBridged: 'false' },
])('a caller whom the fallback did not take is told so: %j', async (fields) => {
  expect((await afterFallback(fields)).body).toMatch(/<Say [^>]*>Nobody is available right now[^<]*<\/Say><Hangup\/>/)
})

it('says nothing to a caller who hung up while the fallback rang', async () => {
  const answer = await afterFallback({ CallStatus: 'completed', DialCallStatus: 'canceled' })
  expect(answer.body).toContain('<Response/>')
})
