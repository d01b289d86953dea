/** What `./phone dev` and its gateways tell each other, by Node's channel between processes. */

/** From a gateway: it listens on `port`; or the ids of its live calls, ours and the carrier's. */
export type FromGateway =
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'live'; readonly calls: number; readonly ids: readonly string[] }

/** To a gateway: tell your calls; or finish them and end. */
export type ToGateway = { readonly type: 'live?' } | { readonly type: 'drain' }
