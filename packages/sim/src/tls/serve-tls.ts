/** HTTP servers that may speak TLS. */
import { createServer as createPlain, type RequestListener, type Server } from 'node:http'
import { createServer as createSecure } from 'node:https'
import { makeCertificate, type Certificate } from './certificate.ts'

/** `true`: with a certificate made for this machine; or with the one given. */
export type TlsOption = boolean | Certificate

/** The certificate to serve with, undefined for plain HTTP. */
export const certificateOf = (tls: TlsOption | undefined): Certificate | undefined =>
  tls === true ? makeCertificate() : tls || undefined

/** A server that speaks TLS when there is a certificate. */
export const createHttpServer = (certificate: Certificate | undefined, listener: RequestListener): Server =>
  certificate ? createSecure({ cert: certificate.cert, key: certificate.key }, listener) : createPlain(listener)
