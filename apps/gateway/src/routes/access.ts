import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { GatewayError, type Clock } from '@llc-phone/core'
import type { AuditBook, PeopleBook, SessionBook } from '@llc-phone/store'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { LEAST_TOKEN_CHARACTERS } from '../configuration/token-length.ts'
import { noteDeed } from './note-deed.ts'
import { foreignness, isAtLoopback, isForwarded, isOurOrigin } from './browser-request.ts'
import { createCredentials, SESSION_MS, type Credential, type Credentials } from './credentials.ts'
import { createGuessLimit, OF_PEOPLE, type GuessLimit } from './guess-limit.ts'
import { mayDo, type Actor, type Role } from './roles.ts'
import { sessionCookie, sessionSecretOf, staysSignedOut } from './session-cookie.ts'

/** How often what goes on for long is looked at: whether whoever has opened it still may. */
const LOOK_EVERY_MS = 60_000

/** What access is decided by. */
export interface AccessDeps {
  readonly adminToken: string
  readonly people: Pick<PeopleBook, 'keysInForce' | 'used'>
  readonly sessions: SessionBook
  readonly audit: AuditBook
  readonly clock: Pick<Clock, 'now' | 'date' | 'after'>
  readonly log: Logger
  /** Where the gateway is reached, for pages behind a proxy that says nothing of it. */
  readonly publicUrl: string
  /** `./phone dev` on this machine with a simulated carrier: a browser of this machine is signed in. */
  readonly isDevelopment?: boolean
}

/** Somebody who may open a WebSocket. */
export interface Admitted {
  readonly actor: Actor
  /** Calls back once they may not any more: signed out, removed, in another role. Returns what ends the watching. */
  whenOver(end: () => void): () => void
}

/** Who may use the operator routes. */
export interface Access extends Pick<Credentials, 'sessions' | 'end'> {
  /**
   * Whoever sends the request, by `Authorization: Bearer` (ADMIN_TOKEN, or a key of a person) or by the cookie of a session.
   * Throws `unauthorized`, `too_many_attempts`, `forbidden` for what a page of somebody else may have sent, or
   * `database_failed` while the people cannot be read.
   */
  admit(request: FastifyRequest, reply: FastifyReply): Promise<Actor>
  /**
   * Whoever asks for a WebSocket, before it is answered: the same, and the page it comes from must be ours. Throws what
   * `admit` does, and `forbidden` for a lesser role.
   */
  admitUpgrade(request: Pick<IncomingMessage, 'headers' | 'socket'>, role: Role): Promise<Admitted>
  /** Begins a session by a key; resolves to who it is. Throws `unauthorized`, the same for every wrong key, or what `admit` does. */
  signIn(request: FastifyRequest, reply: FastifyReply, key: string): Promise<Actor>
  /** Whether this browser would be signed in again at once. */
  isDevelopment(request: FastifyRequest): boolean
  /** Has the people read again for the next request, and ends streams of those who may not go on. */
  changed(): Promise<void>
}

interface Open {
  readonly credential: Credential
  readonly role: Role
  end(): void
}

/**
 * Creates the access of an application. Wrong tokens again and again must wait; right ones never do, even if somebody else
 * behind the same proxy guesses: no key can be guessed, and nobody shall be locked out.
 */
export const createAccess = (deps: AccessDeps): Access => {
  const { adminToken, clock, publicUrl, isDevelopment = false } = deps
  const guesses = createGuessLimit(() => clock.now())
  const signIns = createGuessLimit(() => clock.now(), OF_PEOPLE)
  const open = new Set<Open>()
  let isLooking = false

  const endOthers = (): void => {
    for (const each of open) {
      const actor = each.credential.now()
      if (actor && mayDo(actor.role, each.role)) continue
      open.delete(each)
      each.end()
    }
  }
  const credentials = createCredentials({ ...deps, isDevelopment, onRead: endOthers })

  /** Also for what another process has changed, and for sessions that are over by now. */
  const lookLater = (): void => {
    if (isLooking) return
    isLooking = true
    clock.after(LOOK_EVERY_MS, () => {
      isLooking = false
      if (open.size === 0) return
      credentials.changed().then(lookLater, lookLater)
    })
  }

  const watch = (credential: Credential, role: Role, end: () => void): (() => void) => {
    const entry: Open = { credential, role, end }
    open.add(entry)
    lookLater()
    return () => void open.delete(entry)
  }

  const refused = (limit: GuessLimit, address: string, message: string, reply?: FastifyReply): GatewayError => {
    const waitSeconds = limit.wrong(address)
    if (waitSeconds === 0) return new GatewayError('unauthorized', message)
    reply?.header('retry-after', String(waitSeconds))
    return new GatewayError('too_many_attempts', `Too many wrong keys. Try again in ${waitSeconds} s.`)
  }

  /** Whether a token counts where it comes from: one that everybody knows opens on this machine alone, through no tunnel. */
  const countsHere = (token: string, headers: IncomingHttpHeaders): boolean =>
    token !== adminToken || token.length >= LEAST_TOKEN_CHARACTERS || (isAtLoopback(headers) && !isForwarded(headers))

  const ofBearer = async (
    { authorization = '', ...headers }: IncomingHttpHeaders,
    address: string,
    reply?: FastifyReply,
  ): Promise<Credential> => {
    const [scheme, token = ''] = authorization.split(' ', 2)
    const isToken = scheme?.toLowerCase() === 'bearer' && countsHere(token, headers)
    const credential = isToken ? await credentials.ofToken(token) : undefined
    if (credential) return credential
    throw refused(guesses, address, NO_KEY, reply)
  }

  /** A page of our own on this machine, by a header that no page can set. */
  const isOwnBrowser = ({ headers }: Pick<FastifyRequest, 'headers'>): boolean =>
    isDevelopment && isAtLoopback(headers) && !isForwarded(headers)

  const isSignedIn = (request: FastifyRequest): boolean =>
    isOwnBrowser(request) && request.headers['sec-fetch-site'] === 'same-origin' && !staysSignedOut(request.headers)

  const whereOf = ({ ip, headers }: FastifyRequest) => ({ address: ip, browser: headers['user-agent'] })

  const ofBrowser = async (request: FastifyRequest, reply: FastifyReply): Promise<Credential | undefined> => {
    const secret = sessionSecretOf(request.headers)
    const credential = secret === undefined ? undefined : await credentials.ofSession(secret)
    if (!credential && !isSignedIn(request)) return undefined
    const foreign = foreignness(request, publicUrl)
    if (foreign !== undefined) throw new GatewayError('forbidden', foreign)
    if (credential) return credential
    const begun = await credentials.beginDevelopment(whereOf(request))
    await noteDeed(
      deps,
      { actor: begun.actor, ip: request.ip },
      { action: 'signed_in', details: { by: 'development' } },
    )
    reply.header('set-cookie', sessionCookie(request.headers, begun.secret, SESSION_MS))
    return credentials.ofSession(begun.secret)
  }

  return {
    async admit(request, reply) {
      const { authorization } = request.headers
      const credential =
        authorization === undefined
          ? await ofBrowser(request, reply)
          : await ofBearer(request.headers, request.ip, reply)
      const actor = credential?.now()
      if (!credential || !actor) throw new GatewayError('unauthorized', NO_KEY)
      // A stream is `sent` from its beginning; an answer on its way is finished.
      const end = () => void (reply.sent && reply.raw.destroy())
      reply.raw.once('close', watch(credential, request.routeOptions.config.role ?? 'owner', end))
      return actor
    },
    async admitUpgrade({ headers, socket }, role) {
      const { authorization, origin } = headers
      const secret = sessionSecretOf(headers)
      const credential =
        authorization !== undefined
          ? await ofBearer(headers, socket.remoteAddress ?? '')
          : secret !== undefined && (await credentials.ofSession(secret))
      const actor = credential ? credential.now() : undefined
      if (!credential || !actor) throw new GatewayError('unauthorized', NO_KEY)
      if (authorization === undefined && !isOurOrigin(origin, headers, publicUrl))
        throw new GatewayError('forbidden', 'This WebSocket is asked for by the page of another site.')
      if (!mayDo(actor.role, role)) throw new GatewayError('forbidden', lesserRole(actor, role))
      return { actor, whenOver: (end) => watch(credential, role, end) }
    },
    async signIn(request, reply, key) {
      const foreign = foreignness(request, publicUrl)
      if (foreign !== undefined) throw new GatewayError('forbidden', foreign)
      // Before the key is looked at: where it cannot be kept, it should not be sent.
      sessionCookie(request.headers, '', 0)
      const begun = countsHere(key, request.headers) ? await credentials.begin(key, whereOf(request)) : undefined
      if (!begun) throw refused(signIns, request.ip, 'This key opens nothing. An owner can issue you another.', reply)
      // The one before is over: nobody can have planted it.
      const before = sessionSecretOf(request.headers)
      const session = before === undefined ? undefined : (await credentials.ofSession(before))?.now()
      if (session?.sessionId !== undefined) await credentials.end([session.sessionId])
      reply.header('set-cookie', sessionCookie(request.headers, begun.secret, SESSION_MS))
      return begun.actor
    },
    isDevelopment: isOwnBrowser,
    sessions: credentials.sessions,
    end: credentials.end,
    changed: credentials.changed,
  }
}

const NO_KEY =
  'Send the header "Authorization: Bearer KEY" with a key of yours, or the value of ADMIN_TOKEN; a browser signs in at /console/.'

/** What somebody is told whose role is not enough. */
export const lesserRole = ({ name, role }: Actor, needed: Role): string =>
  `This needs the role ${needed}; ${name} has the role ${role}.`
