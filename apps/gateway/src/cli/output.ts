import { createWriteStream, fstatSync } from 'node:fs'
import type { Writable } from 'node:stream'
import type { DestinationStream } from 'pino'

/** More than an hour of a busy gateway's lines; beyond it nobody reads them. */
const MAX_WAITING_BYTES = 1_048_576

/** How long a process that ends waits for its last lines to be read. */
const FLUSH_LIMIT_MS = 1_000

const LOOK_AGAIN_MS = 20

/** Where log lines go; a reader that does not read blocks nothing. */
export interface Output extends DestinationStream {
  /** Lines that were dropped, because earlier ones were not read or could not be written. */
  readonly dropped: number
  /** Calls back when everything is written, or after a second. */
  flush(done: () => void): void
}

/** Writes to a pipe or a socket without blocking, and to anything else, which may block, outside the event loop. */
const openStandardOutput = (): Writable => {
  const kind = fstatSync(1)
  return kind.isFIFO() || kind.isSocket() ? process.stdout : createWriteStream('', { fd: 1, autoClose: false })
}

/** Writes to the output of `open`, as much as it takes: memory stays bounded, and its failures reach nobody else. */
export const createOutput = (open: () => Writable): Output => {
  let stream: Writable | undefined
  let dropped = 0
  let untold = 0

  const opened = (): Writable => {
    // Retry a file, whose disk may have been full; a pipe without a reader stays closed.
    if (stream === undefined || stream.destroyed) {
      const next = open()
      if (next !== stream) next.on('error', () => undefined)
      stream = next
    }
    return stream
  }

  return {
    get dropped() {
      return dropped
    },
    write(line) {
      const to = opened()
      if (to.destroyed || to.writableLength + line.length > MAX_WAITING_BYTES) {
        dropped++
        untold++
        return
      }
      if (untold > 0) {
        const time = new Date().toISOString()
        const told = { level: 'warn', time, lines: untold, msg: 'log lines dropped: nobody read them' }
        untold = 0
        to.write(`${JSON.stringify(told)}\n`)
      }
      to.write(line)
    },
    flush(done) {
      const until = performance.now() + FLUSH_LIMIT_MS
      const look = (): void => {
        if (stream === undefined || stream.destroyed || stream.writableLength === 0 || performance.now() >= until)
          return done()
        setTimeout(look, LOOK_AGAIN_MS)
      }
      look()
    },
  }
}

/** This process's standard output. */
export const standardOutput: Output = createOutput(openStandardOutput)
