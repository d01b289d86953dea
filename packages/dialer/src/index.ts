export { createDialer } from './dialer.ts'
export type { Dialer, DialerOptions, DialerProblem, DialRequest, StatusReport } from './dialer-types.ts'
export { defaultPolicy } from './default-policy.ts'
export { dialingPolicySchema, type DialingPolicy } from './policy.ts'
