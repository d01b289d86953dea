import { testMode } from '@llc-phone/core/testing'
import { expect, it } from 'vitest'
import { ANNA, answer, build, callFrom, fakeCustomers } from './fixtures.ts'

const customers = fakeCustomers({
  findByNumber: async (number) => (number === ANNA ? [{ id: 'anna', firstName: 'Ana', lastName: 'Keller' }] : []),
})
const mode = build({ customers, language: 'es' })

testMode(mode, { maxPromptTokens: 740, maxToolTokens: 1_900 })

it('greets a caller whom it knows by name, and others without', async () => {
  expect((await answer(mode, callFrom(ANNA))).greeting).toBe(
    'Hola, Ana, gracias por llamar a Harbor Dental. Le atiende el asistente virtual con inteligencia artificial. ¿En qué puedo ayudarle hoy?',
  )
  expect((await answer(mode, callFrom())).greeting).toMatch(/^Hola, gracias por llamar a Harbor Dental\. Le atiende/)
})
