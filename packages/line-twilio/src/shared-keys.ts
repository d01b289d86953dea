/** Twilio's header of requests signed with a shared key: `key=ID,algorithm=HMAC_SHA256`. */
export const SIGNATURE_SETTINGS_HEADER = 'x-twilio-webhooks-signature-settings'

/** The secrets of shared keys, by the id that Twilio names. */
export type SharedKeys = ReadonlyMap<string, string>

const KEY_ID = /^[\w.-]{1,100}$/

const ALGORITHMS = new Set(['HMAC_SHA1', 'HMAC_SHA256'])

/** Reads `keyId:secret,…`; returns a message, without any part of the value, if it is invalid. */
export const parseSharedKeys = (text: string): SharedKeys | string => {
  const keys = new Map<string, string>()
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)
  for (const [index, entry] of entries.entries()) {
    const colon = entry.indexOf(':')
    const [id, secret] = [entry.slice(0, Math.max(0, colon)).trim(), entry.slice(colon + 1).trim()]
    if (!KEY_ID.test(id) || secret === '' || /\s/.test(secret))
      return `must be key ids with their secrets, like webhooks_sharedkey_1:SECRET,webhooks_sharedkey_2:SECRET; entry ${index + 1} is not`
    if (keys.has(id)) return `names a key twice: entry ${index + 1} has the id of an earlier one`
    keys.set(id, secret)
  }
  return keys.size > 0 ? keys : 'holds no key: leave it out when webhooks are signed with the auth token'
}

/** How a request with the header was signed. */
export interface SharedKeySignature {
  /** The secrets of the named key, or of all keys when none is named. */
  readonly secrets: readonly string[]
  readonly algorithm: string
}

const settingOf = (header: string, name: string): string | undefined =>
  header
    .split(/[,;]/)
    .map((setting) => setting.split('='))
    .find(([key = '']) => key.trim().toLowerCase() === name)
    ?.slice(1)
    .join('=')
    .replace(/^\s*"?\s*|\s*"?\s*$/g, '') || undefined

/** Reads the header; returns a message if such a signature cannot be checked. */
export const readSignatureSettings = (header: string, keys: SharedKeys): SharedKeySignature | string => {
  const algorithm = (settingOf(header, 'algorithm') ?? 'HMAC_SHA1').toUpperCase().replaceAll('-', '_')
  if (!ALGORITHMS.has(algorithm))
    return 'It was signed with a shared key in a way that is not known here: HMAC_SHA1 and HMAC_SHA256 are.'
  const id = settingOf(header, 'key')
  const secret = id === undefined ? undefined : keys.get(id)
  if (id !== undefined && secret === undefined)
    return `It was signed with the shared key ${KEY_ID.test(id) ? id : '(no readable id)'}, which TWILIO_WEBHOOK_SHARED_KEYS does not hold.`
  return { algorithm, secrets: secret === undefined ? [...keys.values()] : [secret] }
}
