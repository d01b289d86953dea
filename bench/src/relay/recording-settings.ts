import { NUMBERS } from '../process/gateway-env.ts'

const recorded = {
  recordsCalls: true,
  greeting: 'This is the assistant of Harbor Dental. This call may be recorded. How can I help you?',
}

/** The business of the bench as a document of settings, with every call recorded. */
export const RECORDING_SETTINGS = {
  business: { name: 'Harbor Dental', timeZone: 'America/New_York', hours: { 'mon-sun': '00:00-24:00' } },
  routes: { support: { label: 'the support desk', when: 'anything', number: '+14155550112' } },
  modes: {
    menu: { kind: 'ivr', operator: 'support', ...recorded },
    frontDesk: { kind: 'receptionist', ...recorded },
    customerService: { kind: 'csr', escalateTo: 'support', ...recorded },
  },
  numbers: {
    list: {
      [NUMBERS.IVR_DID]: { mode: 'menu' },
      [NUMBERS.RECEPTIONIST_DID]: { mode: 'frontDesk' },
      [NUMBERS.CSR_DID]: { mode: 'customerService' },
    },
    unknown: 'frontDesk',
    fallback: 'support',
  },
}
