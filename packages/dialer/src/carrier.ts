export { PlacingFailed, type Carrier, type PlacedLeg as CarrierCall, type Placing, type PlacingFailure } from '@llc-phone/core'
