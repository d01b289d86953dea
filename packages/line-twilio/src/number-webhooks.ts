import { GatewayError, type E164 } from '@llc-phone/core'
import * as z from 'zod'
import { restError } from './rest-client.ts'
import { createRestTransport, type RestAccount } from './rest-transport.ts'

/** Where Twilio sends the calls of a number, as it is set at Twilio. Empty texts: not set. */
export interface NumberWebhooks {
  readonly voiceUrl: string
  readonly voiceMethod: string
  readonly statusCallback: string
  readonly statusCallbackMethod: string
  /** A TwiML application, which Twilio asks instead of `voiceUrl`. */
  readonly voiceApplicationSid: string
  /** A SIP trunk, which takes calls before any of them. */
  readonly trunkSid: string
}

/** A number of ours at Twilio; without `at` it is none of the account. */
export interface NumberAtTwilio {
  readonly number: E164
  readonly at?: NumberWebhooks & { readonly sid: string }
}

/** One thing that is set otherwise than a gateway needs it. */
export interface Difference {
  readonly what: 'voice URL' | 'method' | 'status callback' | 'status callback method' | 'application' | 'SIP trunk'
  readonly before: string
  /** Absent when {@link setNumberWebhooks} leaves it alone. */
  readonly after?: string
  /** Calls to the number do not reach this gateway. */
  readonly isFatal: boolean
}

/** How many numbers an account shows in one page; more are asked for one by one. */
const PAGE = 1_000
/** Numbers that are asked for one by one at a time. */
const AT_ONCE = 10

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')

/** https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource */
const resource = z
  .object({
    sid: z.string(),
    phone_number: z.string(),
    voice_url: text,
    voice_method: text,
    status_callback: text,
    status_callback_method: text,
    voice_application_sid: text,
    trunk_sid: text,
  })
  .transform((found) => ({
    sid: found.sid,
    number: found.phone_number,
    voiceUrl: found.voice_url,
    voiceMethod: found.voice_method,
    statusCallback: found.status_callback,
    statusCallbackMethod: found.status_callback_method,
    voiceApplicationSid: found.voice_application_sid,
    trunkSid: found.trunk_sid,
  }))
const page = z.object({ incoming_phone_numbers: z.array(resource) })
const refusal = z.object({ message: z.string(), code: z.number().optional() }).partial()

const asked = async <Answer>(
  account: RestAccount,
  shape: z.ZodType<Answer>,
  { path, ...request }: { path: string; method?: 'get' | 'post'; params?: object; data?: object },
): Promise<Answer> => {
  const { statusCode, body } = await createRestTransport(account, false)
    .request({
      method: 'get',
      ...request,
      uri: `https://api.twilio.com/2010-04-01/Accounts/${account.accountSid}/${path}`,
      ...(request.data ? { headers: { 'content-type': 'application/x-www-form-urlencoded' } } : {}),
    } as never)
    .catch((error: unknown) => {
      throw restError('tell about our numbers', error)
    })
  const answer: unknown = JSON.parse(body)
  if (statusCode < 400) return shape.parse(answer)
  const { message = 'no reason given', code } = refusal.parse(answer)
  throw new GatewayError(
    'call_control_failed',
    `Twilio refuses it (status ${statusCode}, code ${code ?? 'none'}): ${message}`,
  )
}

const listed = async (account: RestAccount, params: object) =>
  (await asked(account, page, { path: 'IncomingPhoneNumbers.json', params })).incoming_phone_numbers

/** Reads how numbers of ours are set at Twilio. Throws `call_control_failed` when Twilio refuses, or does not answer in 5 s. */
export const readNumberWebhooks = async (
  account: RestAccount,
  numbers: readonly E164[],
): Promise<readonly NumberAtTwilio[]> => {
  const known = new Map((await listed(account, { PageSize: PAGE })).map((found) => [found.number, found]))
  const missing = numbers.filter((number) => !known.has(number))
  for (let first = 0; first < missing.length; first += AT_ONCE) {
    const some = missing.slice(first, first + AT_ONCE)
    // oxlint-disable-next-line no-await-in-loop -- Twilio limits how many requests it takes at once
    const found = await Promise.all(some.map((number) => listed(account, { PhoneNumber: number })))
    for (const each of found.flat()) known.set(each.number, each)
  }
  return numbers.map((number) => {
    const { number: _number, ...at } = known.get(number) ?? {}
    return 'sid' in at ? { number, at } : { number }
  })
}

/** Where the calls of a gateway at `publicUrl` have to go. */
const wanted = (publicUrl: string) => ({ voiceUrl: `${publicUrl}/twiml`, statusCallback: `${publicUrl}/twilio/status` })

/** Without a slash at the end, a query and a fragment (how often Twilio tries again): those change nothing. */
const plain = (address: string): string => {
  const url = URL.parse(address)
  return url ? `${url.origin}${url.pathname.replace(/\/+$/, '')}` : address
}

const isSame = (one: string, other: string): boolean => plain(one) === plain(other)

/** What is set otherwise than a gateway at `publicUrl` needs it; empty when calls reach it. */
export const differencesOf = (at: NumberWebhooks, publicUrl: string): Difference[] => {
  const { voiceUrl, statusCallback } = wanted(publicUrl)
  const differences: Difference[] = []
  const note = (isIt: boolean, difference: Difference): void => {
    if (isIt) differences.push(difference)
  }
  note(at.trunkSid !== '', { what: 'SIP trunk', before: at.trunkSid, isFatal: true })
  note(at.voiceApplicationSid !== '', {
    what: 'application',
    before: at.voiceApplicationSid,
    after: '',
    isFatal: true,
  })
  note(!isSame(at.voiceUrl, voiceUrl), { what: 'voice URL', before: at.voiceUrl, after: voiceUrl, isFatal: true })
  // GET works too, but it writes callers' numbers into the logs of every proxy.
  note(at.voiceMethod !== 'POST', { what: 'method', before: at.voiceMethod, after: 'POST', isFatal: false })
  note(!isSame(at.statusCallback, statusCallback), {
    what: 'status callback',
    before: at.statusCallback,
    after: statusCallback,
    isFatal: false,
  })
  note(isSame(at.statusCallback, statusCallback) && at.statusCallbackMethod !== 'POST', {
    what: 'status callback method',
    before: at.statusCallbackMethod,
    after: 'POST',
    isFatal: false,
  })
  return differences
}

/**
 * Has Twilio send the calls of a number to the gateway at `publicUrl`, in the place of an application too. Resolves with what
 * is set then. A number of a SIP trunk stays there.
 */
export const setNumberWebhooks = async (
  account: RestAccount,
  { sid, voiceApplicationSid }: NonNullable<NumberAtTwilio['at']>,
  publicUrl: string,
): Promise<NumberWebhooks> => {
  const { voiceUrl, statusCallback } = wanted(publicUrl)
  const data = {
    VoiceUrl: voiceUrl,
    VoiceMethod: 'POST',
    StatusCallback: statusCallback,
    StatusCallbackMethod: 'POST',
    ...(voiceApplicationSid === '' ? {} : { VoiceApplicationSid: '' }),
  }
  return asked(account, resource, { method: 'post', path: `IncomingPhoneNumbers/${sid}.json`, data })
}
