import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { GatewayError, pause, systemClock, type Clock } from '@llc-phone/core'
import { held, isBusy } from './failure.ts'
import type { Opened } from './protocol.ts'
import { startThread, type DatabaseThread } from './thread.ts'

/** Least time between two starts of the thread: one that dies sooner would probably die again. */
const RESTART_PAUSE_MS = 60_000

/** How long a query waits for a database that is being opened; the opening itself goes on. */
const OPEN_WITHIN_MS = 2_000

/** How long the thread waits for another process that holds the database; a command gives up then, a gateway tries again. */
const COMMAND_WAITS_MS = 1_500
const GATEWAY_WAITS_MS = 5_000

/** Pauses between attempts to open the database; the last one repeats. */
const OPEN_AGAIN_MS = [1_000, 2_000, 5_000, 10_000]

/** How a database is opened beside its file. */
export interface OpeningOptions {
  /** Called when the thread died; a new one starts at once, but not sooner than a minute after the last restart. */
  onLost?(error: GatewayError): void
  /** Called when writes start to fail, or fail for another reason, and with `undefined` when they succeed again. */
  onProblem?(problem: GatewayError | undefined): void
  /**
   * Resolves even if the database cannot be opened: opening is retried for ever, and until it succeeds every query fails at
   * once with `database_failed`. Without it the failure is thrown.
   */
  readonly keepTrying?: boolean
  /** Real time unless a test has its own. */
  readonly clock?: Pick<Clock, 'after'>
  /** See {@link WorkerSettings}. */
  readonly stallMs?: number
}

/** A database in its own thread, reopened when it was lost. */
export interface OpenDatabase {
  readonly thread: DatabaseThread
  readonly problem: GatewayError | undefined
  setProblem(problem: GatewayError | undefined): void
  readonly isReady: boolean
  /** Resolves when it is open, rejects with the reason when it is not; waits only for an opening that may still succeed. */
  ready(): Promise<void>
  migrate(owner: string, folder: string): Promise<void>
  /** From now on accepts only this file as the database: a write to it was confirmed. */
  pin(): void
  /** Opens the file again after the thread has lost it. */
  reopen(): void
  close(): Promise<void>
}

const ignore = (): void => {}

const notYet = (): GatewayError =>
  new GatewayError(
    'database_failed',
    'The database is being opened, which takes long: another process may hold it, or its disk is slow.',
  )

/** Starts the thread and opens the database in it. `path` is a file's or `:memory:`. */
export const openDatabase = async (path: string, options: OpeningOptions): Promise<OpenDatabase> => {
  const { onLost, onProblem, keepTrying = false, clock = systemClock, stallMs = 0 } = options
  const inMemory = path === ':memory:'
  const file = inMemory ? path : resolve(path)
  /** Only an absent file may be created by a retry: a lost database must not be replaced by an empty one. */
  const wasAbsent = inMemory || !existsSync(file)
  const migrations: { readonly owner: string; readonly folder: string }[] = []
  /** How many of them the open file has; `undefined` while none is open. */
  let migrated: number | undefined
  let isReady = false
  let wasReady = false
  let attempts = 0
  let found: string | undefined
  let pinned: string | undefined
  let opening: Promise<void> | undefined
  let problem: GatewayError | undefined
  let lastStartAt = Number.NEGATIVE_INFINITY
  let closing: Promise<void> | undefined

  const setProblem = (next: GatewayError | undefined): void => {
    const isNews = next?.message !== problem?.message
    problem = next
    if (isNews && !closing) onProblem?.(next)
  }

  const lose = (): void => {
    isReady = false
    migrated = undefined
  }

  const onDead = (error: GatewayError): void => {
    lose()
    if (wasReady || keepTrying) onLost?.(error)
    // What was in memory is lost with the thread, tables included.
    if (inMemory || !(wasReady || keepTrying)) setProblem(error)
    else restart(error)
  }

  const restart = (why: GatewayError): void => {
    if (closing) return
    const restMs = lastStartAt + RESTART_PAUSE_MS - performance.now()
    if (restMs > 0) {
      setProblem(why)
      clock.after(restMs, () => restart(why))
      return
    }
    lastStartAt = performance.now()
    thread = startThread({ file, stallMs }, listener)
    open().catch(ignore)
  }

  const openOnce = async (): Promise<void> => {
    const { ask } = thread
    if (migrated === undefined) {
      const mayCreate = pinned === undefined && (attempts++ === 0 || wasAbsent)
      const waitMs = keepTrying ? GATEWAY_WAITS_MS : COMMAND_WAITS_MS
      const opened = (await ask({ kind: 'open', mayCreate, mustBe: pinned, waitMs })) as Opened
      found = opened.identity
      migrated = 0
    }
    for (; migrated < migrations.length; migrated++) await ask({ kind: 'migrate', ...migrations[migrated]! })
    isReady = true
    wasReady = true
    setProblem(undefined)
  }

  const open = (attempt = 0): Promise<void> => {
    opening ??= openOnce()
      .catch((error: unknown) => {
        // Release the file, so that an operator can repair or replace it.
        if (migrated !== undefined) thread.ask({ kind: 'release' }).catch(ignore)
        lose()
        setProblem(error as GatewayError)
        const pauseMs = OPEN_AGAIN_MS[isBusy(error) ? 0 : Math.min(attempt, OPEN_AGAIN_MS.length - 1)]!
        if (wasReady || keepTrying) clock.after(pauseMs, () => openAgain(attempt + 1))
        throw error
      })
      .finally(() => (opening = undefined))
    return opening
  }

  const openAgain = (attempt: number): void => {
    if (!closing && !isReady) open(attempt).catch(ignore)
  }

  /** Waits for the opening, but no longer than a caller can. */
  const opened = async (): Promise<void> => {
    if (opening) await pause(clock, OPEN_WITHIN_MS, opening.catch(ignore))
    if (!isReady && !problem) setProblem(notYet())
  }

  const listener = {
    onDead,
    onHeld() {
      if (!isReady) setProblem(held())
    },
  }
  let thread = startThread({ file, stallMs }, listener)
  const first = open()
  if (keepTrying) await opened()
  else
    await first.catch(async (error: unknown) => {
      await thread.close()
      throw error
    })

  return {
    get thread() {
      return thread
    },
    get problem() {
      return problem
    },
    get isReady() {
      return isReady
    },
    setProblem,
    async ready() {
      if (!isReady && opening && !problem) await opened()
      if (!isReady) throw problem ?? notYet()
    },
    async migrate(owner, folder) {
      if (!keepTrying) {
        await thread.ask({ kind: 'migrate', owner, folder })
        migrations.push({ owner, folder })
        if (migrated !== undefined) migrated++
        return
      }
      migrations.push({ owner, folder })
      if (!isReady) return
      isReady = false
      open().catch(ignore)
      await opened()
    },
    pin() {
      pinned ??= found
    },
    reopen() {
      if (opening) return
      lose()
      open().catch(ignore)
    },
    close() {
      closing ??= thread.close()
      return closing
    },
  }
}
