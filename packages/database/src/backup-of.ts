import { isPostgresUrl } from '@llc-phone/store'
import { newestBackup as newestOfFile, type KeptBackup } from '@llc-phone/store-sqlite'

/** The newest backup in the usual folder; `undefined` when there is none, and of Postgres, whose backups are made by others. */
export const newestBackup = async (url: string): Promise<KeptBackup | undefined> =>
  isPostgresUrl(url) ? undefined : newestOfFile(url)
