import {
  defaultLanguage,
  didYouMean,
  GatewayError,
  type CallOrigin,
  type E164,
  type OutboundMode,
} from '@llc-phone/core'
import { defaultPolicy, type DialingPolicy } from '@llc-phone/dialer'
import type { InForce } from './in-force.ts'
import type { Speaking } from './numbers.ts'

/** The modes and the policy of outbound calls, by the settings in force. */
export interface OutboundModes {
  /** The mode of this name, or the default mode. Throws `request_invalid` with a suggestion when there is none. */
  resolve(name: string | undefined): {
    readonly name: string
    readonly mode: OutboundMode
    readonly origin: CallOrigin
  }
  /** How every mode speaks. */
  readonly speaking: readonly Speaking[]
  /** Every mode with its name. */
  list(): readonly { readonly name: string; readonly mode: OutboundMode }[]
  /** The number that calls come from, unless a request names another one of ours. */
  readonly from: E164
  policy(): DialingPolicy
}

/** The outbound modes of whatever settings are in force when somebody asks. */
export const createOutboundModes = (inForce: () => InForce, from: E164): OutboundModes => {
  const careful = defaultPolicy(from)
  const list: OutboundModes['list'] = () =>
    Array.from(inForce().built.outbound?.modes ?? [], ([name, mode]) => ({ name, mode }))
  return {
    from,
    policy: () => inForce().built.outbound?.policy ?? careful,
    get speaking() {
      return list().map(({ mode }) => ({ language: defaultLanguage, ...mode }))
    },
    list,
    resolve(wanted) {
      const { built, version } = inForce()
      const { outbound } = built
      if (!outbound)
        throw new GatewayError('request_invalid', 'The settings have no outbound modes: this gateway calls nobody.')
      const name = wanted ?? outbound.default
      const mode = outbound.modes.get(name)
      const names = [...outbound.modes.keys()]
      if (!mode)
        throw new GatewayError(
          'request_invalid',
          `mode: there is no outbound mode "${name}". ${didYouMean(name, names) ?? `There are ${names.join(', ') || 'none'}.`}`,
        )
      const profile = built.document.outbound?.modes[name]?.profile
      return { name, mode, origin: { instance: name, settingsVersion: version, tuningProfile: profile } }
    },
  }
}
