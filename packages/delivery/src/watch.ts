/** What became of an attempt to deliver: `failed` is tried again, `given_up` is not. */
export type DeliveryResult = 'delivered' | 'failed' | 'given_up'

/** What else wants to know of deliveries: metrics and traces. */
export interface DeliveryWatch {
  /** Told of each attempt. Must not throw. */
  readonly onResult?: ((result: DeliveryResult) => void) | undefined
  /** The W3C context of a call (`traceparent`), which its webhooks carry; `undefined` without one. */
  readonly traceparentOf?: ((callId: string) => string | undefined) | undefined
}
