import { e164, type ToolContext } from '@llc-phone/core'
import { testKind, testMode } from '@llc-phone/core/testing'
import { expect, it } from 'vitest'
import { sampleMode, sampleModeKind, type SampleModeSettings } from '../src/index.ts'

const settings: SampleModeSettings = {
  business: { name: 'Harbor Dental', timeZone: 'America/New_York', hours: { mon: '09:00-17:00' } },
  routes: { support: { number: e164('+14155550112'), label: 'the support desk' } },
}

testMode(sampleMode(settings))
testMode(sampleMode({ ...settings, routes: {}, voice: 'marin', greetingShield: 'off' }))
testKind(sampleModeKind(), {
  shared: { ...settings, directory: [], answers: [] },
  settings: { tellsOpening: false, patience: { checkIns: 1 } },
})

it.each([
  ['2026-03-02T15:00:00Z', { status: 'open', until: '5 PM' }],
  ['2026-03-02T22:00:00Z', { status: 'closed', opens: 'on Monday at 9 AM' }],
])('tells the hours at %s', async (now, answer) => {
  const context = { now: () => new Date(now) } as ToolContext
  expect(await sampleMode(settings).tools[0]!.invoke('{}', context)).toEqual(answer)
})

it('refuses a wrong setting by name', () => {
  const wrong = { ...settings, patience: { checkIns: -1 } }
  expect(() => sampleMode(wrong)).toThrow('Mode "sample": patience.checkIns: ')
})
