import type { Disposition } from '@llc-phone/core'
import type { End } from './situation.ts'

/** How a call ended, as situations name it. */
export const endOf = (disposition: Disposition | undefined): End | 'open' => {
  switch (disposition) {
    case 'assistant_hung_up':
      return 'assistant'
    case 'transferred':
    case 'voicemail':
      return disposition
    case 'answering_machine':
      return 'machine'
    case 'caller_hung_up':
      return 'caller'
    default:
      return 'open'
  }
}
