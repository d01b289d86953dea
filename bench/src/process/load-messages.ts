/** Messages to a load: begin, and end the calls it holds. */
export interface ToLoad {
  readonly type: 'begin' | 'finish'
}

/** Messages from a load: where its model and Twilio listen, that all calls to be held are up, and the results. */
export type FromLoad<Result> =
  | { readonly type: 'listening'; readonly modelUrl: string; readonly restUrl: string }
  | { readonly type: 'held' }
  | { readonly type: 'result'; readonly result: Result }
