import { fileURLToPath } from 'node:url'
import { GatewayError } from '@llc-phone/core'

/** The file that a database URL names: `file:data/llc-phone.db`, `file:///var/lib/llc-phone.db` or `file::memory:`. */
export const databaseFile = (url: string): string => {
  if (/[/\\]$/.test(url))
    throw new GatewayError(
      'config_invalid',
      'DATABASE_URL names a folder. Name a file in it, like file:data/llc-phone.db.',
    )
  const file = /^file:(?!\/\/)(.+)$/.exec(url)?.[1]
  if (file) return file
  if (URL.canParse(url) && url.startsWith('file:///')) return fileURLToPath(url)
  throw new GatewayError('config_invalid', 'The database URL must name a file, like file:data/llc-phone.db.')
}
