/** Keeps at most one response in flight: a second `response.create` would be refused, a lost one would be silence. */
export interface ResponseQueue {
  /** Asks for a response now, or as soon as the running one is done. Requests coalesce. */
  request(): void
  /** The server began a response, ours or one of its own. */
  started(responseId: string | undefined): void
  /** A response is over. */
  ended(): void
  /** The server refused our request because a response was running that we had not heard of yet. */
  refusedAsBusy(): void
  /** The server refused our request for good. */
  refused(): void
  /** Forgets a request that waits. */
  forget(): void
  /** A response is being generated, or was asked for. */
  readonly busy: boolean
  /** The response being generated, when its id is known. */
  readonly activeId: string | undefined
}

/** `create` sends one `response.create`. */
export const createResponseQueue = (create: () => void): ResponseQueue => {
  let inFlight: 'none' | 'asked' | 'active' = 'none'
  let activeId: string | undefined
  let waiting = false

  const send = (): void => {
    inFlight = 'asked'
    waiting = false
    create()
  }
  const free = (): void => {
    inFlight = 'none'
    activeId = undefined
    if (waiting) send()
  }

  return {
    request() {
      if (inFlight === 'none') send()
      else waiting = true
    },
    started(responseId) {
      inFlight = 'active'
      activeId = responseId
    },
    ended: free,
    refusedAsBusy() {
      waiting = true
      inFlight = 'active'
    },
    refused: free,
    forget() {
      waiting = false
    },
    get busy() {
      return inFlight !== 'none'
    },
    get activeId() {
      return activeId
    },
  }
}
