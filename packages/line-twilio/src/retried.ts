/**
 * The address with what Twilio is to do when nobody answers it: two more tries after a connection that fails, an answer that
 * is late, and an error of a proxy. It stands in the fragment, which is neither sent nor signed
 * (twilio.com/docs/usage/webhooks/webhooks-connection-overrides). Handlers expect to be asked twice.
 */
export const retried = (url: string): string => `${url}#rc=2&rp=ct,rt,5xx`
