import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { GatewayError, type Clock } from '@llc-phone/core'
import { hashOfKey, type KeyInForce, type PeopleBook } from '@llc-phone/store'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { describeCause } from '../watching/describe-cause.ts'
import { createGuessLimit } from './guess-limit.ts'
import { mayDo, type Actor, type Role } from './roles.ts'

/** How long the keys in memory are trusted: a key that another process has revoked opens for no longer. */
const TRUSTED_MS = 10_000

/** How often the use of a key is noted. */
const NOTED_EVERY_MS = 60_000

const KEY = /^llc_[\w-]{43}$/

/** What access is decided by. */
export interface AccessDeps {
  readonly adminToken: string
  readonly people: Pick<PeopleBook, 'keysInForce' | 'used'>
  readonly clock: Pick<Clock, 'now' | 'date'>
  readonly log: Logger
}

/** Somebody who may open a WebSocket. */
export interface Admitted {
  readonly actor: Actor
  /** Calls back once they may not any more. Returns what ends the watching. */
  whenOver(end: () => void): () => void
}

/** Who may use the operator routes. */
export interface Access {
  /**
   * Whoever sends the request, by `Authorization: Bearer`: ADMIN_TOKEN, or a key of a person. Throws `unauthorized`,
   * `too_many_attempts`, or `database_failed` for a key while the people cannot be read.
   */
  admit(request: FastifyRequest, reply: FastifyReply): Promise<Actor>
  /**
   * Who asks for a WebSocket. Rejects as `admit` does, and with `forbidden` for a lesser role.
   */
  admitUpgrade(request: Pick<IncomingMessage, 'headers' | 'socket'>, role: Role): Promise<Admitted>
  /** Has the people read again for the next request, and ends streams that are open by the keys that are gone then. */
  changed(): Promise<void>
}

const digest = (text: string) => createHash('sha256').update(text).digest()

/**
 * Creates the access of an application. All keys in force are in memory, by their hashes: guesses cost no query, and the time
 * of a look-up tells nothing of a key. Wrong tokens again and again must wait; right ones never do, even if somebody else
 * behind the same proxy guesses. ADMIN_TOKEN works without a database.
 */
export const createAccess = ({ adminToken, people, clock, log }: AccessDeps): Access => {
  const wanted = digest(adminToken)
  const guesses = createGuessLimit(() => clock.now())
  const usedAt = new Map<string, number>()
  const open = new Map<FastifyReply, string>()
  let known: { readonly keys: ReadonlyMap<string, KeyInForce>; readonly at: number } | undefined
  let reading: Promise<ReadonlyMap<string, KeyInForce>> | undefined

  const read = async (): Promise<ReadonlyMap<string, KeyInForce>> => {
    const at = clock.now()
    const inForce = await people.keysInForce().catch((error: unknown) => {
      throw new GatewayError(
        'database_failed',
        'Keys of people cannot be checked, because the database does not answer. ADMIN_TOKEN works.',
        { cause: error },
      )
    })
    const keys = new Map(inForce.map((key) => [key.hash, key]))
    known = { keys, at }
    endStreams(new Set(inForce.map(({ keyId }) => keyId)))
    return keys
  }

  /** A stream is `sent` from its beginning; an answer on its way is finished. */
  const endStreams = (inForce: ReadonlySet<string>): void => {
    for (const [reply, keyId] of open) if (!inForce.has(keyId) && reply.sent) reply.raw.destroy()
  }

  const keysNow = (): Promise<ReadonlyMap<string, KeyInForce>> => {
    if (known && clock.now() - known.at < TRUSTED_MS) return Promise.resolve(known.keys)
    reading ??= read().finally(() => (reading = undefined))
    return reading
  }

  const noteUse = (keyId: string): void => {
    const now = clock.now()
    if (now - (usedAt.get(keyId) ?? -NOTED_EVERY_MS) < NOTED_EVERY_MS) return
    usedAt.set(keyId, now)
    people
      .used(keyId, clock.date())
      .catch((error: unknown) => log.warn({ keyId, ...describeCause(error) }, 'use of a key not noted'))
  }

  const personOf = async (token: string, reply: FastifyReply): Promise<Actor | undefined> => {
    if (!KEY.test(token)) return undefined
    const key = (await keysNow()).get(hashOfKey(token))
    if (!key) return undefined
    noteUse(key.keyId)
    open.set(reply, key.keyId)
    reply.raw.once('close', () => open.delete(reply))
    const { id, name, role } = key.person
    return { personId: id, name, role }
  }

  return {
    async admit({ headers: { authorization = '' }, ip }, reply) {
      const [scheme, token = ''] = authorization.split(' ', 2)
      if (scheme?.toLowerCase() === 'bearer') {
        if (timingSafeEqual(digest(token), wanted)) return { name: 'ADMIN_TOKEN', role: 'owner' }
        const actor = await personOf(token, reply)
        if (actor) return actor
      }
      const waitSeconds = authorization === '' ? 0 : guesses.wrong(ip)
      if (waitSeconds > 0) {
        reply.header('retry-after', String(waitSeconds))
        throw new GatewayError('too_many_attempts', `Too many wrong tokens. Try again in ${waitSeconds} s.`)
      }
      throw new GatewayError(
        'unauthorized',
        'Send the header "Authorization: Bearer KEY" with a key of yours, or the value of ADMIN_TOKEN.',
      )
    },
    async admitUpgrade({ headers: { authorization = '' } }, role) {
      const [scheme, token = ''] = authorization.split(' ', 2)
      const isBearer = scheme?.toLowerCase() === 'bearer'
      const isOwner = isBearer && timingSafeEqual(digest(token), wanted)
      const person = isBearer && KEY.test(token) ? (await keysNow()).get(hashOfKey(token))?.person : undefined
      const actor: Actor | undefined = isOwner
        ? { name: 'ADMIN_TOKEN', role: 'owner' }
        : person && { personId: person.id, name: person.name, role: person.role }
      if (!actor) throw new GatewayError('unauthorized', 'Send the header "Authorization: Bearer KEY".')
      if (!mayDo(actor.role, role))
        throw new GatewayError('forbidden', `This needs the role ${role}; ${actor.name} has the role ${actor.role}.`)
      return { actor, whenOver: () => () => {} }
    },
    async changed() {
      // What is being read may be from before the change.
      await reading?.catch(() => undefined)
      known = undefined
      await keysNow()
    },
  }
}
