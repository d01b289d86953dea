import type { MachinePlan, Mode, WeeklyHours } from '@llc-phone/core'
import type { WorldSettings } from '../situation.ts'

/** What a mode is built from for one run, with stores that are forgotten afterwards. */
export interface Built {
  readonly mode: Mode
  /** Of a call of ours: what becomes of it when a machine answers. */
  readonly machine?: MachinePlan
  close?(): Promise<void>
}

/** Builds the world of one mode. */
export type WorldBuilder = (settings: WorldSettings, startsAt: Date, hours: WeeklyHours) => Built | Promise<Built>
