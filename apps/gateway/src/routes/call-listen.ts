import { GatewayError, type CallSession, type LineHttp, type TrackBlock } from '@llc-phone/core'
import { WebSocketServer, type WebSocket } from 'ws'
import type { GatewayDeps } from '../deps.ts'
import { instanceIn } from '../fleet/instance-path.ts'
import type { Admitted } from './access.ts'
import { noteDeed } from './note-deed.ts'
import { describeError } from './http-errors.ts'
import { sendUpgradeTo, type TakeOtherUpgrade } from './line-http.ts'
import { createOwnerSearch } from './owner.ts'

const PATH = /^\/calls\/([^/?]{1,128})\/listen(?:\?.*)?$/
/** Eight seconds of both tracks: a listener who is so far behind is dropped. */
const BACKLOG_LIMIT_BYTES = 131_072
/** Listeners of one call, and of all calls. */
const MAX_OF_CALL = 5
const MAX_LISTENERS = 20
/** Close codes: the call is over; the listener was too slow; they may not listen any more. */
const OVER = 1000
const TOO_SLOW = 4008
const NO_RIGHT = 4003

const HEADER_BYTES = 4

/** `undefined` for what is no part of an address. */
const decoded = (id: string): string | undefined => {
  try {
    return decodeURIComponent(id)
  } catch {
    return undefined
  }
}

/** A block as a message: `atMs` as 32 bits, big-endian, then as many bytes of the caller as of the assistant. */
const messageOf = ({ atMs, caller, assistant }: TrackBlock): Buffer => {
  const message = Buffer.allocUnsafe(HEADER_BYTES + caller.length + assistant.length)
  message.writeUInt32BE(Math.round(atMs))
  message.set(caller, HEADER_BYTES)
  message.set(assistant, HEADER_BYTES + caller.length)
  return message
}

/**
 * Takes over the upgrades of `GET /calls/ID/listen`: both tracks of a live call, of our side what the caller hears. `false`: it is
 * another address. A listener who is slow or gone is dropped; the call never waits.
 */
export const createListening = (
  deps: Pick<GatewayDeps, 'access' | 'registry' | 'audit' | 'log' | 'fleet'>,
  { refuseUpgrade }: Pick<LineHttp, 'refuseUpgrade'>,
) => {
  const { access, registry, log } = deps
  const ownerOf = createOwnerSearch(deps)
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 1_024 })
  const listeners = new Map<WebSocket, string>()
  server.on('wsClientError', (_error, socket) =>
    refuseUpgrade(socket, 400, 'request_invalid', 'This is not a WebSocket handshake.'),
  )

  /** One message for all listeners of a call: the block is the same for each. */
  let last: { readonly block: TrackBlock; readonly message: Buffer } | undefined
  const told = (block: TrackBlock): Buffer => {
    if (last?.block !== block) last = { block, message: messageOf(block) }
    return last.message
  }

  const listen = (call: CallSession, { actor, whenOver }: Admitted, socket: WebSocket): void => {
    const { callId } = call.facts
    listeners.set(socket, callId)
    const drop = (code: number, why: string): void => {
      socket.close(code, why)
      // One who does not read does not answer the closing either.
      if (code === TOO_SLOW) socket.terminate()
    }
    const unwatch = whenOver(() => drop(NO_RIGHT, 'You may not listen any more.'))
    const stop = call.listen(
      {
        block(block) {
          if (socket.readyState !== socket.OPEN) return
          if (socket.bufferedAmount > BACKLOG_LIMIT_BYTES) drop(TOO_SLOW, 'Too slow.')
          else socket.send(told(block))
        },
        over: () => drop(OVER, 'The call is over.'),
      },
      actor.name,
    )
    socket.on('error', () => socket.terminate())
    // Who listens has nothing to say, and what they say would be read beside the audio of calls.
    socket.on('message', () => socket.terminate())
    socket.once('close', () => {
      listeners.delete(socket)
      unwatch()
      stop()
    })
  }

  const admit = async (id: string, ...[request, socket, head, asked]: Parameters<TakeOtherUpgrade>): Promise<void> => {
    const admitted = await access.admitUpgrade(request, 'owner')
    const wanted = decoded(id)
    const elsewhere = wanted === undefined ? undefined : await ownerOf(wanted, request.url ?? '', asked)
    if (elsewhere !== undefined) return sendUpgradeTo(socket, elsewhere)
    const call = wanted === undefined ? undefined : (registry.byCallId(wanted) ?? registry.byLegId(wanted))
    if (!call) throw new GatewayError('not_found', 'There is no such call.')
    if (call.state.phase === 'ended') throw new GatewayError('call_not_talking', 'The call is over.')
    const { callId } = call.facts
    if (
      listeners.size >= MAX_LISTENERS ||
      [...listeners.values()].filter((one) => one === callId).length >= MAX_OF_CALL
    )
      throw new GatewayError('queue_full', 'As many people listen in as may.')
    server.handleUpgrade(request, socket, head, (accepted) => {
      log.info({ callId }, 'somebody listens in')
      const from = { actor: admitted.actor, ip: request.socket.remoteAddress ?? '' }
      void noteDeed(deps, from, { action: 'call_listened', target: callId })
      listen(call, admitted, accepted)
    })
  }

  return {
    takeUpgrade(...upgrade: Parameters<TakeOtherUpgrade>): boolean {
      const [request, socket] = upgrade
      const id = PATH.exec(request.url ?? '')?.[1]
      if (id === undefined) return false
      admit(id, ...upgrade).catch((error: unknown) => {
        const { status, body } = describeError(error)
        if (body.error.code === 'misrouted') deps.fleet.misrouted(instanceIn(upgrade[3])!, 'upgrade')
        refuseUpgrade(socket, status, body.error.code, body.error.message)
      })
      return true
    },
    close(): void {
      for (const socket of listeners.keys()) socket.close(1001)
    },
  }
}
