import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { CallRegistry, CallSession, Clock, LineHttp, LostMedia } from '@llc-phone/core'
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws'
import type { SignatureCheck } from '../signature.ts'
import type { MediaTokens } from './media-tokens.ts'
import { callOfToken } from './signed-tokens.ts'
import { acceptMediaStream } from './stream.ts'

/** A frame of Twilio's is about 400 bytes; ws would take 100 MiB and 16,384 fragments by default. */
const MAX_PAYLOAD_BYTES = 65_536
const MAX_FRAGMENTS = 64

// ws knows maxFragments since 8.21.1, its types do not yet.
const serverOptions: ServerOptions & { maxFragments: number } = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: MAX_PAYLOAD_BYTES,
  maxFragments: MAX_FRAGMENTS,
  // The reader checks UTF-8, for the messages that it parses.
  skipUTF8Validation: true,
}

/** Also below the path of an instance: the signature is over all of it, the token says whose call it is. */
const MEDIA_PATH = /^(?:\/i\/[a-z0-9-]{1,32})?\/media\/([\w%.~-]{1,256})\/?$/

const NOT_HERE =
  'The media token is of a call that does not go on here: it is over, another instance has it, or FLEET_SECRET differs.'

/** Takes over an upgrade of the HTTP server; `false`: the address is not a media socket's. */
export type TakeUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean

/** The media sockets of calls. */
export interface MediaSockets {
  /**
   * Accepts the WebSocket `GET /media/TOKEN`. Signature and token are checked before the upgrade, so strangers never get
   * a socket.
   */
  takeUpgrades(
    http: Pick<LineHttp, 'refuseUpgrade'>,
    lost?: (callId: string, isOfEpoch: LostMedia['isOfEpoch']) => Promise<CallSession | undefined>,
  ): TakeUpgrade
  /** Hands an accepted socket to its call; `below` is the connection it runs over. */
  take(call: Pick<CallSession, 'facts' | 'attach'>, socket: WebSocket, below?: Duplex): void
  /** Ends the sockets of a call; Twilio then asks `<Connect action>` what comes next. */
  end(callId: string): void
}

/** Accepts media sockets, and keeps the open ones. */
export const createMediaSockets = (parts: {
  readonly clock: Clock
  readonly calls: Pick<CallRegistry, 'byCallId'>
  readonly tokens: Pick<MediaTokens, 'issue' | 'claim'>
  readonly signature: Pick<SignatureCheck, 'upgrade'>
  /** Whether a token was made when so many processes had served its call; absent where every token is our own. */
  readonly isOfEpoch?: (token: string, epoch: number) => boolean
}): MediaSockets => {
  const { clock, calls, tokens, signature, isOfEpoch } = parts
  const open = new Map<string, Set<WebSocket>>()
  const take: MediaSockets['take'] = (call, socket, below) => {
    const { callId } = call.facts
    const ofCall = open.get(callId) ?? new Set()
    open.set(callId, ofCall.add(socket))
    socket.once('close', () => {
      ofCall.delete(socket)
      if (ofCall.size === 0) open.delete(callId)
    })
    call.attach(acceptMediaStream(socket, clock, below))
  }

  const isHere = (callId: string): boolean => {
    const call = calls.byCallId(callId)
    return call !== undefined && call.state.phase !== 'ended'
  }

  return {
    take,
    takeUpgrades({ refuseUpgrade }, lost) {
      const server = new WebSocketServer(serverOptions)
      server.on('wsClientError', (_error, socket) =>
        refuseUpgrade(socket, 400, 'request_invalid', 'This is not a WebSocket handshake.'),
      )
      return (request, socket, head) => {
        const target = request.url ?? ''
        const token = MEDIA_PATH.exec(target)?.[1]
        if (token === undefined) return false
        const problem = signature.upgrade(request.headers, target)
        if (problem !== undefined) {
          refuseUpgrade(socket, 403, 'signature_invalid', problem)
          return true
        }
        const named = isOfEpoch && callOfToken(token)
        if (lost && isOfEpoch && named && !isHere(named)) {
          void lost(named, (epoch) => isOfEpoch(token, epoch)).then((call) => {
            if (socket.destroyed) return
            if (!call) return refuseUpgrade(socket, 403, 'token_invalid', NOT_HERE)
            // This socket counts as the call's first one here, so the token that it came with opens no other.
            tokens.claim(tokens.issue(named))
            server.handleUpgrade(request, socket, head, (accepted) => take(call, accepted, socket))
          })
          return true
        }
        const claimed = tokens.claim(token)
        const call = 'callId' in claimed ? calls.byCallId(claimed.callId) : undefined
        if ('refusal' in claimed) refuseUpgrade(socket, 403, 'token_invalid', claimed.refusal)
        else if (!call) refuseUpgrade(socket, 403, 'token_invalid', 'The media token is of a call that is over.')
        else server.handleUpgrade(request, socket, head, (accepted) => take(call, accepted, socket))
        return true
      }
    },
    end(callId) {
      for (const socket of open.get(callId) ?? []) socket.close(1000)
    },
  }
}
