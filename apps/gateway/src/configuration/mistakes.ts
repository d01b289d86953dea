import { GatewayError } from '@llc-phone/core'

/** What is wrong with gateway.config.ts, a line each, as the one `config_invalid` that its reader gets. */
export const configMistakes = (problems: readonly string[]): GatewayError =>
  new GatewayError(
    'config_invalid',
    [
      `gateway.config.ts has ${problems.length === 1 ? 'a mistake' : 'mistakes'}:`,
      ...problems.map((line) => `  ${line}`),
    ].join('\n'),
  )
