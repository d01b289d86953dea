export { PlacingFailed, type Carrier, type CarrierCall, type Placing, type PlacingFailure } from './carrier.ts'
export {
  createDialer,
  type Dialer,
  type DialerOptions,
  type DialerProblem,
  type DialRequest,
  type StatusReport,
} from './dialer.ts'
export { defaultPolicy, dialingPolicySchema, type DialingPolicy, type Weekday } from './policy.ts'
