import { isDeepStrictEqual } from 'node:util'
import { GatewayError, type Clock } from '@llc-phone/core'
import {
  EXAMPLE_BUSINESS,
  buildSettings,
  buildStored,
  checkInTurns,
  type BuildOptions,
  type BuildResult,
} from '@llc-phone/settings'
import type { SettingsBook, SettingsVersion } from '@llc-phone/store'
import type { SettingsCopy } from '@llc-phone/database'
import type { Logger } from 'pino'
import { describeCause } from '../watching/describe-cause.ts'
import { notBuilt, type InForce } from './in-force.ts'
import { findingText, readOnly, SettingsInvalid } from './settings-errors.ts'
import type { SettingsFile } from './settings-file.ts'

/** A document to publish. */
export interface Publication {
  readonly document: unknown
  readonly by: string
  readonly note?: string | undefined
  /** The old version that the document was, when one is restored. */
  readonly restoredFrom?: number | undefined
  /** The revision of the draft that the document was. */
  readonly draft?: number | undefined
}

/** The settings that the gateway runs with, one version at a time. */
export interface Settings {
  readonly inForce: InForce
  /** What documents can be made of. */
  readonly kinds: BuildOptions
  /** The file that is the only source; absent when settings are changed by routes. */
  readonly file: string | undefined
  /** Whether the example of gateway.config.ts answers, because no business was set. */
  readonly isExample: boolean
  /** What would be said about a document; changes nothing and never throws for bad data. */
  check(document: unknown): BuildResult
  /** The same in steps of a few milliseconds, between which audio moves. */
  checkInTurns(document: unknown): Promise<BuildResult>
  /**
   * Builds the whole document, stores it, and has the next call use it; live calls keep theirs. Rejects with
   * {@link SettingsInvalid}, `settings_read_only` or `database_failed`, and then nothing is changed; with `settings_conflict`
   * when another version came between, which is in force then.
   */
  publish(publication: Publication): Promise<SettingsVersion>
  /** The document of a version; 0 is that of gateway.config.ts. Rejects with `not_found`. */
  documentOf(version: number): Promise<unknown>
  /** Reads the file again. Rejects with {@link SettingsInvalid}, and with `request_invalid` when SETTINGS names none. */
  reload(): Promise<void>
  /** Has the newest version in force, if another process has published one. */
  refresh(): Promise<void>
  /** Is told after every change. */
  onChange(listener: () => void): void
}

/** What the settings need. */
export interface SettingsOptions {
  readonly book: Pick<SettingsBook, 'newest' | 'list' | 'find' | 'publish'>
  readonly copy: SettingsCopy | undefined
  /** The document of gateway.config.ts. */
  readonly seed: unknown
  readonly kinds: BuildOptions
  readonly file?: SettingsFile | undefined
  readonly log: Logger
  readonly clock: Pick<Clock, 'date'>
  /** Runs what needs the database, now or when it works again. */
  nowOrLater(task: () => Promise<void>): Promise<void>
}

/** Who publishes what a file says. */
const BY_FILE = 'SETTINGS'

/** How many older versions are tried when an upgrade can make nothing of the newest. */
const OLDER_TRIED = 20

/**
 * Opens the settings: those of the file, or the newest version stored, or the seed. While the database cannot be read, the
 * copy beside it answers, and without one the seed. Throws `config_invalid` for a file or a seed with mistakes.
 */
export const openSettings = async (options: SettingsOptions): Promise<Settings> => {
  const { book, copy, seed, file, log, clock, nowOrLater } = options
  const listeners: (() => void)[] = []
  let current: InForce | undefined
  /** The newest version in the database, as far as it is known; another one is published after it. */
  let newestVersion = 0

  const kindsNow = (): BuildOptions => ({ ...options.kinds, now: clock.date() })

  const use = (next: InForce): void => {
    current = next
    for (const listener of listeners) listener()
  }

  const demanded = (document: unknown, what: string): Pick<InForce, 'built' | 'findings' | 'written'> => {
    const { built, findings } = buildSettings(document, kindsNow())
    if (!built) throw new SettingsInvalid(findings, what)
    return { built, findings, written: document }
  }

  /** Whatever can be made of a version that an earlier release has published; `undefined` when nothing can. */
  const salvaged = (
    { version, document }: Pick<SettingsVersion, 'version' | 'document'>,
    source: 'stored' | 'copy',
  ) => {
    const { built, findings } = buildStored(document, kindsNow())
    return built && ({ built, findings, version, source, written: document } satisfies InForce)
  }

  const reportBroken = (inForce: InForce): void => {
    const instances = notBuilt(inForce)
    const errors = inForce.findings.filter(({ severity }) => severity === 'error').map(findingText)
    if (errors.length > 0)
      log.error(
        { version: inForce.version, instances, errors },
        'the settings in force have mistakes: numbers of these instances go to the fallback until a version without them is published',
      )
  }

  const keepCopy = async ({ version, document }: Pick<SettingsVersion, 'version' | 'document'>): Promise<void> => {
    try {
      await copy?.keep(version, document)
    } catch (error) {
      log.warn(describeCause(error), 'no copy of the settings kept: a start without the database has the former ones')
    }
  }

  /** The newest version of which anything can be made. */
  const newestUsable = async (newest: SettingsVersion): Promise<InForce> => {
    const usable = salvaged(newest, 'stored')
    if (usable) return usable
    const { findings } = buildStored(newest.document, kindsNow())
    for (const { version } of await book.list({ before: newest.version, limit: OLDER_TRIED })) {
      // oxlint-disable-next-line no-await-in-loop -- the first that will do
      const older = await book.find(version)
      const inForce = older && salvaged(older, 'stored')
      if (!inForce) continue
      log.error(
        { version: newest.version, instead: version, errors: findings.map(findingText) },
        'nothing can be made of the newest settings: an older version answers',
      )
      return inForce
    }
    throw new SettingsInvalid(findings, `Version ${newest.version} of the settings, and every older one,`)
  }

  const loadStored = async (): Promise<void> => {
    const newest = await book.newest()
    newestVersion = newest?.version ?? 0
    if (!newest) return use({ ...demandedSeed(), version: 0, source: 'seed' })
    const inForce = await newestUsable(newest)
    reportBroken(inForce)
    use(inForce)
    if (inForce.version === newest.version) await keepCopy(newest)
  }

  const demandedSeed = () => {
    try {
      return demanded(seed, 'gateway.config.ts')
    } catch (error) {
      if (!(error instanceof SettingsInvalid)) throw error
      throw new GatewayError('config_invalid', error.message)
    }
  }

  /** Takes over the version that came between: otherwise every later publication would meet it again. */
  const conflict = async (): Promise<GatewayError> => {
    const newest = await book.newest()
    if (!file) await loadStored()
    return new GatewayError(
      'settings_conflict',
      `Version ${newest?.version} was published by ${newest?.publishedBy} meanwhile. Look at it (./phone settings diff), then publish again.`,
    )
  }

  const store = async (publication: Publication, after: number): Promise<SettingsVersion> => {
    const stored = await book.publish({ ...publication, at: clock.date(), after })
    if (!stored) throw await conflict()
    newestVersion = stored.version
    await keepCopy(stored)
    return stored
  }

  /** Gives what the file says a version, so that its calls can be told apart too. */
  const noteFile = async (written: unknown): Promise<void> => {
    const newest = await book.newest()
    const same = newest && isDeepStrictEqual(newest.document, structuredClone(written)) ? newest : undefined
    const { version } =
      same ?? (await store({ document: written, by: BY_FILE, note: file?.name }, newest?.version ?? 0))
    // It may have been read again meanwhile.
    if (current && current.written === written) current = { ...current, version }
  }

  const loadFile = async ({ name, read }: SettingsFile): Promise<void> => {
    const written = await read()
    use({ ...demanded(written, `The file ${name}`), source: 'file' })
    await nowOrLater(() => noteFile(written))
  }

  if (file)
    await loadFile(file).catch((error: unknown) => {
      throw error instanceof SettingsInvalid ? new GatewayError('config_invalid', error.message) : error
    })
  else {
    await nowOrLater(loadStored)
    if (!current) {
      const kept = await copy?.read()
      const inForce = kept && salvaged(kept, 'copy')
      if (inForce) reportBroken(inForce)
      newestVersion = kept?.version ?? 0
      use(inForce ?? { ...demandedSeed(), version: 0, source: 'seed' })
      log.warn(
        { source: inForce ? 'copy' : 'seed', version: inForce?.version },
        inForce
          ? 'the settings cannot be read: the copy beside the database answers until they can be'
          : 'the settings cannot be read, and there is no copy: what gateway.config.ts says answers until they can be',
      )
    }
  }

  const settings: Settings = {
    get inForce() {
      return current!
    },
    kinds: options.kinds,
    file: file?.name,
    get isExample() {
      return current!.source === 'seed' && current!.built.document.business.name === EXAMPLE_BUSINESS
    },
    check: (document) => buildSettings(document, kindsNow()),
    checkInTurns: (document) => checkInTurns(document, kindsNow()),
    async publish(publication) {
      if (file) throw readOnly(file.name)
      const ready = demanded(publication.document, 'These settings')
      const stored = await store(publication, newestVersion)
      use({ ...ready, version: stored.version, source: 'stored' })
      return stored
    },
    async documentOf(version) {
      if (version === 0) return seed
      const found = await book.find(version)
      if (found) return found.document
      throw new GatewayError('not_found', `There is no version ${version}; ./phone settings list shows all.`)
    },
    async reload() {
      if (!file) throw new GatewayError('request_invalid', 'SETTINGS names no file: there is nothing to read again.')
      await loadFile(file)
    },
    async refresh() {
      if (file) return
      const newest = await book.newest()
      if (newest && newest.version !== newestVersion) await loadStored()
    },
    onChange: (listener) => void listeners.push(listener),
  }
  return settings
}
