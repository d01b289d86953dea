import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Readable } from 'node:stream'
import { GatewayError } from '@llc-phone/core'
import { restOriginOf, type RestAccount } from './rest-transport.ts'

/** A recording as it comes from Twilio. */
export interface OpenRecording {
  /** 8 kHz, 16 bits, a WAV file. Is destroyed when Twilio pauses for longer than the time limit. */
  readonly audio: Readable
  /** Its size (bytes), when Twilio tells it. */
  readonly sizeBytes?: number
}

/** Time limit for the first byte, and for each pause after it. */
const PAUSE_LIMIT_MS = 10_000

/** Twilio's ids of recordings: https://www.twilio.com/docs/voice/api/recording */
const RECORDING_SID = /^RE[0-9a-f]{32}$/i

/**
 * Opens a recording that Twilio keeps. `undefined` when it is not there any more. Throws `call_control_failed` when Twilio
 * refuses, or does not answer in 10 s.
 */
export const openRecording = async (
  { accountSid, authToken, agent, ...account }: RestAccount,
  recordingSid: string,
): Promise<OpenRecording | undefined> => {
  if (!RECORDING_SID.test(recordingSid)) return undefined
  const origin = restOriginOf(account)
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const sent = (origin.startsWith('https:') ? httpsRequest : httpRequest)(
    `${origin}/2010-04-01/Accounts/${accountSid}/Recordings/${recordingSid}.wav`,
    { agent, auth: `${accountSid}:${authToken}`, headers: { accept: 'audio/wav' } },
    resolve,
  )
  sent.setTimeout(PAUSE_LIMIT_MS, () => sent.destroy(new Error('Twilio paused for too long.')))
  sent.on('error', reject).end()
  const answer = await promise.catch((error: Error) => {
    throw new GatewayError('call_control_failed', `Twilio did not send the recording: ${error.message}`)
  })
  const { statusCode = 0, headers } = answer
  if (statusCode === 200) {
    const sizeBytes = Number(headers['content-length'])
    return { audio: answer, ...(sizeBytes > 0 ? { sizeBytes } : {}) }
  }
  answer.destroy()
  if (statusCode === 404 || statusCode === 410) return undefined
  throw new GatewayError('call_control_failed', `Twilio did not send the recording (status ${statusCode}).`)
}
