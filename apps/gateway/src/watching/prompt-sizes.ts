import { promptSizeOf } from '@llc-phone/core'
import type { Logger } from 'pino'
import type { Numbers } from '../configuration/numbers.ts'
import type { Metrics } from './metrics.ts'

/** Logs and counts how many tokens every call of each mode instance that answers a number begins with. */
export const reportPromptSizes = (numbers: Numbers, log: Logger, metrics: Pick<Metrics, 'promptSize'>): void => {
  const answers = [numbers.resolve(undefined), ...numbers.list().map(({ number }) => numbers.resolve(number))]
  const estimatedTokens: Record<string, number> = {}
  for (const { name, mode } of answers) {
    if (!mode) continue
    const size = promptSizeOf(mode)
    metrics.promptSize(name, size)
    estimatedTokens[name] = size.instructions + size.tools
  }
  log.info({ estimatedTokens }, 'prompt sizes')
}
