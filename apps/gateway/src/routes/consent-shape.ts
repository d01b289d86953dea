import { consentPurposes, isTimeZone, nearestName } from '@llc-phone/core'
import * as z from 'zod'

/** Tolerated difference between the clocks of the gateway and the operator. */
const CLOCK_TOLERANCE_MS = 60_000

const zones = Intl.supportedValuesOf('timeZone')

/** Only named zones: offsets (+05:00) have no daylight saving time. */
const isNamedZone = (name: string): boolean => /^[a-z]/i.test(name) && isTimeZone(name)

/** The name of a time zone. */
export const timeZoneSchema = z
  .string('must be an IANA time zone, like America/New_York, or null')
  .max(64, 'is too long')
  .superRefine((name, check) => {
    if (isNamedZone(name)) return
    const meant = nearestName(name, zones)
    const message = `is not an IANA time zone${meant ? `; did you mean ${meant}?` : ', like America/New_York'}`
    check.addIssue({ code: 'custom', message })
  })

const moment = z
  .union(
    [z.iso.date(), z.iso.datetime({ offset: true })],
    'must be a date or a moment, like 2026-03-09 or 2026-03-09T14:30:00Z',
  )
  .transform((text) => new Date(text))

/** A consent as it is sent or listed. */
export const consentSchema = z
  .strictObject({
    purpose: z.enum(consentPurposes, 'must be informational or marketing'),
    source: z.string('is missing: where it is on record').trim().min(1, 'is empty').max(200, 'is too long'),
    givenAt: moment.refine((at) => at.getTime() <= Date.now() + CLOCK_TOLERANCE_MS, 'lies in the future').optional(),
    expiresAt: moment.optional(),
  })
  .refine(({ givenAt = new Date(), expiresAt }) => expiresAt === undefined || expiresAt > givenAt, {
    path: ['expiresAt'],
    message: 'must be after givenAt',
  })
