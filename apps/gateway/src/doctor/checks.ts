import { pause, systemClock } from '@llc-phone/core'
import { failed, warning, type Finding } from './finding.ts'

/** One check of the list; it may find several things. */
export interface Check {
  readonly name: string
  readonly limitMs: number
  run(): Promise<readonly Finding[]> | readonly Finding[]
}

/** What went wrong, in words: with the reason below `fetch failed`. */
export const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'no answer in time'
  const { code, message } = (error.cause ?? {}) as { code?: string; message?: string }
  const reason = code ?? message
  return reason === undefined || error.message.includes(reason) ? error.message : `${error.message} (${reason})`
}

const findingsOf = async ({ name, limitMs, run }: Check): Promise<readonly Finding[]> => {
  try {
    const findings = await pause(systemClock, limitMs, (async () => run())())
    if (findings) return findings
  } catch (error) {
    return [
      failed(name, messageOf(error), 'Run ./phone doctor again; if it stays, the log of the gateway may say more.'),
    ]
  }
  const said = `was not found out within ${limitMs / 1_000} s`
  return [
    warning(name, said, 'Run ./phone doctor again; if it stays, look what keeps this machine or its network busy.'),
  ]
}

/** Runs checks beside each other, each within its limit; findings come in the order of the checks. */
export async function* runChecks(checks: readonly Check[]): AsyncGenerator<Finding> {
  const running = checks.map(findingsOf)
  for (const findings of running) yield* await findings
}
