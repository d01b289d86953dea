import { GatewayError, type LineHost } from '@llc-phone/core'
import { fastify, type FastifyInstance } from 'fastify'
import type { TwilioParts } from '../../src/parts.ts'
import { addTwilioScope } from '../../src/routes/twilio-scope.ts'
import { createSignatureCheck } from '../../src/signature.ts'
import { createTwiml } from '../../src/twiml.ts'
import { AUTH_TOKEN, PUBLIC_URL, sign } from './requests.ts'

/** A port that a test has no use for. */
const unused = (what: string): never =>
  new Proxy(
    {},
    {
      get: () => () => {
        throw new Error(`${what} takes no part in this test`)
      },
    },
  ) as never

/** Some of the webhooks alone, asked as Twilio asks. */
export const someWebhooks = async (
  add: (scope: FastifyInstance, parts: TwilioParts) => void,
  { host, ...replaced }: Partial<Omit<TwilioParts, 'host'>> & { readonly host?: Partial<LineHost> },
) => {
  const parts: TwilioParts = {
    line: unused('the line'),
    documents: unused('the documents'),
    answerFor: unused('answering for another instance'),
    callControl: unused('call control'),
    twiml: createTwiml(PUBLIC_URL),
    signature: createSignatureCheck({ publicUrl: PUBLIC_URL, authTokens: [AUTH_TOKEN] }),
    ...replaced,
    host: {
      numbers: { lists: () => true },
      log: { info() {}, warn() {}, error() {} },
      http: {
        describeError: (error) => ({
          status: error instanceof GatewayError && error.code === 'signature_invalid' ? 403 : 500,
          body: { error: { code: error instanceof GatewayError ? error.code : 'internal', message: String(error) } },
        }),
        refused() {},
        refuseUpgrade() {},
      },
      ...host,
    } as LineHost,
  }
  const app = fastify()
  await app.register(async (scope) => {
    await addTwilioScope(scope, parts)
    add(scope, parts)
  })
  return {
    async post(path: string, form: Record<string, string>, signature = sign(`${PUBLIC_URL}${path}`, form)) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature }
      const payload = new URLSearchParams(form).toString()
      const response = await app.inject({ method: 'POST', url: path, headers, payload })
      return { status: response.statusCode, body: response.body }
    },
  }
}
