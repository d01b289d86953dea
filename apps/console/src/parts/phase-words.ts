const PHASES: Readonly<Record<string, string>> = {
  warming: 'ringing',
  ready: 'ringing',
  joining: 'connecting',
  live: 'talking',
  away: 'with a person',
  leaving: 'saying goodbye',
  ended: 'ended',
}

/** What a call is doing, from its phase. */
export const phaseText = (phase: string): string => PHASES[phase] ?? phase
