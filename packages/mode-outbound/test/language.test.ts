import { testMode } from '@llc-phone/core/testing'
import { expect, it } from 'vitest'
import { budget, build, place, requests } from './fixtures.ts'

const IDENTITY = 'Hola, le habla el asistente virtual con inteligencia artificial de Harbor Dental'
const calls = build({ language: 'es' })

for (const request of Object.values(requests))
  testMode(calls.plan(request).mode, {
    ...budget,
    maxPromptTokens: budget.maxPromptTokens + 60,
    liveOrders: requests.custom.context.instructions.split('\n'),
  })

const openingOf = async (scenario: string, context: object) =>
  (await place(calls.plan({ ...requests.callback, scenario, context }))).greeting

it.each([
  ['confirmation', requests.confirmation.context, 'por una cita'],
  ['callback', {}, 'para devolverle la llamada, como nos pidió'],
  [
    'survey',
    { topic: 'los precios', questions: ['¿Son justos?'] },
    'para hacerle una pregunta breve sobre los precios',
  ],
  ['survey', { topic: 'los precios', questions: ['¿A?', '¿B?'] }, 'para hacerle 2 preguntas breves sobre los precios'],
  ['custom', { instructions: 'Say it.' }, 'por un asunto breve'],
  ['custom', { instructions: 'Say it.', purpose: 'su factura' }, 'para hablar de su factura'],
])('a call of %s opens in Spanish', async (scenario, context, reason) => {
  expect(await openingOf(scenario, context)).toBe(`${IDENTITY}. Le llamo ${reason}. ¿Es un buen momento?`)
})

it('leaves its message, and answers a recorded voice, in Spanish', async () => {
  const plan = calls.plan(requests.confirmation)
  expect(plan.machine).toEqual({
    action: 'leaveMessage',
    text: `${IDENTITY}. Llamo por una cita. Por favor, devuélvanos la llamada a este número.`,
  })
  const listening = plan.mode.tools.find(({ name }) => name === 'keep_listening')
  expect(listening?.description).toContain(`first say only "${IDENTITY}. Llamo por una cita."`)
  expect(plan.mode.language).toBe('es')
})

it('says the name of the assistant', async () => {
  const named = build({ language: 'es', agentName: 'Sol' }).plan(requests.callback)
  expect((await place(named)).greeting).toMatch(
    /^Hola, le habla Sol, asistente virtual con inteligencia artificial de Harbor Dental\. Le llamo/,
  )
})
