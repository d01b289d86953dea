import type { Situation } from '../situation.ts'
import { ivrSituations } from './ivr.ts'

/** Every situation, mode by mode. */
export const situations: readonly Situation[] = [...ivrSituations]
