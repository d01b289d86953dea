import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const CIPHER = 'aes-256-gcm'
/** Without it a tag of four bytes would do. */
const TAG = { authTagLength: TAG_BYTES } as const

const keyOf = (secret: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, '', 'llc-phone request of an outbound call', KEY_BYTES))

/**
 * Encrypts requests that wait in the database (AES-256-GCM), each for its call alone. The first secret encrypts, all of them
 * decrypt.
 */
export const createKeptRequests = (secrets: readonly string[]) => {
  const keys = secrets.map(keyOf)

  return {
    /** The value as a text for the database. */
    seal(value: unknown, callId: string): string {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, keys[0]!, nonce, TAG).setAAD(Buffer.from(callId))
      const sealed = [cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]
      return Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]).toString('base64url')
    },
    /** The value of a sealed text; undefined when no secret fits: then another instance may have the one that does. */
    open(sealed: string, callId: string): unknown {
      const bytes = Buffer.from(sealed, 'base64url')
      for (const key of keys)
        try {
          const cipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), TAG)
            .setAAD(Buffer.from(callId))
            .setAuthTag(bytes.subarray(-TAG_BYTES))
          const opened = Buffer.concat([cipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), cipher.final()])
          return JSON.parse(opened.toString('utf8'))
        } catch {
          // Another secret may fit.
        }
      return undefined
    },
  }
}
