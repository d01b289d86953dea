import { statfs, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { defaultLanguage, phraseKeys, type RecordedPhrase } from '@llc-phone/core'
import { createPhraseBook } from '@llc-phone/phrases'
import {
  databaseFile,
  examineDatabase,
  examineServer,
  exposureOf,
  isPostgresUrl,
  localPath,
  openStore,
  postgresPlaceText,
} from '@llc-phone/database'
import type { Env } from '../configuration/env.ts'
import { messageOf } from './checks.ts'
import { judgeServer } from './doctor-postgres.ts'
import { failed, ok, sizeText, warning, type Finding } from './finding.ts'

/** Below this the disk is soon full; below the second nothing can be relied upon to be written. */
const LOW_BYTES = 1_073_741_824
const FULL_BYTES = 104_857_600

/** Which voices have recorded phrases; recordings of outdated words do not count. */
const phrases = (recordings: readonly RecordedPhrase[], defaultVoice: string): Finding => {
  const book = createPhraseBook(recordings)
  const isComplete = (voice: string, language: string) => phraseKeys.every((key) => book.recorded(key, voice, language))
  const complete = recordings.filter(({ voice, language }) => isComplete(voice, language))
  const names = [...new Set(complete.map(({ voice, language }) => `${voice} (${language})`))]
  const recorded = names.length > 0 ? `recorded by ${names.join(', ')}` : 'not recorded'
  return isComplete(defaultVoice, defaultLanguage)
    ? ok('phrases', recorded)
    : warning(
        'phrases',
        `what callers hear when the model is silent is not spoken by ${defaultVoice}, but by a voice that comes with the gateway (${recorded})`,
        `./phone phrases record --voice ${defaultVoice} has it say them, once.`,
      )
}

/** For example `mode 600, 12 MB`. */
const factsOf = async (url: string): Promise<string> => {
  const file = databaseFile(url)
  if (file === ':memory:') return 'in memory'
  const { mode, size } = await stat(resolve(file))
  return `mode ${(mode & 0o777).toString(8)}, ${sizeText(size)}`
}

const recordingsIn = async (url: string): Promise<readonly RecordedPhrase[]> => {
  const store = await openStore({ url, connections: 2 })
  try {
    return await store.phrases.list()
  } finally {
    await store.close()
  }
}

/** Databases that are being read: of a large one that takes longer than anybody waits for it. */
const reading = new Map<string, Promise<Finding[]>>()

/**
 * Whether the database opens and is whole, who can read it, and which phrases are recorded. Reads all of it, in a thread of its
 * own; whoever asks meanwhile gets the same answer.
 */
export const examineStore = (env: Pick<Env, 'DATABASE_URL' | 'OPENAI_VOICE' | 'DATABASE_POOL'>): Promise<Finding[]> => {
  const { DATABASE_URL: url, OPENAI_VOICE: voice, DATABASE_POOL: pool } = env
  const key = `${voice} ${url}`
  const read = () => (isPostgresUrl(url) ? readServer(url, voice, pool) : readStore(url, voice))
  const found = reading.get(key) ?? read().finally(() => void reading.delete(key))
  reading.set(key, found)
  return found
}

const readStore = async (url: string, voice: string): Promise<Finding[]> => {
  const name = 'database'
  try {
    // Do not create one: that would hide from the operator of a running gateway that its database is gone.
    if (!(await examineDatabase(url)))
      return [
        warning(
          name,
          'there is none yet; the gateway makes one at its start',
          'If there was one, stop the gateway and restore a backup (docs/guides/backup.md) before it starts again.',
        ),
        phrases([], voice),
      ]
    const recordings = await recordingsIn(url)
    const exposure = exposureOf(url)
    const [detail, command] = exposure?.split(' Run: ') ?? []
    return [
      ok(name, `opens, is whole, and its migrations are in place (${await factsOf(url)})`),
      ...(detail === undefined ? [] : [warning(name, detail, `Run: ${command}`)]),
      phrases(recordings, voice),
    ]
  } catch (error) {
    return [
      failed(
        name,
        messageOf(error),
        'Look at path and rights of DATABASE_URL; for a damaged one, restore a backup (docs/guides/backup.md).',
      ),
    ]
  }
}

/** The same of a database on a Postgres server, which looks after its files itself. */
const readServer = async (url: string, voice: string, pool: number): Promise<Finding[]> => {
  const name = 'database'
  try {
    const facts = await examineServer(url)
    const judged = judgeServer(facts, pool)
    const exposure = exposureOf(url)
    const [detail, action] = exposure?.split(' Add ') ?? []
    const exposed = detail === undefined ? [] : [warning(name, detail, `Add ${action}`)]
    const place = postgresPlaceText(url)
    if (facts.isNew) {
      const none = warning(
        name,
        `${place} (Postgres ${facts.version}) has no tables yet; the gateway makes them at its start`,
        'If there were some, stop the gateway and restore a backup (docs/guides/postgres.md) before it starts again.',
      )
      return [none, ...judged, ...exposed, phrases([], voice)]
    }
    // A standby takes no migrations; what is said of it is enough.
    if (facts.isReadOnly) return [...judged, ...exposed]
    await examineDatabase(url)
    const recordings = await recordingsIn(url)
    const said = `${place} opens, and its migrations are in place (Postgres ${facts.version}, ${sizeText(facts.sizeBytes)}, ${facts.isEncrypted ? 'with TLS' : 'without TLS'})`
    return [ok(name, said), ...judged, ...exposed, phrases(recordings, voice)]
  } catch (error) {
    return [
      failed(
        name,
        messageOf(error),
        'Do what is said, then run ./phone doctor again; docs/guides/postgres.md has more.',
      ),
    ]
  }
}

/** Whether there is room on the disk of the database, or of the files beside a database on a server. */
export const examineDisk = async (url: string): Promise<Finding[]> => {
  const file = localPath(url)
  if (file === ':memory:') return []
  const folder = dirname(file)
  if (!(await stat(folder).catch(() => undefined))) return []
  const { bavail, bsize } = await statfs(folder)
  return [judgeDisk(folder, bavail * bsize)]
}

/** What is to be said of a disk with so much room left. */
export const judgeDisk = (folder: string, freeBytes: number): Finding => {
  const name = 'disk'
  const detail = `${sizeText(freeBytes)} are free in ${folder}`
  const action =
    'Make room there: ./phone backup to another disk, old logs, KEEP_TRANSCRIPTS_DAYS and KEEP_EVENTS_DAYS.'
  if (freeBytes < FULL_BYTES) return failed(name, detail, action)
  return freeBytes < LOW_BYTES ? warning(name, detail, action) : ok(name, detail)
}
