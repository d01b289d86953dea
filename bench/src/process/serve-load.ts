import type { FromLoad, ToLoad } from './load-messages.ts'

/** What a load has around the gateway. */
export interface LoadWorld {
  readonly modelUrl: string
  readonly restUrl: string
  close(): void
}

/** Serves a load for `runBeside`: `run` begins when the gateway listens, and its result goes to the bench. */
export const serveLoad = <Result>(
  { modelUrl, restUrl, close }: LoadWorld,
  run: (bench: { held(): Promise<void> }) => Promise<Result>,
): void => {
  const tell = (message: FromLoad<Result>): void => void process.send?.(message)
  const finish = Promise.withResolvers<void>()
  const held = (): Promise<void> => {
    tell({ type: 'held' })
    return finish.promise
  }
  process.on('message', ({ type }: ToLoad) => {
    if (type === 'finish') return finish.resolve()
    run({ held }).then(
      (result) => {
        tell({ type: 'result', result })
        close()
        process.disconnect?.()
      },
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  })
  tell({ type: 'listening', modelUrl, restUrl })
}
