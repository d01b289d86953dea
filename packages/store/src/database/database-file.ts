import { fileURLToPath } from 'node:url'
import { GatewayError } from '@llc-phone/core'

/** The file that a database URL names: `file:data/llc-phone.db`, `file:///var/lib/llc-phone.db` or `file::memory:`. */
export const databaseFile = (url: string): string => {
  if (/[/\\]$/.test(url))
    throw new GatewayError(
      'config_invalid',
      'DATABASE_URL names a folder. Name a file in it, like file:data/llc-phone.db.',
    )
  // A shell would put something else in their place, other programs would read settings behind the question mark: nobody
  // would find the file under the name that this makes.
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
