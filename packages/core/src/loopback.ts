/** `localhost` and its subdomains, 127.0.0.0/8, and the same two ways in IPv6; as `URL` writes them. */
const LOOPBACK = /^(?:(?:[\w-]+\.)*localhost\.?|127(?:\.\d{1,3}){3}|\[::1\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\])$/i

/** Whether a URL leads to this machine only, so that its traffic cannot be overheard. */
export const isLoopback = (address: string): boolean => LOOPBACK.test(URL.parse(address)?.hostname ?? '')
