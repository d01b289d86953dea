import { e164, languageCodes, wordsIn, type Language } from '@llc-phone/core'
import { describe, expect, it } from 'vitest'
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
  askPerson: twiml.askPerson('en', { label: 'sales', introduction: 'Ann calls.' }, 'call-1/1'),
  farewell: twiml.farewell('en', 'nobodyThere'),
  'apology with a person': twiml.apology('en', OURS, person),
  'apology with a voicemail': twiml.apology('en', OURS, voicemail),
  'apology alone': twiml.apology('en', OURS, undefined),
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
  expect(twiml.apology('en', OURS, route)).toContain(`<Number sendDigits="ww22">${SUPPORT}</Number>`)
  expect(twiml.dial(SUPPORT, OURS, '22')).toContain('sendDigits="ww22"')
  expect(twiml.dial(SUPPORT, OURS)).not.toContain('sendDigits')
  expect(keysOfExtension('wwww22')).toBe('wwww22')
})

describe.each(languageCodes)('in %s', (language: Language) => {
  const { sentences } = wordsIn(language)
  const told = { label: 'la recepción', introduction: 'Llama Ana.' }

  it('every sentence is said by a voice of the language', () => {
    const spoken = [
      twiml.apology(language, OURS, person),
      twiml.apology(language, OURS, voicemail, true),
      twiml.apology(language, undefined, undefined),
      twiml.askPerson(language, { ...told, isBehindExtension: true }, 'call-1/1'),
      twiml.farewell(language, 'callerGone'),
    ]
    for (const document of spoken) {
      const [, attributes = ''] = /<Say ([^>]*)>/.exec(document) ?? []
      expect(attributes).toMatch(new RegExp(`^language="${language}-[A-Z]{2}" voice="[\\w.-]+"`))
    }
  })

  it('the words are those of its file', () => {
    expect(twiml.apology(language, OURS, person)).toContain(
      `>${sentences.unavailable} ${sentences.connecting}</Say><Dial`,
    )
    expect(twiml.apology(language, OURS, voicemail, true)).toContain(
      `>${sentences.interrupted} ${sentences.leaveMessage}</Say><Record`,
    )
    expect(twiml.apology(language, OURS, undefined)).toContain(`>${sentences.unavailable} ${sentences.callLater}</Say>`)
    expect(twiml.askPerson(language, told, 'call-1/1')).toMatch(
      />[^<]+ la recepción\. Llama Ana\. [^<]+ 1 [^<]+<\/Say>/,
    )
    expect(twiml.farewell(language, 'messageLost')).toContain(`>${sentences.messageLost}</Say><Hangup/>`)
  })
})
