/** Questions to a worker thread, answered as promises: speech work never blocks the clock that paces audio. */
import { Worker } from 'node:worker_threads'

/** What a worker gets and gives: requests carry an id, answers repeat it. */
export interface WorkerAnswer {
  id: number
  result?: unknown
  error?: string
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

/** Starts `file` as a worker at the first call; the worker never keeps the process alive unless an answer is awaited. */
export function createWorkerCalls(file: URL): (request: object) => Promise<unknown> {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | undefined
  let lastId = 0

  const fail = (failed: Worker, error: Error) => {
    // A worker that fails also exits; by then the next one may be at work.
    if (worker !== failed) return
    worker = undefined
    for (const call of waiting.values()) call.reject(error)
    waiting.clear()
  }

  const start = () => {
    // `--disable-warning` keeps Node's note about WASI out of every caller's terminal.
    const started = new Worker(file, { execArgv: ['--disable-warning=ExperimentalWarning'] })
    started.on('message', ({ id, result, error }: WorkerAnswer) => {
      const call = waiting.get(id)
      waiting.delete(id)
      if (waiting.size === 0) started.unref()
      if (error === undefined) call?.resolve(result)
      else call?.reject(new Error(error))
    })
    started.on('error', (cause) => fail(started, new Error('The speech worker failed', { cause })))
    started.on('exit', (code) => fail(started, new Error(`The speech worker ended with code ${code}`)))
    started.unref()
    return started
  }

  return (request) =>
    new Promise((resolve, reject) => {
      worker ??= start()
      worker.ref()
      const id = ++lastId
      waiting.set(id, { resolve, reject })
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage({ ...request, id })
    })
}
