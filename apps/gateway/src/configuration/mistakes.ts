import { GatewayError } from '@llc-phone/core'

/** One `config_invalid` with every mistake in gateway.config.ts, one per line. */
export const configMistakes = (problems: readonly string[]): GatewayError =>
  new GatewayError(
    'config_invalid',
    [
      `gateway.config.ts has ${problems.length === 1 ? 'a mistake' : 'mistakes'}:`,
      ...problems.map((line) => `  ${line}`),
    ].join('\n'),
  )
