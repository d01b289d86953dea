import { defineKind, type ModeKind } from '@llc-phone/core'
import * as z from 'zod'
import { sampleMode } from './mode.ts'
import { ownFields } from './settings.ts'

/** The mode as data: what instances of the settings document are made of. What it needs of the gateway comes as arguments. */
export const sampleModeKind = (): ModeKind =>
  defineKind({
    name: 'sample',
    title: 'SampleMode',
    about: 'Tells callers when somebody is there, and connects them with people.',
    settings: z.strictObject(ownFields),
    make: (settings, { business, routes, answers }) => sampleMode({ ...settings, business, routes, answers }),
  })
