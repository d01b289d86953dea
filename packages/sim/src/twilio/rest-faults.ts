/** REST requests that go wrong on purpose: refused, held back, or done without an answer. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { TwilioFailure, type RestFault } from '@llc-phone/virtual-carrier/types'
import { pause } from '@llc-phone/virtual-carrier/waiting'
import type { World } from '@llc-phone/virtual-carrier/world'

/** A REST request the stand-in received. */
export interface RecordedRequest {
  /** On the clock of `performance.now()`. */
  atMs: number
  method: string
  path: string
  body: Record<string, string | string[]>
  /** 0 as long as there is no answer, and for one that was lost. */
  status: number
}

const INTERNAL_ERROR = 'An internal server error has occurred'

/** Applies the account's faults and records every request in the order of arrival. */
export function attachRestFaults(app: FastifyInstance, world: World, requests: RecordedRequest[]): void {
  const records = new WeakMap<FastifyRequest, RecordedRequest>()
  const chosen = new WeakMap<FastifyRequest, RestFault>()
  const closing = new AbortController()
  app.addHook('preClose', async () => closing.abort())

  const record = (request: FastifyRequest): RecordedRequest => {
    const known = records.get(request)
    if (known) return known
    const body = (request.body ?? {}) as RecordedRequest['body']
    const made: RecordedRequest = {
      atMs: performance.now(),
      method: request.method,
      path: request.url,
      body,
      status: 0,
    }
    records.set(request, made)
    requests.push(made)
    return made
  }

  app.addHook('preHandler', async (request, reply) => {
    record(request)
    const { restDelayMs } = world.faults
    if (restDelayMs) await pause(restDelayMs, closing.signal)
    const fault = takeFault(world, request)
    if (!fault) return
    if (isAccepted(fault)) return void chosen.set(request, fault)
    await pause(fault.heldMs ?? 0, closing.signal)
    if (fault.lost) return cut(request, reply)
    throw failureOf(fault)
  })

  app.addHook('onSend', async (request, reply, payload) => {
    const made = record(request)
    const fault = chosen.get(request)
    // The request is refused anyway, so there is no answer to lose.
    if (!fault || reply.statusCode >= 400) {
      made.status = reply.statusCode
      return payload
    }
    if (fault.heldUntil) await untilSeen(world, payload, fault.heldUntil)
    await pause(fault.heldMs ?? 0, closing.signal)
    if (fault.lost) {
      cut(request, reply)
      return payload
    }
    if (fault.status !== undefined) {
      const failure = failureOf(fault)
      reply.code(failure.status)
      made.status = failure.status
      return JSON.stringify(bodyOf(failure))
    }
    made.status = reply.statusCode
    return payload
  })
}

/** The API's answer to a refused request. */
export const bodyOf = ({ code, message, status }: TwilioFailure): Record<string, unknown> => ({
  code,
  message,
  more_info: `https://www.twilio.com/docs/errors/${code}`,
  status,
})

/** Whether Twilio acts on the request; by default not if the fault sets a status or loses the answer. */
const isAccepted = ({ accepted, status, lost }: RestFault): boolean => accepted ?? (status === undefined && !lost)

const failureOf = ({ status = 500, code = 20_500, message = INTERNAL_ERROR }: RestFault): TwilioFailure =>
  new TwilioFailure(code, message, status)

/** The first fault meant for this request; one of its times is used up. */
function takeFault({ faults }: World, { method, url }: FastifyRequest): RestFault | undefined {
  const path = url.split('?')[0]!
  const fault = [faults.rest ?? []]
    .flat()
    .find((one) => one.times !== 0 && (one.method ?? method) === method && path.endsWith(one.path ?? ''))
  if (fault?.times !== undefined) fault.times--
  return fault
}

/** Closes the connection without an answer. */
function cut(request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack()
  request.raw.socket.destroy()
}

async function untilSeen(world: World, payload: unknown, type: NonNullable<RestFault['heldUntil']>): Promise<void> {
  const { sid, call_sid } = JSON.parse(String(payload)) as { sid?: string; call_sid?: string }
  await world.legs.get(sid ?? call_sid ?? '')?.seen(type)
}
