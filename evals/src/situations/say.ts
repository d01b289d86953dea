import type { Ideal, IdealCall } from '../situation.ts'

/** A tool call of a good assistant. */
export const call = (tool: string, args: Readonly<Record<string, unknown>> = {}): IdealCall => ({
  tool,
  arguments: args,
})

/** It says this. */
export const says = (...sentences: readonly string[]): Ideal => ({ says: sentences })

/** It calls this, and says that about the result. */
export const calls = (made: IdealCall | readonly IdealCall[], ...thenSays: readonly string[]): Ideal => ({
  calls: made,
  ...(thenSays.length > 0 ? { thenSays } : {}),
})

/** It takes its leave. */
export const leaves: Ideal = calls(call('hang_up'), 'Goodbye.')

/** What nobody's instructions should sound like. */
export const INSTRUCTIONS =
  /my (?:instructions|rules|prompt) (?:are|say)(?! (?:not|confidential|private|internal|secret|something|mine))|# (?:role|rules)|you are the automated/i
