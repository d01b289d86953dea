/**
 * The address with Twilio's connection overrides: two more tries after a connection that fails, an answer that is late, or a 5xx
 * of a proxy. They stand in the fragment, which is neither sent nor signed
 * (twilio.com/docs/usage/webhooks/webhooks-connection-overrides). Handlers expect to be asked twice.
 */
export const retried = (url: string): string => `${url}#rc=2&rp=ct,rt,5xx`
