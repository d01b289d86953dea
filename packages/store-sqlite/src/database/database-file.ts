import { fileURLToPath } from 'node:url'
import { GatewayError } from '@llc-phone/core'

/** The file that a database URL names: `file:data/llc-phone.db`, `file:///var/lib/llc-phone.db` or `file::memory:`. */
export const databaseFile = (url: string): string => {
  if (/[/\\]$/.test(url))
    throw new GatewayError(
      'config_invalid',
      'DATABASE_URL names a folder. Name a file in it, like file:data/llc-phone.db.',
    )
  // A shell would expand ~ and $, and other programs read settings after the question mark: the file would get a name that
  // nobody looks for.
  const odd = /^file:(?:\/\/\/?)?(~)(?:\/|$)|(\$\w|\$\{|\?)/.exec(url)
  if (odd)
    throw new GatewayError(
      'config_invalid',
      `DATABASE_URL has a ${(odd[1] ?? odd[2]!)[0]} that would become a part of the file's name. Write the whole path, like file:/var/lib/llc-phone.db.`,
    )
  const file = /^file:(?!\/\/)(.+)$/.exec(url)?.[1]
  if (file) return file
  if (URL.canParse(url) && /^file:\/\/(?:localhost)?\//.test(url)) return fileURLToPath(url)
  throw new GatewayError('config_invalid', 'The database URL must name a file, like file:data/llc-phone.db.')
}
