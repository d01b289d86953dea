import { describe, expect, it } from 'vitest'
import { e164, numberFromNetwork, tryE164 } from '../../src/index.ts'

const OURS = e164('+14155550100')
const GERMAN = e164('+4930123456')

describe('who calls, as the network says it', () => {
  it.each([
    '+14155550199',
    'sip:+14155550199@carrier.example;user=phone',
    'SIP:+14155550199@10.0.0.1:5061;transport=tls',
    'sips:+14155550199@carrier.example',
    'sip:+14155550199;tag=7:secret@carrier.example',
    'sip:%2B14155550199@carrier.example',
    'sip:+1-415-555-0199@carrier.example',
    '"Ann Meyer" <sip:+14155550199@carrier.example>;tag=88',
    'sip:+14155550199',
    'tel:+14155550199',
    'tel:+1-(415)-555.0199;ext=22',
    'sip:0014155550199@carrier.example',
    '0014155550199',
    '+0014155550199',
    'tel:4155550199;phone-context=+1',
    'sip:4155550199;phone-context=+1@carrier.example;user=phone',
    'tel://+14155550199',
    'sip://+14155550199@carrier.example',
    'sip:+14155550199@[2001:db8::1]:5060;user=phone',
    'sip:+14155550199@carrier.example?Subject=a@b',
    'sip:+14155550199%40home@carrier.example',
    '"Ann <home>" <sip:+14155550199@carrier.example>',
    '"<sip:+442079460123@bank.example>" <sip:+14155550199@carrier.example>',
    String.raw`"a \"<sip:+442079460123@b>" <sip:+14155550199@carrier.example>`,
    '+1 415\u2011555\u20110199',
    '\u202a+14155550199\u202c',
    '+14155550199\u0000\r\n',
    '＋１４１５５５５０１９９',
    'sip:+١٤١٥٥٥٥٠١٩٩@carrier.example',
  ])('%s is +14155550199, wherever it rings', (text) => {
    expect([numberFromNetwork(text), numberFromNetwork(text, GERMAN)]).toEqual(['+14155550199', '+14155550199'])
  })

  it.each([
    ['+5215512345678', '+525512345678'],
    ['sip:+5215512345678@carrier.example', '+525512345678'],
    ['+4407700900123', '+447700900123'],
    ['+44 7700 900123', '+447700900123'],
    ['tel:07700900123;phone-context=+44', '+447700900123'],
    ['004930123456', '+4930123456'],
  ])('%s is the one spelling of that telephone: %s', (text, number) => {
    expect(numberFromNetwork(text, OURS)).toBe(number)
    expect(tryE164(number)).toBe(number)
  })

  it.each([
    '4155550199',
    '14155550199',
    'sip:4155550199@pbx',
    'sip:14155550199@pbx',
    '(415) 555-0199',
    '01114155550199',
  ])('%s is certain only where we are in North America ourselves', (text) => {
    expect(numberFromNetwork(text, OURS)).toBe('+14155550199')
    expect([numberFromNetwork(text, GERMAN), numberFromNetwork(text)]).toEqual([undefined, undefined])
  })

  it.each([
    '',
    ' ',
    'anonymous',
    'Restricted',
    'sip:anonymous@anonymous.invalid',
    'sip:1001@pbx.example',
    'sip:alice@example.com',
    'sip:14.155.55.199',
    'sip:192.168.10.20',
    'client:alice',
    'client:+14155550199',
    'sip:911@pbx.example',
    '0301234567',
    '+0301234567',
    '+999123456',
    '+1415',
    '++14155550199',
    'sip:@carrier.example',
    'sip:%ZZ@carrier.example',
    'tel:4155550199;phone-context=example.com',
    '</Say><Dial>+882123456</Dial>',
    `sip:${'9'.repeat(300)}@example.com`,
    `sip:+14155550199@${'x'.repeat(600)}`,
  ])('"%s" is nobody we could ring back', (text) => {
    expect(numberFromNetwork(text, GERMAN)).toBeUndefined()
  })
})
