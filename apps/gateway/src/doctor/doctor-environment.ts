import { developmentEnv } from '@llc-phone/files'
import { readEnv, type Env, type EnvMode } from '../configuration/env.ts'
import { unknownVariables } from '../configuration/unknown-variables.ts'
import { failed, ok, warning, type Finding } from './finding.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** What the environment says. Without `env`, what can be looked at without one is all there is to look at. */
export interface Environment {
  readonly findings: readonly Finding[]
  readonly env?: Env
}

const NAMES = { openai: 'the Realtime API', twilio: 'Twilio' }

/** `variables` without what is wrong, completed as for `./phone dev`. */
const completed = (variables: Variables, wrong: Iterable<string>): Env | undefined => {
  const left = { ...variables }
  for (const name of wrong) delete left[name]
  const read = readEnv(developmentEnv(left).env, 'dev')
  return 'env' in read ? read.env : undefined
}

/**
 * Reads the environment as the gateway of `mode` does. Every variable that is missing or wrong is a finding, and the rest of
 * the list goes on with what `./phone dev` would put there. Values are not repeated.
 */
export const examineEnvironment = (
  variables: Variables,
  mode: EnvMode,
  unknown: readonly string[] = unknownVariables(),
): Environment => {
  const strange = unknown.map((sentence) =>
    warning('environment', sentence, 'Correct its name, or take it out; docs/reference/env.md has all that are read.'),
  )
  const { env: development, simulated } = developmentEnv(variables)
  const read = readEnv(mode === 'dev' ? development : variables, mode)
  if ('env' in read) {
    const played = mode === 'dev' ? simulated.map((each) => NAMES[each]).join(' and ') : ''
    const found = played === '' ? 'complete' : `complete for ./phone dev; simulated, for lack of credentials: ${played}`
    return { findings: [ok('environment', found), ...strange], env: read.env }
  }
  const problems = [...read.problems].map(([name, problem]) =>
    failed('environment', `${name} ${problem}`, `Set ${name} in .env, or try without it: ./phone dev.`),
  )
  const env = completed(variables, read.problems.keys())
  return { findings: [...problems, ...strange], ...(env ? { env } : {}) }
}
