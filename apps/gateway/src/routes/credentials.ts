import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { GatewayError, type Clock } from '@llc-phone/core'
import { hashOfKey, type BrowserSession, type KeyInForce, type PeopleBook, type SessionBook } from '@llc-phone/store'
import type { Logger } from 'pino'
import { describeCause } from '../watching/describe-cause.ts'
import type { Actor } from './roles.ts'

/** How long what is in memory is trusted: a key that another process has revoked opens for no longer. */
const TRUSTED_MS = 10_000

/** How often the use of a key or session is noted. */
const NOTED_EVERY_MS = 60_000

/** How long a browser stays signed in, and how long without a request. */
export const SESSION_MS = 12 * 3_600_000
const IDLE_MS = 2 * 3_600_000

/** A session from later than now is of a clock that was wrong; two machines may differ by this. */
const CLOCKS_DIFFER_MS = 120_000

/** Sessions by the same key. */
const MOST_SESSIONS = 20

const BROWSER_CHARACTERS = 200

const KEY = /^llc_[\w-]{43}$/

/** What credentials are checked against. */
export interface CredentialsOptions {
  readonly adminToken: string
  readonly people: Pick<PeopleBook, 'keysInForce' | 'used'>
  readonly sessions: SessionBook
  readonly clock: Pick<Clock, 'now' | 'date'>
  readonly log: Logger
  /** Whether sessions that `./phone dev` has begun count. */
  readonly isDevelopment: boolean
  /** Is told when keys and sessions have been read anew. */
  onRead(): void
}

/** Something that admits, as long as it does. */
export interface Credential {
  /** Who it stands for now; `undefined` once it is revoked or over, as far as was last read. */
  now(): Actor | undefined
}

/** Where a session is begun. */
export interface Beginning {
  readonly address: string
  readonly browser: string | undefined
}

/** Keys and sessions: all in force are in memory, by their hashes, so guesses cost no query. */
export interface Credentials {
  /** ADMIN_TOKEN or a key of a person. Throws `database_failed` for a key while the people cannot be read. */
  ofToken(token: string): Promise<Credential | undefined>
  ofSession(secret: string): Promise<Credential | undefined>
  /** Begins a session by a token; resolves to what the browser keeps. `undefined`: the token opens nothing. */
  begin(token: string, where: Beginning): Promise<{ readonly secret: string; readonly actor: Actor } | undefined>
  /** Begins one by nothing, which counts in development alone. */
  beginDevelopment(where: Beginning): Promise<{ readonly secret: string; readonly actor: Actor }>
  /** Those in force, with who is signed in; the latest used first. */
  sessions(): Promise<readonly (readonly [BrowserSession, Actor])[]>
  end(ids: readonly string[]): Promise<void>
  /** Reads again, what is read now included. */
  changed(): Promise<void>
}

interface Known {
  readonly keys: ReadonlyMap<string, KeyInForce>
  readonly keysById: ReadonlyMap<string, KeyInForce>
  readonly sessions: ReadonlyMap<string, BrowserSession>
  readonly at: number
}

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Creates them. ADMIN_TOKEN, and sessions by it, work without a database. */
export const createCredentials = (options: CredentialsOptions): Credentials => {
  const { adminToken, people, sessions: book, clock, log, isDevelopment, onRead } = options
  const wanted = digest(adminToken)
  const tokenHash = wanted.toString('hex')
  /** When keys and sessions were last used and noted, by id. */
  const notedAt = new Map<string, number>()
  const usedAt = new Map<string, number>()
  /** Begun while the database was away, by hash. */
  const unwritten = new Map<string, BrowserSession>()
  /** Ended here, whatever was read before. */
  const ended = new Set<string>()
  let known: Known | undefined
  let reading: Promise<Known> | undefined

  const read = async (): Promise<Known> => {
    const at = clock.now()
    const [keys, sessions] = await Promise.all([people.keysInForce(), book.list()]).catch((error: unknown) => {
      throw new GatewayError(
        'database_failed',
        'Keys of people cannot be checked, because the database does not answer. ADMIN_TOKEN works.',
        { cause: error },
      )
    })
    known = {
      keys: new Map(keys.map((key) => [key.hash, key])),
      keysById: new Map(keys.map((key) => [key.keyId, key])),
      sessions: new Map(sessions.map((session) => [session.hash, session])),
      at,
    }
    onRead()
    return known
  }

  const knownNow = (): Promise<Known> => {
    if (known && clock.now() - known.at < TRUSTED_MS) return Promise.resolve(known)
    reading ??= read().finally(() => (reading = undefined))
    return reading
  }

  const readAgain = async (): Promise<void> => {
    // What is being read may be from before the change.
    await reading?.catch(() => undefined)
    if (known) known = { ...known, at: -TRUSTED_MS }
    await knownNow()
  }

  const noteUse = (id: string, write: (at: Date) => Promise<void>): void => {
    const now = clock.now()
    usedAt.set(id, clock.date().getTime())
    if (now - (notedAt.get(id) ?? -NOTED_EVERY_MS) < NOTED_EVERY_MS) return
    notedAt.set(id, now)
    write(clock.date()).catch((error: unknown) =>
      log.warn({ id, ...describeCause(error) }, 'use of a key or session not noted'),
    )
  }

  const ownerOf = ({ keyId, tokenHash: hash }: BrowserSession): Omit<Actor, 'sessionId'> | undefined => {
    if (keyId !== undefined) {
      const person = known?.keysById.get(keyId)?.person
      return person && { personId: person.id, name: person.name, role: person.role }
    }
    if (hash !== undefined) return hash === tokenHash ? { name: 'ADMIN_TOKEN', role: 'owner' } : undefined
    return isDevelopment ? { name: 'developer', role: 'owner' } : undefined
  }

  const actorOf = (session: BrowserSession): Actor | undefined => {
    const { id, startedAt, lastUsedAt } = session
    const now = clock.date().getTime()
    const used = Math.max(lastUsedAt.getTime(), usedAt.get(id) ?? 0)
    const age = now - startedAt.getTime()
    if (ended.has(id) || age < -CLOCKS_DIFFER_MS || age >= SESSION_MS || now - used >= IDLE_MS) return undefined
    const owner = ownerOf(session)
    return owner && { ...owner, sessionId: id }
  }

  const keyCredential = (hash: string): Credential => ({
    now() {
      const person = known?.keys.get(hash)?.person
      return person && { personId: person.id, name: person.name, role: person.role }
    },
  })

  const sessionCredential = (hash: string): Credential => ({
    now() {
      const session = unwritten.get(hash) ?? known?.sessions.get(hash)
      return session && actorOf(session)
    },
  })

  const isAdminToken = (token: string): boolean => timingSafeEqual(digest(token), wanted)

  /** Sessions that no person's key is behind go on while nothing can be read. */
  const find = async (hash: string): Promise<BrowserSession | undefined> => {
    const begunHere = unwritten.get(hash)
    if (begunHere) return begunHere
    try {
      return (await knownNow()).sessions.get(hash)
    } catch (error) {
      const last = known?.sessions.get(hash)
      if (last && last.keyId === undefined) return last
      throw error
    }
  }

  const begin = async (
    owner: Pick<BrowserSession, 'keyId' | 'tokenHash'>,
    { address, browser }: Beginning,
  ): Promise<{ readonly secret: string; readonly actor: Actor }> => {
    const secret = randomBytes(32).toString('base64url')
    const now = clock.date()
    const session: BrowserSession = {
      ...owner,
      id: randomUUID(),
      hash: hashOfKey(secret),
      startedAt: now,
      lastUsedAt: now,
      address,
      ...(browser === undefined ? {} : { browser: browser.slice(0, BROWSER_CHARACTERS) }),
    }
    notedAt.set(session.id, clock.now())
    try {
      await book.add(session, { startedBefore: new Date(now.getTime() - SESSION_MS), most: MOST_SESSIONS })
      await readAgain()
    } catch (error) {
      if (owner.keyId !== undefined) throw error
      log.warn(describeCause(error), 'a session is kept in memory alone, because it could not be stored')
      for (const hash of [...unwritten.keys()].slice(0, -(MOST_SESSIONS - 1))) unwritten.delete(hash)
      unwritten.set(session.hash, session)
    }
    const actor = actorOf(session)
    if (!actor) throw new GatewayError('unauthorized', 'The key was revoked while you signed in.')
    return { secret, actor }
  }

  return {
    async ofToken(token) {
      if (isAdminToken(token)) return { now: () => ({ name: 'ADMIN_TOKEN', role: 'owner' }) }
      if (!KEY.test(token)) return undefined
      const hash = hashOfKey(token)
      const key = (await knownNow()).keys.get(hash)
      if (!key) return undefined
      noteUse(key.keyId, (at) => people.used(key.keyId, at))
      return keyCredential(hash)
    },
    async ofSession(secret) {
      const hash = hashOfKey(secret)
      const session = await find(hash)
      if (!session || !actorOf(session)) return undefined
      noteUse(session.id, async (at) => {
        if (!unwritten.has(hash)) await book.used(session.id, at)
      })
      return sessionCredential(hash)
    },
    async begin(token, where) {
      if (isAdminToken(token)) return begin({ tokenHash }, where)
      if (!KEY.test(token)) return undefined
      const key = (await knownNow()).keys.get(hashOfKey(token))
      if (!key) return undefined
      noteUse(key.keyId, (at) => people.used(key.keyId, at))
      return begin({ keyId: key.keyId }, where)
    },
    beginDevelopment: (where) => begin({}, where),
    async sessions() {
      const all = [...unwritten.values(), ...(await knownNow()).sessions.values()]
      return all.flatMap((session) => {
        const actor = actorOf(session)
        const used = Math.max(session.lastUsedAt.getTime(), usedAt.get(session.id) ?? 0)
        return actor ? [[{ ...session, lastUsedAt: new Date(used) }, actor] as const] : []
      })
    },
    async end(ids) {
      for (const id of ids) ended.add(id)
      for (const [hash, { id }] of unwritten) if (ids.includes(id)) unwritten.delete(hash)
      await book.remove(ids)
      onRead()
    },
    changed: readAgain,
  }
}
