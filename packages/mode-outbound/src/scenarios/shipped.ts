import type { Scenario } from '../scenario.ts'
import { callback } from './callback.ts'
import { confirmation } from './confirmation.ts'
import { custom } from './custom.ts'
import { survey } from './survey.ts'

/** The scenarios that every gateway has. */
export const shippedScenarios: readonly Scenario[] = [confirmation, callback, survey, custom]

/** The scenario of a request that names none. */
export const DEFAULT_SCENARIO = callback.name
