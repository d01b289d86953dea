/** What every kind of `<Stream>` has: an address, parameters, and somebody who is told how it goes. */
import { isLoopback, NotAllowed, type Reach } from './reach.ts'
import { methodOf, resolveUrl, type Scene } from './scene.ts'
import type { StreamOpening } from './stream-start.ts'
import type { TwimlNode } from './twiml.ts'
import { TwilioFailure } from './types.ts'
import type { World } from './world.ts'

/** As the faults say, else as chance has it within what captures show: 88 to 171 ms, with `{}` or without. */
export function openingOf({ random, faults: { streamStart = {} } }: World): StreamOpening {
  const [timestamp, parameters] = [88 + Math.floor(random() * 84), random() < 0.5]
  const { firstTimestampMs = timestamp, customParameters } = streamStart
  return {
    firstTimestampMs,
    hasEmptyParameters: customParameters === undefined ? parameters : customParameters === 'empty',
  }
}

/** Tells the stream's status callback, if it has one. */
export type StreamReport = (event: 'stream-started' | 'stream-stopped' | 'stream-error', error?: string) => void

/** Reports to the address that the document has for this stream. */
export const reportTo =
  ({ leg, base }: Scene, { attributes }: TwimlNode, streamSid: string): StreamReport =>
  (event, error) => {
    const { statusCallback, statusCallbackMethod, name } = attributes
    if (!statusCallback) return
    const params = {
      AccountSid: leg.world.accountSid,
      CallSid: leg.sid,
      StreamSid: streamSid,
      StreamName: name ?? streamSid,
      StreamEvent: event,
      // Twilio writes nanoseconds.
      Timestamp: new Date().toISOString().replace('Z', '000000Z'),
      ...(error !== undefined && { StreamError: error }),
    }
    void leg.notify(resolveUrl(statusCallback, base), methodOf(statusCallbackMethod), params, 'stream')
  }

/** The `<Parameter>`s of a stream (12100 for one that is too long). */
export const parametersOf = (stream: TwimlNode): Record<string, string> =>
  Object.fromEntries(
    stream.children.map(({ attributes: { name = '', value = '' } }) => {
      if (name.length + value.length >= 500) throw new TwilioFailure(12100, `<Parameter name="${name}"> is too long`)
      return [name, value]
    }),
  )

/** The socket's address as the document has it: signed to the letter, so it is not normalised. */
export function streamUrl(url: string, base: string | undefined, reach: Reach): string | TwilioFailure {
  const absolute = /^[a-z]+:/i.test(url) ? url : base && URL.canParse(url, base) ? new URL(url, base).href : ''
  const target = absolute.replace(/^http(s?):/, 'ws$1:')
  if (!URL.canParse(target)) return new TwilioFailure(31923, `Stream: malformed URL ${url}`)
  const { protocol, hostname, search } = new URL(target)
  if (protocol !== 'wss:' && !(protocol === 'ws:' && (isLoopback(hostname) || base?.startsWith('http:')))) {
    return new TwilioFailure(31922, `Stream: scheme ${protocol} is not supported`)
  }
  if (search !== '' || url.includes('?')) {
    return new TwilioFailure(31920, `Stream: WebSocket handshake error: the URL has a query string`)
  }
  try {
    reach.tlsFor(target)
  } catch (error) {
    if (!(error instanceof NotAllowed)) throw error
    return new TwilioFailure(31901, `Stream: ${error.message}`)
  }
  return target
}
