/** A certificate for this machine and the authority that signed it, made on the spot: no openssl, nothing installed. */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import { bitString, explicit, implicit, integer, octetString, oid, sequence, setOf, utcTime, utf8, yes } from './der.ts'

/** What a server shows, in PEM; `ca` is what its clients have to trust, when they do not anyway. */
export interface Certificate {
  cert: string
  key: string
  ca?: string
}

const DAY_MS = 86_400_000
const VALID_DAYS = 90
const loopbackNames = ['localhost', '127.0.0.1', '::1']

/**
 * Makes a certificate for these names and addresses. The authority's key is forgotten at once, so that nothing else can ever
 * be signed with it; it is an authority of its own because some clients refuse a certificate that signed itself.
 */
export function makeCertificate(names: readonly string[] = loopbackNames): Required<Certificate> {
  const authority = keyPair()
  const server = keyPair()
  const issuer = commonName(`llc-phone stand-in ${randomBytes(4).toString('hex')}`)
  const signed = (subject: Buffer, publicKey: KeyObject, extensions: Buffer[]): string =>
    signCertificate({ issuer, subject, publicKey, extensions, with: authority.privateKey })
  const issuerId = extension('2.5.29.35', sequence(implicit(0, keyId(authority.publicKey))))
  return {
    ca: signed(issuer, authority.publicKey, [
      extension('2.5.29.19', sequence(yes()), true),
      // Signs certificates.
      extension('2.5.29.15', bitString(Buffer.from([0x04]), 2), true),
      extension('2.5.29.14', octetString(keyId(authority.publicKey))),
    ]),
    cert: signed(commonName(names[0] ?? 'localhost'), server.publicKey, [
      extension('2.5.29.19', sequence(), true),
      // Signs handshakes.
      extension('2.5.29.15', bitString(Buffer.from([0x80]), 7), true),
      extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'))),
      extension('2.5.29.17', sequence(...names.map(subjectName))),
      extension('2.5.29.14', octetString(keyId(server.publicKey))),
      issuerId,
    ]),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }),
  }
}

const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' })

const keyId = (key: KeyObject): Buffer => createHash('sha256').update(spki(key)).digest().subarray(0, 20)

const commonName = (name: string): Buffer => sequence(setOf(sequence(oid('2.5.4.3'), utf8(name))))

const extension = (id: string, value: Buffer, isCritical = false): Buffer =>
  sequence(oid(id), ...(isCritical ? [yes()] : []), octetString(value))

const subjectName = (name: string): Buffer =>
  isIP(name) ? implicit(7, addressBytes(name)) : implicit(2, Buffer.from(name))

function signCertificate(request: {
  issuer: Buffer
  subject: Buffer
  publicKey: KeyObject
  extensions: Buffer[]
  with: KeyObject
}): string {
  const ecdsaSha256 = sequence(oid('1.2.840.10045.4.3.2'))
  const now = Date.now()
  // Clocks of containers differ: valid since yesterday.
  const validity = sequence(utcTime(new Date(now - DAY_MS)), utcTime(new Date(now + VALID_DAYS * DAY_MS)))
  const serial = randomBytes(16)
  serial[0] = (serial[0]! & 0x7f) | 0x40
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaSha256,
    request.issuer,
    validity,
    request.subject,
    spki(request.publicKey),
    explicit(3, sequence(...request.extensions)),
  )
  const der = sequence(body, ecdsaSha256, bitString(sign('sha256', body, request.with)))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

/** The 4 or 16 bytes of an address. */
function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail] = address.split('::')
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const [before, after] = [groups(head), groups(tail ?? '')]
  const all = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]))
}
