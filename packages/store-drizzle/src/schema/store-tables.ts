import { callTables } from './call-tables.ts'
import { fleetTables } from './fleet-tables.ts'
import { storyTables } from './story-tables.ts'
import { messageTables } from './message-tables.ts'
import { outboundTables } from './outbound-tables.ts'
import { numberTables } from './number-tables.ts'
import { peopleTables } from './people-tables.ts'
import { recordingTables } from './recording-tables.ts'
import { settingsTables } from './settings-tables.ts'
import { jobTables } from './job-tables.ts'
import type { Kit } from '../kit.ts'

/** All tables of the store, made with the column types of one engine. */
export const storeTables = (kit: Kit) => {
  const { ofCall, ...ofCalls } = callTables(kit)
  return {
    ...ofCalls,
    ...storyTables(kit, { ofCall }),
    ...messageTables(kit),
    ...outboundTables(kit),
    ...numberTables(kit),
    ...peopleTables(kit),
    ...recordingTables(kit),
    ...settingsTables(kit),
    ...jobTables(kit),
    ...fleetTables(kit),
  }
}

/** The tables of the store. Their types are the same for every engine. */
export type StoreTables = ReturnType<typeof storeTables>
