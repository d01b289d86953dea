/** The account's own numbers: where each one points, which the gateway may change while it runs. */
import { createHash } from 'node:crypto'
import { rfc2822 } from './page.ts'
import { TwilioFailure, type NumberConfig } from '@llc-phone/virtual-carrier/types'

/** A number as the REST API knows it; `fields` holds what is stored for it by Twilio's name, such as `VoiceUrl`. */
export interface OwnNumber {
  readonly sid: string
  readonly number: string
  readonly fields: Record<string, string>
  /** The status callback was supposed by us, not asked for. */
  statusIsSupposed: boolean
  readonly createdAt: Date
  updatedAt: Date
}

/** All numbers of the account. */
export interface NumberBook {
  owns(number: string): boolean
  /** Where calls to this number go; undefined when nobody owns it. */
  configOf(number: string): NumberConfig | undefined
  /** What a list request finds: part of a number with `*` for any digit, or a name. */
  find(filter: { PhoneNumber?: string | undefined; FriendlyName?: string | undefined }): OwnNumber[]
  bySid(sid: string): OwnNumber | undefined
  /** Changes what is given; throws a `TwilioFailure` for what Twilio refuses. */
  update(number: OwnNumber, form: Record<string, string | undefined>): void
}

/** Settings of a number and their defaults. Texts and messages are stored as given, without effect. */
const usual: Record<string, string> = {
  FriendlyName: '',
  VoiceUrl: '',
  VoiceMethod: 'POST',
  VoiceFallbackUrl: '',
  VoiceFallbackMethod: 'POST',
  StatusCallback: '',
  StatusCallbackMethod: 'POST',
  VoiceApplicationSid: '',
  SmsUrl: '',
  SmsMethod: 'POST',
  SmsFallbackUrl: '',
  SmsFallbackMethod: 'POST',
  SmsApplicationSid: '',
}

const wrongUrl: Record<string, number> = { VoiceUrl: 21502, VoiceFallbackUrl: 21504, StatusCallback: 21609 }

/** The account's numbers with their settings; with `anyNumber`, every other number is owned too, and has these settings. */
export function createNumberBook(
  accountSid: string,
  numbers: Readonly<Record<string, NumberConfig>>,
  anyNumber: NumberConfig | undefined,
): NumberBook {
  const book = new Map<string, OwnNumber>()

  const add = (number: string, config: NumberConfig): OwnNumber => {
    const createdAt = new Date()
    const own: OwnNumber = {
      // The same at every start: gateways keep it.
      sid: `PN${createHash('md5').update(`${accountSid}${number}`).digest('hex')}`,
      number,
      fields: {
        ...usual,
        FriendlyName: number,
        VoiceUrl: config.voiceUrl,
        VoiceMethod: config.method ?? 'POST',
        StatusCallback: config.statusCallback ?? '',
        StatusCallbackMethod: config.statusMethod ?? 'POST',
      },
      statusIsSupposed: config.statusIsSupposed ?? false,
      createdAt,
      updatedAt: createdAt,
    }
    book.set(number, own)
    return own
  }
  for (const [number, config] of Object.entries(numbers)) add(number, config)

  return {
    owns: (number) => book.has(number) || anyNumber !== undefined,
    configOf(number) {
      const own = book.get(number)
      return own ? configOf(own) : anyNumber
    },
    find({ PhoneNumber: part, FriendlyName: name }) {
      if (part !== undefined && anyNumber && /^\+[1-9]\d{6,14}$/.test(part) && !book.has(part)) add(part, anyNumber)
      const pattern = new RegExp(
        (part ?? '')
          .replace(/[^\d*+]/g, '')
          .replaceAll('+', '\\+')
          .replaceAll('*', '\\d'),
      )
      return [...book.values()].filter(
        ({ number, fields }) => pattern.test(number) && (name === undefined || fields['FriendlyName'] === name),
      )
    },
    bySid: (sid) => [...book.values()].find((own) => own.sid === sid),
    update(own, form) {
      const changes = Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined)
      for (const [name, value] of changes) {
        if (name in wrongUrl && value !== '' && !/^https?:\/\/[^/]/.test(value))
          throw new TwilioFailure(wrongUrl[name]!, `${name} is not a valid URL: ${value}`)
        if (name.endsWith('Method') && !/^(GET|POST)$/i.test(value))
          throw new TwilioFailure(21503, `${name} is neither GET nor POST: ${value}`)
      }
      for (const [name, value] of changes) if (name in usual) own.fields[name] = value
      // A new voice URL without a status callback is another gateway's: drop the status callback assumed for ours.
      const isAsked = form['StatusCallback'] !== undefined
      if (own.statusIsSupposed && !isAsked && form['VoiceUrl'] !== undefined) own.fields['StatusCallback'] = ''
      if (isAsked) own.statusIsSupposed = false
      own.updatedAt = new Date()
    },
  }
}

const configOf = ({ fields, statusIsSupposed }: OwnNumber): NumberConfig => ({
  voiceUrl: fields['VoiceUrl']!,
  method: fields['VoiceMethod']!.toUpperCase() === 'GET' ? 'GET' : 'POST',
  statusMethod: fields['StatusCallbackMethod']!.toUpperCase() === 'GET' ? 'GET' : 'POST',
  ...(fields['StatusCallback'] && { statusCallback: fields['StatusCallback'], statusIsSupposed }),
})

/** A number as the REST API shows it. */
export function numberResource(accountSid: string, { sid, number, fields, createdAt, updatedAt }: OwnNumber) {
  const uri = `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers/${sid}`
  return {
    sid,
    account_sid: accountSid,
    phone_number: number,
    ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [snakeCase(name), value])),
    address_requirements: 'none',
    address_sid: null,
    api_version: '2010-04-01',
    beta: false,
    bundle_sid: null,
    capabilities: { fax: false, mms: true, sms: true, voice: true },
    date_created: rfc2822(createdAt),
    date_updated: rfc2822(updatedAt),
    emergency_address_sid: null,
    emergency_address_status: 'unregistered',
    emergency_status: 'Inactive',
    identity_sid: null,
    origin: 'twilio',
    status: 'in-use',
    subresource_uris: { assigned_add_ons: `${uri}/AssignedAddOns.json` },
    trunk_sid: null,
    type: 'local',
    uri: `${uri}.json`,
    voice_caller_id_lookup: false,
    voice_receive_mode: 'voice',
  }
}

const snakeCase = (name: string): string => name.replace(/(?!^)[A-Z]/g, '_$&').toLowerCase()
