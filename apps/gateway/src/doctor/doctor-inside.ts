import type { Clock, E164 } from '@llc-phone/core'
import { summaryOf } from '../configuration/configured.ts'
import type { Env } from '../configuration/env.ts'
import type { Configuration } from '../configuration/open-configuration.ts'
import type { Finding } from './finding.ts'

/** The doctor's list of a moment. */
export interface Report {
  readonly checkedAt: Date
  readonly findings: readonly Finding[]
}

/** What there is to be said of a number at the carrier, and changes like `voice URL: https://old.example.com → https://phone.example.com`. */
export interface NumberLook {
  readonly changes: readonly string[]
  readonly finding: Finding
}

/** How our numbers are set at the carrier, and setting one right. */
export interface NumbersAtCarrier {
  /** What a number is set to, what is wrong with it, and what a repair would change. Rejects when the carrier does not answer. */
  look(number: E164): Promise<NumberLook>
  /** Sets a number right; resolves with what there is to be said of it then, and what it was. */
  repair(number: E164): Promise<NumberLook>
}

/** Looks at the gateway that it is a part of. */
export interface Doctor extends NumbersAtCarrier {
  /** The list, of at most 30 seconds ago. Never rejects. */
  report(): Promise<Report>
}

/** Asking opens sessions and reads the whole database, so a page that is loaded again gets the same list. */
const KEPT_MS = 30_000

/** A task whose result is kept for a while, unless it is forgotten before. */
type Kept<Result> = (() => Promise<Result>) & { forget(): void }

/** Runs a task, and gives its result to everybody who asks within `KEPT_MS` of its end; one runs at a time. */
export const kept = <Result>(task: () => Promise<Result>, clock: Pick<Clock, 'now'>): Kept<Result> => {
  let running: Promise<Result> | undefined
  let freshUntilMs = 0
  const ask = (): Promise<Result> => {
    if (running && clock.now() < freshUntilMs) return running
    freshUntilMs = Number.POSITIVE_INFINITY
    const current = task()
    running = current
    const settled = (): void => {
      if (running === current) freshUntilMs = clock.now() + KEPT_MS
    }
    current.then(settled, settled)
    return current
  }
  return Object.assign(ask, { forget: () => void (running = undefined) })
}

/** The doctor of a gateway. What it needs is loaded when somebody asks: the start does without. */
export const createDoctor = (
  env: Env,
  configuration: Pick<Configuration, 'settings' | 'numbers' | 'outbound'>,
  clock: Clock,
): Doctor => {
  const report = kept(async () => {
    const [{ checksOf }, { runChecks }] = await Promise.all([import('./doctor.ts'), import('./checks.ts')])
    const findings: Finding[] = []
    const configured = async () => summaryOf(configuration)
    for await (const finding of runChecks(checksOf({ env, configured, isInside: true }))) findings.push(finding)
    return { checkedAt: clock.date(), findings }
  }, clock)
  // Who publishes sees at once what it has mended.
  configuration.settings.onChange(report.forget)
  return {
    report,
    async look(number) {
      const { examineNumbers, findRepairs, differenceText } = await import('./doctor-numbers.ts')
      const [[finding], [repair]] = await Promise.all([examineNumbers(env, [number]), findRepairs(env, [number])])
      return { changes: repair?.differences.map(differenceText) ?? [], finding: finding! }
    },
    async repair(number) {
      const { examineNumbers, findRepairs, differenceText } = await import('./doctor-numbers.ts')
      const [repair] = await findRepairs(env, [number])
      await repair?.run()
      const [finding] = await examineNumbers(env, [number])
      return { changes: repair?.differences.map(differenceText) ?? [], finding: finding! }
    },
  }
}
