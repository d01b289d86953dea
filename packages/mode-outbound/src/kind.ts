import { defineKind, type Business, type OutboundKind } from '@llc-phone/core'
import * as z from 'zod'
import { outbound } from './mode.ts'
import type { AppointmentsPort } from './ports.ts'
import { outboundFields, type OutboundSettings } from './settings.ts'

/** What outbound calls need of the gateway. */
interface OutboundPorts extends Pick<OutboundSettings, 'doNotCall' | 'notes' | 'scenarios'> {
  /** The calendar of a business; without it nothing is booked. */
  appointments?(business: Business): AppointmentsPort
}

/** Outbound calls as data; scenarios are code, so they come with the ports. */
export const outboundKind = ({ doNotCall, notes, scenarios, appointments }: OutboundPorts): OutboundKind =>
  defineKind({
    name: 'outbound',
    title: 'Outbound calls',
    about: 'Calls people to confirm appointments, to return calls, for surveys, or with a task of the request.',
    settings: z.strictObject(outboundFields),
    make: (settings, { business, routes, answers }) =>
      outbound({
        ...settings,
        business,
        routes,
        answers,
        doNotCall,
        notes,
        scenarios,
        appointments: appointments?.(business),
      }),
  })
