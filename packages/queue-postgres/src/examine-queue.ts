import { postgresOf } from '@llc-phone/store-postgres'
import { assertKnownSchema, isInstalled } from './boss.ts'

/**
 * Whether there is a queue of outbound calls in the database of a store; changes nothing. Throws `database_failed` when a newer
 * version made it, or this user may not read it.
 */
export const examineQueue = async (database: object): Promise<boolean> => {
  const access = postgresOf(database)
  if (!(await isInstalled(access))) return false
  await assertKnownSchema(access)
  return true
}
