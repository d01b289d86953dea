import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'

/** Posts a form as Twilio does, signed. Resolves with the answer's text; rejects when it is refused. */
export const postAsTwilio = async (
  authToken: string,
  url: string,
  fields: Readonly<Record<string, string>>,
): Promise<string> => {
  // The fragment says how often Twilio tries: it is neither sent nor signed.
  const target = url.replace(/#.*$/, '')
  const response = await fetch(target, {
    method: 'POST',
    headers: { 'x-twilio-signature': getExpectedTwilioSignature(authToken, target, fields) },
    body: new URLSearchParams(fields),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${new URL(target).pathname} answered ${response.status}: ${text}`)
  return text
}
