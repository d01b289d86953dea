import { createWriteStream, fstatSync } from 'node:fs'
import type { Writable } from 'node:stream'
import type { DestinationStream } from 'pino'

/** More than an hour of a busy gateway's lines; beyond it nobody is reading. */
const MAX_WAITING_BYTES = 1_048_576

/** What a process that ends waits for its last lines to be read. */
const FLUSH_LIMIT_MS = 1_000

const LOOK_AGAIN_MS = 20

/** Where log lines go; whoever does not read them holds nothing up. */
export interface Output extends DestinationStream {
  /** Lines that were thrown away, because those before them were not read or could not be written. */
  readonly dropped: number
  /** Calls back when everything is out, or after a second. */
  flush(done: () => void): void
}

/** A pipe or a socket is written without blocking; anything else, which may block, beside the event loop. */
const openStandardOutput = (): Writable => {
  const kind = fstatSync(1)
  return kind.isFIFO() || kind.isSocket() ? process.stdout : createWriteStream('', { fd: 1, autoClose: false })
}

/** Writes to what `open` gives, as much as is taken: memory stays bounded, and no failure of it is anybody else's. */
export const createOutput = (open: () => Writable): Output => {
  let stream: Writable | undefined
  let dropped = 0
  let untold = 0

  const opened = (): Writable => {
    // A file whose disk was full may be written again; a pipe without a reader stays as it is.
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
