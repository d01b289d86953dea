export { PlacingFailed, type Carrier, type CarrierCall, type Placing, type PlacingFailure } from './carrier.ts'
export { createDialer } from './dialer.ts'
export type { Dialer, DialerOptions, DialerProblem, DialRequest, StatusReport } from './dialer-types.ts'
export { defaultPolicy, dialingPolicySchema, type DialingPolicy } from './policy.ts'
