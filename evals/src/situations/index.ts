import type { Situation } from '../situation.ts'
import { commonSituations } from './common.ts'
import { csrSituations } from './csr.ts'
import { identitySituations } from './csr-identity.ts'
import { ivrSituations } from './ivr.ts'
import { machineSituations } from './outbound-machines.ts'
import { othersSituations } from './outbound-others.ts'
import { outboundSituations } from './outbound.ts'
import { messageSituations } from './receptionist-messages.ts'
import { receptionistSituations } from './receptionist.ts'

/** Every situation: what is asked of all modes, and what is asked of one. */
export const situations: readonly Situation[] = [
  ...commonSituations,
  ...ivrSituations,
  ...receptionistSituations,
  ...messageSituations,
  ...csrSituations,
  ...identitySituations,
  ...outboundSituations,
  ...othersSituations,
  ...machineSituations,
]
