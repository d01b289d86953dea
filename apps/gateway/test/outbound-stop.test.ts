import { afterEach, expect, it } from 'vitest'
import { startOutboundRig, type OutboundRig } from './support/outbound-rig.ts'

let rig: OutboundRig
afterEach(() => rig.close())

it('tells the operator’s system of every end, signed, with the whole number', { timeout: 40_000 }, async () => {
  rig = await startOutboundRig({ webhook: true })
  rig.callee('+14155550181', { outcome: 'busy' })
  const { callId } = await rig.dial({ to: '+14155550181', scenario: 'callback', context: { reason: 'an invoice' } })
  await rig.until(callId, 'ended')
  const refused = await rig.dial({ to: '+882123456789' })
  expect(refused).toMatchObject({ status: 403, error: { code: 'call_refused', gate: 'destination' } })
  await expect.poll(() => rig.completions.length, { timeout: 15_000 }).toBe(2)
  expect(rig.completions.every(({ isGenuine }) => isGenuine)).toBe(true)
  expect(rig.completions).toMatchObject([
    {
      id: `outbound_call_${callId}`,
      type: 'outbound_call.completed',
      data: { callId, to: '+14155550181', state: 'ended', disposition: 'busy', scenario: 'callback' },
    },
    { data: { to: '+882123456789', state: 'refused', gate: 'destination' } },
  ])
  expect(rig.logText()).not.toMatch(/4155550181|82123456789|an invoice/)
})

it('stops ringing people, takes no more, and leaves no model session', { timeout: 40_000 }, async () => {
  rig = await startOutboundRig({ drainDeadlineMs: 20_000 })
  const to = '+14155550182'
  rig.callee(to, { outcome: 'no-answer', afterMs: 25_000 })
  const { callId } = await rig.dial({ to })
  expect(rig.openSessions()).toBe(1)
  const stopping = rig.gateway.stop()
  const late = await rig.dial({ to: '+14155550183' }).catch(() => undefined)
  expect(late === undefined || late.error?.code === 'draining').toBe(true)
  const { status } = await rig.leg(to).ended
  expect(['canceled', 'completed']).toContain(status)
  await stopping
  await expect.poll(() => rig.openSessions(), { timeout: 5_000 }).toBe(0)
  expect(rig.legs('+14155550183')).toEqual([])
  expect(rig.logText()).toMatch(new RegExp(`"callId":"${callId}"[^\\n]*"disposition":"drained"`))
})
