/** Prints a call while it lasts: one calm line per thing a person would notice. */
import { styleText } from 'node:util'
import type { TimelineEntry } from '@llc-phone/virtual-carrier/types'
import type { LatencyStep } from './call-latency.ts'

/** Gets the events of one call, in the order they happen. */
export interface CallPrinter {
  ringing(call: { to: string; from: string }): void
  entry(entry: TimelineEntry): void
  assistantSaid(turns: readonly string[]): void
  /** The call is over, and the gateway has not answered everything yet. */
  waiting(atMs: number): void
}

const dim = (text: string): string => styleText('dim', text, { stream: process.stdout })
const bold = (text: string): string => styleText('bold', text, { stream: process.stdout })

/** Colours only on a terminal that wants them. `person` is whose call it is: somebody who rings us, or whom we ring. */
export function createCallPrinter(print: (line: string) => void, person: 'caller' | 'callee' = 'caller'): CallPrinter {
  const [rings, answers] = person === 'caller' ? ['caller', 'gateway'] : ['gateway', 'callee']
  let speakingSinceMs = 0
  // Whom the caller hears: after a transfer it is a person.
  let other = 'assistant'
  const line = (atMs: number, who: string, what: string): void =>
    print(`${dim(`${(atMs / 1000).toFixed(1).padStart(6)} s`)}  ${who.padEnd(9)}  ${what}`)

  return {
    ringing: ({ to, from }) => line(0, rings, dim(`rings ${to} from ${from}`)),
    entry(entry) {
      const { atMs, type } = entry
      switch (type) {
        case 'answered':
          return line(atMs, answers, dim('answers'))
        case 'caller-start':
          return line(
            atMs,
            person,
            entry.text?.startsWith('(') ? dim(`plays ${entry.text.slice(1, -1)}`) : bold(entry.text ?? ''),
          )
        case 'dtmf':
          return line(atMs, person, `presses ${entry.digits}`)
        case 'assistant-start':
          speakingSinceMs = atMs
          return
        case 'assistant-stop':
          return line(atMs, other, dim(`has spoken for ${((atMs - speakingSinceMs) / 1000).toFixed(1)} s`))
        case 'clear':
          if (entry.tookMs) line(atMs, 'assistant', dim(`is interrupted, ${(entry.tookMs / 1000).toFixed(1)} s unsaid`))
          return
        case 'say':
          return line(atMs, 'gateway', `says "${entry.text}"`)
        case 'dial':
          return line(atMs, 'gateway', dim(`dials ${entry.text}`))
        case 'bridged':
          other = 'colleague'
          return line(atMs, 'gateway', dim(`connects the ${person} with ${entry.text}`))
        case 'dialled':
          other = 'assistant'
          return line(atMs, 'gateway', dim(`the dial ended: ${entry.status}`))
        case 'record':
          return line(atMs, 'gateway', dim('records a message'))
        case 'conference':
          return line(atMs, person, dim(`${entry.text} conference ${entry.name}`))
        case 'callback':
          if (entry.name === 'amd') line(atMs, 'twilio', dim(`detects ${entry.params?.AnsweredBy}`))
          return
        case 'warning':
        case 'error':
          return line(atMs, 'twilio', `${entry.code}: ${entry.text}`)
        case 'ended':
          return line(atMs, 'twilio', dim(`${entry.status}: ${entry.text}`))
        default:
      }
    },
    waiting: (atMs) => line(atMs, 'twilio', dim('waits for the last answers of the gateway')),
    assistantSaid(turns) {
      for (const text of turns) print(`${' '.repeat(10)}${'assistant'.padEnd(9)}  ${bold(text)}`)
    },
  }
}

/** Steps on the left, milliseconds on the right. */
export function renderTable(steps: readonly LatencyStep[]): string {
  const width = Math.max(...steps.map(({ step }) => step.length), 0)
  return steps
    .map(({ step, ms }) => `${step.padEnd(width)}  ${ms === undefined ? '       –' : `${String(ms).padStart(5)} ms`}`)
    .join('\n')
}
