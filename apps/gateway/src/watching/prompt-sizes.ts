import { promptSizeOf } from '@llc-phone/core'
import type { Logger } from 'pino'
import type { Numbers } from '../configuration/numbers.ts'
import type { Metrics } from './metrics.ts'

/** Logs and counts how many tokens each mode instance that answers a number begins every call with. */
export const reportPromptSizes = (numbers: Numbers, log: Logger, metrics: Pick<Metrics, 'promptSize'>): void => {
  const answers = [numbers.resolve(undefined), ...numbers.list().map(({ number }) => numbers.resolve(number))]
  for (const { name, mode } of new Map(answers.map((answer) => [answer.name, answer])).values()) {
    const size = promptSizeOf(mode)
    metrics.promptSize(name, size)
    log.info(
      { instance: name, mode: mode.name, promptVersion: mode.promptVersion, estimatedTokens: size },
      'prompt of a mode',
    )
  }
}
