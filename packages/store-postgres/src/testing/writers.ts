import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A function of a book with its arguments: `['outbound', 'reserve', callId, limits]`. */
export type Asked = readonly [book: string, name: string, ...args: unknown[]]

/** A process that writes to the same database as others. */
export interface Writer {
  /** Does all of it, as much at once as it has connections; what failed is an `Error`. */
  ask(asked: readonly Asked[]): Promise<unknown[]>
  stop(): Promise<void>
}

const next = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`The process ended with ${code}.`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message)
    })
  })

/** Starts some processes of a fixture that calls {@link obey}. */
export const startWriters = async (fixture: URL, url: string, count: number): Promise<readonly Writer[]> => {
  const children = Array.from({ length: count }, () =>
    fork(fileURLToPath(fixture), [url], { serialization: 'advanced', execArgv: [] }),
  )
  await Promise.all(children.map(next))
  return children.map((child) => ({
    ask(asked) {
      const answered = next(child)
      child.send(asked)
      return answered as Promise<unknown[]>
    },
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill()
      await ended
    },
  }))
}

/** As many as a process has connections: who waits longer for one than for a server that is away would be told that it is. */
const AT_ONCE = 8

const allSettled = async (asked: readonly Asked[], run: (one: Asked) => Promise<unknown>) => {
  const results: PromiseSettledResult<unknown>[] = []
  const rest = asked.entries()
  const work = async () => {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    for (const [at, one] of rest) [results[at]] = await Promise.allSettled([run(one)])
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return results
}

/** In the fixture: does what it is told, in these books. */
export const obey = (books: object): void => {
  const run = async ([book, name, ...args]: Asked): Promise<unknown> => {
    const functions = (books as Record<string, Record<string, (...given: unknown[]) => Promise<unknown>>>)[book]!
    return functions[name]!(...args)
  }
  process.on('message', (asked: readonly Asked[]) => {
    void allSettled(asked, run).then((results) =>
      process.send!(
        results.map((each) => (each.status === 'fulfilled' ? each.value : new Error((each.reason as Error).message))),
      ),
    )
  })
  process.send!('ready')
}
