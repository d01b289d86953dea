import { e164 } from '@llc-phone/core'
import { expect, it } from 'vitest'
import { createTwiml } from '../src/twilio/twiml.ts'
import { fakeRegistry } from './support/fake-calls.ts'
import { callSidOf, IVR_DID, PUBLIC_URL, SUPPORT, testGateway } from './support/gateway.ts'

const CALL = callSidOf(7)
const twiml = createTwiml(PUBLIC_URL)
const person = { number: SUPPORT, label: 'the support desk' }
const voicemail = { voicemail: true, label: 'our voicemail' } as const

const documents: Record<string, string> = {
  stream: twiml.stream('token'),
  keys: twiml.keys('12', 'token'),
  dial: twiml.dial(e164('+14155550113'), IVR_DID),
  record: twiml.record('voicemail'),
  'conference of the caller': twiml.conference('room', 'caller'),
  'conference of the person': twiml.conference('room', 'person'),
  askPerson: twiml.askPerson('Ann calls.', 'call-1/1'),
  farewell: twiml.farewell('Goodbye.'),
  'apology with a person': twiml.apology(IVR_DID, person),
  'apology with a voicemail': twiml.apology(IVR_DID, voicemail),
  'apology alone': twiml.apology(IVR_DID, undefined),
  calleeApology: twiml.calleeApology(),
  nobodyThere: twiml.nobodyThere(),
}

/** The names of the verbs a listener hears, in order, and whether each hands over to an action. */
const verbsOf = (document: string) =>
  [...document.matchAll(/<(Say|Play|Dial|Record|Gather|Connect|Redirect|Hangup)\b([^>]*)>/g)].map(
    ([, name = '', attributes = '']) => ({ name, asks: attributes.includes('action=') }),
  )

it.each(Object.entries(documents))('%s: nothing is said behind a talk that went well', (_name, document) => {
  const verbs = verbsOf(document)
  for (const [index, { name, asks }] of verbs.entries()) {
    const spokenLater = verbs.slice(index + 1).filter((later) => later.name === 'Say' && name !== 'Gather')
    if (['Dial', 'Record', 'Connect'].includes(name) && !asks) expect(spokenLater).toEqual([])
  }
})

it('asks how the ringing of the fallback route went', () => {
  expect(documents['apology with a person']).toContain(
    '<Dial action="https://phone.example.com/twilio/after-fallback" method="POST"',
  )
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
  expect((await afterFallback(fields)).body).toMatch(/<Say>Nobody is available right now[^<]*<\/Say><Hangup\/>/)
})

it('says nothing to a caller who hung up while the fallback rang', async () => {
  const answer = await afterFallback({ CallStatus: 'completed', DialCallStatus: 'canceled' })
  expect(answer.body).toContain('<Response/>')
})
