import { GatewayError } from '@llc-phone/core'
import type { Finding } from '@llc-phone/settings'

/** How many findings a message names; all of them are in `findings`. */
const NAMED = 20

/** One finding in a line: `modes.frontDesk.voice: must be text`. */
export const findingText = ({ path, message }: Finding): string => `${path || 'the document'}: ${message}`

/** Settings that cannot be built, with everything that is wrong with them; nothing was changed. */
export class SettingsInvalid extends GatewayError {
  readonly findings: readonly Finding[]

  constructor(findings: readonly Finding[], what = 'The settings') {
    const errors = findings.filter(({ severity }) => severity === 'error')
    const more = errors.length > NAMED ? [`  and ${errors.length - NAMED} more`] : []
    super(
      'settings_invalid',
      [
        `${what} cannot be used; nothing was changed:`,
        ...errors.slice(0, NAMED).map((finding) => `  ${findingText(finding)}`),
        ...more,
      ].join('\n'),
    )
    this.findings = findings
  }
}

/** A change of settings that a file owns. */
export const readOnly = (file: string): GatewayError =>
  new GatewayError(
    'settings_read_only',
    `The settings come from the file ${file} (SETTINGS) alone: change it there, then run ./phone settings reload.`,
  )
