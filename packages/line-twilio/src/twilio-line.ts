import { randomUUID } from 'node:crypto'
import {
  type CallElsewhere,
  type CallRegistry,
  type Carrier,
  type Clock,
  type E164,
  type Line,
  type LineHost,
} from '@llc-phone/core'
import type { FastifyPluginAsync } from 'fastify'
import { createAccounts, type InnerCarrier } from './accounts.ts'
import { createCallControl } from './call-control.ts'
import { createCarrier } from './carrier.ts'
import { createDocuments } from './documents.ts'
import { createLine } from './line.ts'
import { createMediaSockets, type TakeUpgrade } from './media/sockets.ts'
import { createMediaTokens } from './media/media-tokens.ts'
import { createSignedTokens, firstToken, isTokenOf, type TokenSigning } from './media/signed-tokens.ts'
import type { RestAccount } from './rest-transport.ts'
import { addAfterRecordRoute } from './routes/after-record.ts'
import { addAfterStreamRoutes } from './routes/after-stream.ts'
import { addPersonRoutes } from './routes/person.ts'
import { addStatusRoutes } from './routes/status.ts'
import { addTwilioScope } from './routes/twilio-scope.ts'
import { addVoiceRoute } from './routes/voice.ts'
import type { SharedKeys } from './shared-keys.ts'
import { createSignatureCheck, type SignatureOptions } from './signature.ts'
import { createTwiml } from './twiml.ts'

/** Address, account and settings of the line. */
export interface TwilioLineOptions {
  readonly account: RestAccount
  /** The origin that Twilio sees. */
  readonly publicUrl: string
  /** The origin as the operator wrote it: Twilio signs URLs as written. */
  readonly publicUrlAsWritten?: string | undefined
  /** What stands before the path of every URL that Twilio is given for a call: PUBLIC_URL unless told otherwise. */
  readonly callUrl?: string | undefined
  /** What several instances have in common; absent: tokens are remembered. */
  readonly fleet?: (Omit<TokenSigning, 'isLive'> & Pick<SignatureOptions, 'otherOrigins' | 'prefixes'>) | undefined
  /** Each request must be signed with one of these secrets. */
  readonly authTokens: readonly string[]
  readonly sharedKeys?: SharedKeys | undefined
  /** Caller id for people when the dialled number may not be shown. */
  readonly ownNumber?: E164 | undefined
  /** Calls without telephones, which the same code steers. */
  readonly inner?: InnerCarrier | undefined
  readonly clock: Clock
  readonly calls: Pick<CallRegistry, 'byCallId'>
}

/** The HTTP side of the line. */
export interface TwilioServer {
  /** Twilio's webhooks. */
  readonly plugin: FastifyPluginAsync
  /** The media sockets. */
  readonly takeUpgrade: TakeUpgrade
}

/** The telephone line by Twilio. */
export interface TwilioLine {
  readonly line: Line
  readonly carrier: Carrier
  /** Makes the HTTP side for this host. */
  serve(host: LineHost): TwilioServer
}

/** An origin, with or without a path, in small letters and without a slash at its end or a port that goes without saying. */
const normalUrl = (url: string): string => {
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname.replace(/\/+$/, '')}`
}

/**
 * Creates the line; sends nothing before the first call.
 *
 * @example
 * const twilio = createTwilioLine({ account, publicUrl, authTokens, clock: systemClock, calls: registry })
 * await app.register(twilio.serve(host).plugin)
 */
export const createTwilioLine = (options: TwilioLineOptions): TwilioLine => {
  const { publicUrl, ownNumber, clock, calls } = options
  const accounts = createAccounts(options.account, options.inner)
  const { fleet } = options
  const callUrl = normalUrl(options.callUrl ?? publicUrl)
  const twiml = createTwiml(callUrl)
  // With an INSTANCE_URL Twilio asks there, and signs that.
  const ownOrigins = [new URL(callUrl).origin].filter((origin) => origin !== new URL(publicUrl).origin)
  const signature = createSignatureCheck({
    publicUrl: options.publicUrlAsWritten ?? publicUrl,
    authTokens: options.authTokens,
    sharedKeys: options.sharedKeys,
    otherOrigins: () => [...ownOrigins, ...(fleet?.otherOrigins?.() ?? [])],
    ...(fleet?.prefixes ? { prefixes: fleet.prefixes } : {}),
  })
  const isLive = (callId: string): boolean => {
    const call = calls.byCallId(callId)
    return call !== undefined && call.state.phase !== 'ended'
  }
  const tokens = fleet ? createSignedTokens({ ...fleet, isLive }) : createMediaTokens(isLive)
  const sockets = createMediaSockets({
    clock,
    calls,
    tokens,
    signature,
    ...(fleet ? { isOfEpoch: (token, epoch) => isTokenOf(token, fleet.secrets, epoch) } : {}),
  })
  const callControl = createCallControl({
    accounts,
    publicUrl: callUrl,
    ownNumber,
    processTag: `${randomUUID().slice(0, 8)}-`,
  })

  const line = createLine(callControl, sockets)

  return {
    line,
    carrier: createCarrier({
      accounts,
      publicUrl: callUrl,
      connect: (callId) => twiml.stream(tokens.issue(callId)),
    }),
    serve(host) {
      const documents = createDocuments(twiml, tokens, host.log, publicUrl)
      // Without a secret in common no instance can answer for another one.
      const answerFor = ({ callUrl: url, callId, epoch }: CallElsewhere): string =>
        fleet ? createTwiml(url).stream(firstToken(fleet.secrets, callId, epoch)) : twiml.hangUp()
      const parts = { host, line, twiml, documents, answerFor, callControl, signature }
      return {
        async plugin(scope) {
          await addTwilioScope(scope, parts)
          addVoiceRoute(scope, parts)
          addAfterStreamRoutes(scope, parts)
          addAfterRecordRoute(scope, parts)
          addPersonRoutes(scope, parts)
          addStatusRoutes(scope, parts)
          // Warm up code that is loaded and compiled on first use (some 50 ms), so that the first caller does not wait.
          signature.request({ 'x-twilio-signature': 'none' }, '/twiml', {})
          twiml.stream('none')
        },
        takeUpgrade: sockets.takeUpgrades(host.http, async (callId, isOfEpoch) =>
          host.lostMedia?.({ callId, line, isOfEpoch }),
        ),
      }
    },
  }
}
