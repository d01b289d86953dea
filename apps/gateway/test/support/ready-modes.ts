import {
  defineKind,
  mergeTuning,
  type CallOptions,
  type E164,
  type Kind,
  type Mode,
  type OutboundMode,
  type Route,
} from '@llc-phone/core'
import { defaultPolicy, type DialingPolicy } from '@llc-phone/dialer'
import { buildStored, type WrittenDocument } from '@llc-phone/settings'
import * as z from 'zod'
import type { GatewayConfig } from '../../gateway.config.ts'
import type { InForce } from '../../src/configuration/in-force.ts'
import { createNumbers, type Numbers } from '../../src/configuration/numbers.ts'
import { createOutboundModes, type OutboundModes } from '../../src/configuration/outbound.ts'

/** Modes that a test has made itself, and which number each answers. */
export interface ReadyModes {
  readonly modes: Readonly<Record<string, Mode>>
  readonly numbers: readonly (readonly [number: string, name: string, options?: CallOptions])[]
  readonly unknown: string
  readonly fallback?: Route
  readonly outbound?: {
    readonly modes: Readonly<Record<string, OutboundMode>>
    readonly default: string
    readonly policy: DialingPolicy
  }
}

const withOptions = (mode: Mode, options: CallOptions): Mode => {
  // A ready mode has its greeting.
  const { turnTaking, tuning, patience, grant, greeting: _greeting, language = mode.language, ...rest } = options
  return {
    ...mode,
    ...rest,
    language,
    turnTaking: { ...mode.turnTaking, ...turnTaking },
    wishes: { ...mode.wishes, set: mergeTuning(mode.wishes.set, tuning) },
    patience: { ...mode.patience, ...patience },
    grant: { ...mode.grant, ...grant },
  }
}

/** A kind whose instances are all this one mode, with the options of the number. */
export const readyKind = (name: string, mode: Mode) =>
  defineKind({
    name,
    title: name,
    about: 'A mode of a test.',
    settings: z.strictObject({}),
    make: (options) => (Object.keys(options).length === 0 ? mode : withOptions(mode, options)),
  })

const readyOutboundKind = (name: string, mode: OutboundMode): Kind<OutboundMode> =>
  defineKind({ name, title: name, about: 'A mode of a test.', settings: z.strictObject({}), make: () => mode })

const instancesOf = (modes: object) => Object.fromEntries(Object.keys(modes).map((kind) => [kind, { kind }]))

/** A seed made of these modes, and the kinds it needs. */
export const readyModes = ({
  modes,
  numbers,
  unknown,
  fallback,
  outbound,
}: ReadyModes): Required<Pick<GatewayConfig, 'kinds' | 'outboundKinds' | 'seed'>> => ({
  kinds: Object.entries(modes).map(([name, mode]) => readyKind(name, mode)),
  outboundKinds: Object.entries(outbound?.modes ?? {}).map(([name, mode]) => readyOutboundKind(name, mode)),
  seed: {
    business: { name: 'Test', timeZone: 'UTC' },
    routes: fallback ? { fallback } : {},
    modes: instancesOf(modes),
    numbers: {
      unknown,
      ...(fallback ? { fallback: 'fallback' } : {}),
      list: Object.fromEntries(numbers.map(([number, mode, options]) => [number, { mode, ...options }])),
    },
    ...(outbound ? { outbound: { ...outbound, modes: instancesOf(outbound.modes) } } : {}),
  } as WrittenDocument,
})

/** The settings in force that these modes make. */
export const inForceOf = (ready: ReadyModes): (() => InForce) => {
  const { kinds, outboundKinds, seed } = readyModes(ready)
  const { built, findings } = buildStored(seed, { kinds, outboundKinds })
  if (!built) throw new Error(JSON.stringify(findings))
  const inForce: InForce = { built, version: 0, source: 'seed', written: seed, findings }
  return () => inForce
}

/** The numbers of these modes. */
export const numbersOf = (ready: ReadyModes): Numbers => createNumbers(inForceOf(ready))

/** The outbound modes, by a careful policy unless another one is given. */
export const outboundOf = (
  modes: Readonly<Record<string, OutboundMode>>,
  usual: string,
  from: E164,
  policy: DialingPolicy = defaultPolicy(from),
): OutboundModes =>
  createOutboundModes(
    inForceOf({
      modes: {},
      numbers: [],
      unknown: 'nobody',
      ...(Object.keys(modes).length > 0 ? { outbound: { modes, default: usual, policy } } : {}),
    }),
    from,
  )
