import { e164 } from '@llc-phone/core'
import { expect, it } from 'vitest'
import { createTwiml, keysOfExtension } from '../src/twiml.ts'
import { OURS, PUBLIC_URL, SUPPORT } from './support/requests.ts'

const twiml = createTwiml(PUBLIC_URL)
const person = { number: SUPPORT, label: 'the support desk' }
const voicemail = { voicemail: true, label: 'our voicemail' } as const

const documents: Record<string, string> = {
  stream: twiml.stream('token'),
  keys: twiml.keys('12', 'token'),
  dial: twiml.dial(e164('+14155550113'), OURS),
  record: twiml.record('voicemail'),
  'conference of the caller': twiml.conference('room', 'caller'),
  'conference of the person': twiml.conference('room', 'person'),
  askPerson: twiml.askPerson('Ann calls.', 'call-1/1'),
  farewell: twiml.farewell('Goodbye.'),
  'apology with a person': twiml.apology(OURS, person),
  'apology with a voicemail': twiml.apology(OURS, voicemail),
  'apology alone': twiml.apology(OURS, undefined),
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
    '<Dial action="https://phone.example.com/twilio/after-fallback#rc=2&amp;rp=ct,rt,5xx" method="POST"',
  )
})

it('rings the fallback route with the keys of its extension', () => {
  const route = { number: SUPPORT, extension: '22', label: 'support' }
  expect(twiml.apology(OURS, route)).toContain(`<Number sendDigits="ww22">${SUPPORT}</Number>`)
  expect(twiml.dial(SUPPORT, OURS, '22')).toContain('sendDigits="ww22"')
  expect(twiml.dial(SUPPORT, OURS)).not.toContain('sendDigits')
  expect(keysOfExtension('wwww22')).toBe('wwww22')
})
