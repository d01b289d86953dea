/** What a load is told: to begin, and to end what it holds. */
export interface ToLoad {
  readonly type: 'begin' | 'finish'
}

/** What a load tells: where its model and Twilio listen, that everything to be held is held, and what came of it. */
export type FromLoad<Result> =
  | { readonly type: 'listening'; readonly modelUrl: string; readonly restUrl: string }
  | { readonly type: 'held' }
  | { readonly type: 'result'; readonly result: Result }
