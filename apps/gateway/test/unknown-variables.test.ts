import { expect, it } from 'vitest'
import { unknownVariables } from '../src/configuration/unknown-variables.ts'

it('names what nothing reads: everything in .env, and real variables that are nearly one of ours', () => {
  expect(
    unknownVariables(
      { OPENAI_API_KYE: 'sk-secret', PORT: '1', FAVOURITE_COLOUR: 'blue', SIM_MODELS: 'any' },
      { TWILIO_ACOUNT_SID: 'AC1', OPENAI_ORG_ID: 'org', PATH: '/bin', HTTPS_PROX: 'x', OPENAI_API_KYE: 'sk-secret' },
    ),
  ).toEqual([
    'OPENAI_API_KYE in .env is not read by llc-phone. Did you mean "OPENAI_API_KEY"?',
    'FAVOURITE_COLOUR in .env is not read by llc-phone. docs/reference/env.md has all that are.',
    'TWILIO_ACOUNT_SID in the environment is not read by llc-phone. Did you mean "TWILIO_ACCOUNT_SID"?',
  ])
})
