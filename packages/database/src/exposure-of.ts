import { isLoopback } from '@llc-phone/core'
import { isPostgresUrl, readPostgresUrl } from '@llc-phone/store'
import { exposureOf as exposureOfFile } from '@llc-phone/store-sqlite'

/**
 * A warning, with what to do, when others can read what is in the database, or on the way to it; else `undefined`. An
 * `sslmode` that somebody has written is taken as meant, `disable` too.
 */
export const exposureOf = (url: string): string | undefined => {
  if (!isPostgresUrl(url)) return exposureOfFile(url)
  const place = readPostgresUrl(url)
  const isDecided = /[?&]ssl(mode|rootcert)?=/.test(url) || process.env['PGSSLMODE'] !== undefined
  if (typeof place === 'string' || isDecided) return undefined
  const isHere =
    place.host.startsWith('/') || isLoopback(`http://${place.host.includes(':') ? `[${place.host}]` : place.host}`)
  return isHere
    ? undefined
    : 'Names, numbers and words of callers go to Postgres over the network without TLS. Add ?sslmode=verify-full to DATABASE_URL, or ?sslmode=disable where the network is yours alone.'
}
