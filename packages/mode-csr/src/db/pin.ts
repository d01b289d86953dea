import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

const KEY_BYTES = 32

// In libuv's pool, so the 50 ms it takes never delay audio.
const derive = (pin: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(pin, salt, KEY_BYTES, (error, key) => (error ? reject(error) : resolve(key)))
  })

/** A PIN as it may be stored: `salt:key`, both in base64, by scrypt. */
export const hashPin = async (pin: string): Promise<string> => {
  const salt = randomBytes(16)
  return `${salt.toString('base64')}:${(await derive(pin, salt)).toString('base64')}`
}

/** Whether it is the PIN that was stored. Takes as long when there is none, so that time does not tell. */
export const isPin = async (pin: string, stored: string | null): Promise<boolean> => {
  const [salt = '', key = ''] = stored?.split(':') ?? []
  const wanted = Buffer.from(key, 'base64')
  const given = await derive(pin, Buffer.from(salt, 'base64'))
  return wanted.length === KEY_BYTES && timingSafeEqual(given, wanted)
}
