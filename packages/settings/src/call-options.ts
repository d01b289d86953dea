import { mergeTuning, type CallOptions } from '@llc-phone/core'

/** Fields whose parts are set one by one; all others are replaced as a whole. */
const IN_PARTS = ['turnTaking', 'patience', 'grant'] as const

/** Options in layers; a later layer wins, part by part. */
export const mergeOptions = (...layers: readonly (CallOptions | undefined)[]): CallOptions =>
  layers.reduce<CallOptions>((under, over) => {
    if (!over) return under
    const parts = IN_PARTS.flatMap((name) =>
      under[name] && over[name] ? [[name, { ...under[name], ...over[name] }] as const] : [],
    )
    return {
      ...under,
      ...over,
      ...Object.fromEntries(parts),
      ...(under.tuning && over.tuning ? { tuning: mergeTuning(under.tuning, over.tuning) } : {}),
    }
  }, {})
