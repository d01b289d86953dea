import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { systemClock, type LineHttp } from '@llc-phone/core'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { LineServer } from '../deps.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { instanceIn, withoutInstance } from '../fleet/instance-path.ts'
import { createRefusalLog, refusedRequests } from '../refusal-log.ts'
import type { Metrics } from '../watching/metrics.ts'
import { describeError, errorBody } from './http-errors.ts'

/** Refuses requests of carriers. */
export const createLineHttp = ({
  log,
  metrics,
}: {
  readonly log: Logger
  readonly metrics: Pick<Metrics, 'refused'>
}): LineHttp => {
  const tellWebhook = createRefusalLog(log, systemClock, refusedRequests('webhook'))
  const tellSocket = createRefusalLog(log, systemClock, refusedRequests('media socket'))
  return {
    describeError,
    refused(code, told) {
      metrics.refused(code)
      if (told) tellWebhook(code, told)
    },
    refuseUpgrade(socket, status, code, message) {
      metrics.refused(code)
      tellSocket(code, { code, reason: message })
      const body = JSON.stringify(errorBody(code, message))
      socket.once('finish', () => socket.destroy())
      socket.end(
        `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: application/json\r\n` +
          `x-content-type-options: nosniff\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      )
    },
  }
}

/** Answers an upgrade with the address that it belongs to. */
export const sendUpgradeTo = (socket: Duplex, location: string): void => {
  socket.once('finish', () => socket.destroy())
  socket.end(
    `HTTP/1.1 307 ${STATUS_CODES[307]}\r\nconnection: close\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`,
  )
}

/** Takes over an upgrade, of which `asked` is the path as it came; `false`: it is another address. */
export type TakeOtherUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer, asked: string) => boolean

/** Passes upgrades to the line that has the address, or to `others`, which know nothing of the paths of instances. */
export const addUpgrades = (
  app: FastifyInstance,
  lines: readonly Pick<LineServer, 'takeUpgrade'>[],
  others: readonly { readonly takeUpgrade: TakeOtherUpgrade }[],
  { refuseUpgrade, fleet }: Pick<LineHttp, 'refuseUpgrade'> & { readonly fleet: Pick<Fleet, 'id' | 'misrouted'> },
): void => {
  app.server.on('upgrade', (request, socket: Duplex, head) => {
    socket.on('error', () => socket.destroy())
    const asked = request.url ?? ''
    if (lines.some((line) => line.takeUpgrade(request, socket, head))) {
      const instance = instanceIn(asked)
      // One that is refused at once may be anybody's.
      if (instance !== undefined && instance !== fleet.id && !socket.writableEnded) fleet.misrouted(instance, 'upgrade')
      return
    }
    request.url = withoutInstance(asked)
    if (others.some((other) => other.takeUpgrade(request, socket, head, asked))) return
    refuseUpgrade(socket, 404, 'not_found', 'There is no WebSocket here.')
  })
}
