import { e164 } from '@llc-phone/core'
import { testMode } from '@llc-phone/core/testing'
import { expect, it } from 'vitest'
import { ivr } from '../src/index.ts'

const mode = ivr({
  business: { name: 'Clínica del Puerto', timeZone: 'Europe/Madrid' },
  departments: { ventas: { number: e164('+34911234567'), label: 'el departamento de ventas' } },
  operator: { number: e164('+34911234568') },
  voicemail: true,
  language: 'es',
})

testMode(mode)

it('greets, and names what the menu adds by itself, in Spanish', async () => {
  const { greeting, instructions } = await mode.brief({
    callId: 'call-1',
    legId: 'CA1',
    direction: 'inbound',
    otherParty: {},
    dialled: e164('+34910000000'),
    startedAt: new Date('2026-03-02T08:00:00Z'),
  })
  expect(greeting).toBe(
    'Gracias por llamar a Clínica del Puerto. Le atiende el asistente virtual con inteligencia artificial. ¿Con quién desea hablar?',
  )
  expect(instructions).toContain('0 for operator: la recepción')
  expect(instructions).toContain('9 for voicemail: nuestro buzón de voz')
})
