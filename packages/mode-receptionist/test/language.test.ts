import { e164 } from '@llc-phone/core'
import { memoryMessages, testMode } from '@llc-phone/core/testing'
import { expect, it } from 'vitest'
import { receptionist } from '../src/index.ts'

const business = { name: 'Clínica del Puerto', timeZone: 'Europe/Madrid', language: 'es' } as const
const routes = { recepcion: { number: e164('+34911234567'), label: 'la recepción' } }
const directory = [{ name: 'Ana López', role: 'dentista', route: 'recepcion' }]
const mode = receptionist({ business, routes, directory, messages: memoryMessages(), offers: ['callback', 'visit'] })

testMode(mode, { maxPromptTokens: 780, maxToolTokens: 1_300 })

const callAt = (startedAt: string) => ({
  callId: 'call-1',
  legId: 'CA1',
  direction: 'inbound' as const,
  otherParty: {},
  dialled: e164('+34910000000'),
  startedAt: new Date(startedAt),
})

it.each([
  ['2026-03-02T08:00:00Z', 'Buenos días'],
  ['2026-03-02T17:00:00Z', 'Buenas tardes'],
  ['2026-03-02T21:00:00Z', 'Buenas noches'],
])('greets at %s with %s', async (startedAt, words) => {
  const { greeting, instructions } = await mode.brief(callAt(startedAt))
  expect(greeting).toBe(
    `${words}, gracias por llamar a Clínica del Puerto. Le atiende el asistente virtual con inteligencia artificial. ¿En qué puedo ayudarle?`,
  )
  expect(instructions).toContain('Language: Spanish')
  expect(instructions).not.toContain('Language: English')
})

it('speaks the language of the instance when the business has another', async () => {
  const english = receptionist({ business, routes, messages: memoryMessages(), language: 'en' })
  expect(english.language).toBe('en')
  expect((await english.brief(callAt('2026-03-02T08:00:00Z'))).greeting).toMatch(/^Good morning, thank you for calling/)
  expect(english.promptVersion).not.toBe(mode.promptVersion)
})
