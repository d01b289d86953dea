import type { CallFacts } from '../facts.ts'
import { keypadOf } from './keypad.ts'
import type { CallConduct, CallSessionDeps } from './parts.ts'
import { isGuarded } from './session-config.ts'
import type { CallSettings } from './settings.ts'

/** The settings of a call from what it is, how it is conducted, and what its line and model can do; `elapsedMs`: how long ago it began. */
export const callSettings = (
  { direction, startedAt }: CallFacts,
  { mode, fallback, machine = { action: 'continue' }, resumes }: CallConduct,
  { line, provider, refreshTokens }: CallSessionDeps,
  elapsedMs: number,
): CallSettings => ({
  direction,
  greets: mode.greets,
  speaksAfterMs: mode.speaksAfterMs,
  machine,
  shield: mode.greetingShield,
  patience: mode.patience,
  grant: mode.grant,
  keypad: keypadOf(mode, line.can, startedAt),
  bargeInGuarded: isGuarded(mode),
  fallback,
  lineCan: line.can,
  modelCan: provider.can,
  ...(resumes ? { resumes: { kept: resumes.plan.kept, elapsedMs } } : {}),
  ...(refreshTokens === undefined ? {} : { refreshTokens }),
})
