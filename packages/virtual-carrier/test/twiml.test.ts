import twilio from 'twilio'
import { expect, test } from 'vitest'
import { parseTwiml } from '../src/twiml.ts'

test('verbs keep their order, their attributes and their text', () => {
  const nodes = parseTwiml(
    '<?xml version="1.0"?><Response><Say voice="man">Hi &amp; bye</Say><Pause length="2"/><Say>again</Say><Hangup/></Response>',
  )
  expect(nodes.map(({ name, text }) => [name, text])).toEqual([
    ['Say', 'Hi & bye'],
    ['Pause', ''],
    ['Say', 'again'],
    ['Hangup', ''],
  ])
  expect(nodes[0]!.attributes).toEqual({ voice: 'man' })
  expect(nodes[1]!.attributes).toEqual({ length: '2' })
})

test('what the official builder writes is read back', () => {
  const response = new twilio.twiml.VoiceResponse()
  const connect = response.connect({ action: 'https://gw.example.com/after?a=1&b=2' })
  connect.stream({ url: 'wss://gw.example.com/media/t' }).parameter({ name: 'who', value: 'Zoë & "Co" <x>' })
  response.dial({ timeout: 20 }, '+14155550111')
  const [first, second] = parseTwiml(response.toString())
  expect(first!.attributes.action).toBe('https://gw.example.com/after?a=1&b=2')
  expect(first!.children[0]!.attributes.url).toBe('wss://gw.example.com/media/t')
  expect(first!.children[0]!.children[0]!.attributes).toEqual({ name: 'who', value: 'Zoë & "Co" <x>' })
  expect(second).toMatchObject({ name: 'Dial', text: '+14155550111', attributes: { timeout: '20' } })
})

test.each([
  ['nothing', ''],
  ['no XML', 'Internal Server Error'],
  ['a cut document', '<Response><Say>Hi</Response>'],
  ['another root', '<html><body/></html>'],
  ['an unknown verb', '<Response><Shout>Hi</Shout></Response>'],
  ['a verb in the wrong place', '<Response><Stream url="wss://gw.example.com/media"/></Response>'],
  ['a wrong child', '<Response><Connect><Say>Hi</Say></Connect></Response>'],
])('%s is refused as 12100', (_, document) => {
  expect(() => parseTwiml(document)).toThrow(expect.objectContaining({ code: 12100 }))
})

test('a document of more than 64 kB is refused as 11750', () => {
  const document = `<Response><Say>${'a'.repeat(70_000)}</Say></Response>`
  expect(() => parseTwiml(document)).toThrow(expect.objectContaining({ code: 11750 }))
})
