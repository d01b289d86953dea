import { didYouMean, GatewayError, issueSentences, type E164, type OutboundMode } from '@llc-phone/core'
import { dialingPolicySchema, type DialingPolicy } from '@llc-phone/dialer'
import { configMistakes } from './mistakes.ts'

/** The modes and the policy of outbound calls. */
export interface OutboundModes {
  /** The mode of this name, or the default mode. Throws `request_invalid` with a suggestion when there is none. */
  resolve(name: string | undefined): { readonly name: string; readonly mode: OutboundMode }
  /** Every voice that a mode names. */
  readonly voices: readonly string[]
  /** Every mode with its name. */
  list(): readonly { readonly name: string; readonly mode: OutboundMode }[]
  /** The number that calls come from, unless a request names another one of ours. */
  readonly from: E164
  readonly policy: DialingPolicy
}

/** What gateway.config.ts hands to {@link defineOutbound}. */
export interface OutboundDefinition<Name extends string> {
  /** Mode instances by name; `undefined` when a variable that one needs is not set. */
  readonly modes: Readonly<Record<Name, OutboundMode | undefined>>
  /** The instance for requests that name none. */
  readonly default: NoInfer<Name>
  readonly from: E164
  readonly policy: DialingPolicy
}

/**
 * Defines the modes of outbound calls and the policy for all of them. Throws one `config_invalid` with the path of every mistake.
 *
 * @example
 * defineOutbound({ modes: { reminders }, default: 'reminders', from: env.TWILIO_PHONE_NUMBER, policy: defaultPolicy(env.TWILIO_PHONE_NUMBER) })
 */
export const defineOutbound = <Name extends string>(definition: OutboundDefinition<Name>): OutboundModes => {
  const { modes, from, policy } = definition
  const names = Object.keys(modes).filter((name) => modes[name as Name] !== undefined)

  /** The mode, or a message if there is no such mode. */
  const modeOf = (name: string): OutboundMode | string => {
    const mode = Object.hasOwn(modes, name) ? modes[name as Name] : undefined
    if (mode) return mode
    if (Object.hasOwn(modes, name))
      return `the outbound mode "${name}" is undefined, because something it needs is not set.`
    return `there is no outbound mode "${name}". ${didYouMean(name, names) ?? `There are ${names.join(', ') || 'none'}.`}`
  }

  const usual = modeOf(definition.default)
  const checked = dialingPolicySchema.safeParse(policy)
  const problems = [
    ...(typeof usual === 'string' ? [`outbound.default: ${usual}`] : []),
    ...issueSentences(checked.error, { within: 'outbound.policy' }),
  ]
  if (problems.length > 0) throw configMistakes(problems)
  return {
    from,
    policy,
    voices: names.flatMap((name) => modes[name as Name]?.voice ?? []),
    list: () => names.map((name) => ({ name, mode: modes[name as Name]! })),
    resolve(name = definition.default) {
      const mode = modeOf(name)
      if (typeof mode === 'string') throw new GatewayError('request_invalid', `mode: ${mode}`)
      return { name, mode }
    },
  }
}
