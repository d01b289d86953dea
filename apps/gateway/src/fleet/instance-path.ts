const PREFIX = /^\/i\/([a-z0-9-]{1,32})(?=[/?]|$)/

/** The instance that the path of a URL names: `a` of `/i/a/twilio/status`. */
export const instanceIn = (url: string): string | undefined => PREFIX.exec(url)?.[1]

/** The URL without it, as routes know it. */
export const withoutInstance = (url: string): string => {
  if (!PREFIX.test(url)) return url
  const rest = url.replace(PREFIX, '')
  return rest.startsWith('/') ? rest : `/${rest}`
}
