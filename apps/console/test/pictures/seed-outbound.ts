import type { Disposition, E164, Gate } from '@llc-phone/core'
import type { OutboundState, Store } from '@llc-phone/store'
import { reminders } from './conversations.ts'
import { at, daysBefore, NOW, weekdayBefore } from './moments.ts'
import type { Random } from './random.ts'
import { keepCall } from './seed-calls.ts'
import { storyOf } from './story-of.ts'
import { stopClock } from './clock.ts'

const FROM = '+14155550100' as E164
const MODE = 'reminders'
const number = (area: string, line: number): E164 => `+1${area}5550${line}` as E164

interface Placed {
  readonly to: E164
  readonly atMs: number
  readonly scenario: string
  readonly state: OutboundState
  readonly disposition?: Disposition
  readonly gate?: Gate
  readonly until?: number
  readonly problem?: string
}

/** Calls of today that nobody has talked in, or that go on. */
const TODAY: readonly Placed[] = [
  {
    to: number('508', 131),
    atMs: at('07:40'),
    scenario: 'confirmation',
    state: 'refused',
    gate: 'calling_hours',
    until: at('09:00'),
  },
  { to: number('781', 177), atMs: at('09:02'), scenario: 'survey', state: 'refused', gate: 'do_not_call' },
  { to: number('339', 128), atMs: at('09:05'), scenario: 'survey', state: 'refused', gate: 'consent' },
  { to: number('617', 155), atMs: at('09:31'), scenario: 'confirmation', state: 'ended', disposition: 'no_answer' },
  { to: number('857', 126), atMs: at('10:04'), scenario: 'confirmation', state: 'ended', disposition: 'busy' },
  {
    to: number('617', 190),
    atMs: at('10:15'),
    scenario: 'callback',
    state: 'failed',
    problem: 'Twilio: the number is not in service (13224).',
  },
  {
    to: number('857', 143),
    atMs: at('11:08'),
    scenario: 'confirmation',
    state: 'unknown',
    problem: 'Twilio has not said whether it placed the call.',
  },
  { to: number('508', 117), atMs: at('11:40'), scenario: 'callback', state: 'ringing' },
  { to: number('617', 162), atMs: at('11:41'), scenario: 'confirmation', state: 'queued' },
]

/** Stores calls that we have placed, people who may be called, and those who may not. */
export const seedOutbound = async (store: Store, random: Random): Promise<void> => {
  const { outbound: ledger, contacts, doNotCall } = store
  const begin = async (callId: string, to: E164, scenario: string, atMs: number) => {
    stopClock([atMs])
    await ledger.begin({
      callId,
      to,
      from: FROM,
      mode: MODE,
      scenario,
      requestedAt: new Date(atMs),
      requestHash: callId,
      webhook: false,
    })
  }
  const reserve = (callId: string, atMs: number) =>
    ledger.reserve(callId, {
      at: new Date(atMs),
      reserveUsd: 0.1,
      perDayUsd: undefined,
      dayStart: new Date(daysBefore(40, '00:00')),
      dayEnd: new Date(NOW),
      frequency: [],
    })
  const talk = async (days: number, time: string): Promise<void> => {
    const conversation = random.of(reminders.flatMap((each) => Array.from({ length: each.weight }, () => each)))
    const to = number(random.of(['617', '857', '781']), random.whole(100, 199))
    const startedAt = daysBefore(days, time)
    const call = {
      startedAt: new Date(startedAt),
      caller: to,
      dialled: FROM,
      settingsVersion: days > 9 ? 1 : days > 2 ? 2 : 3,
    }
    const story = await keepCall(store, storyOf(conversation, call, random))
    await begin(story.callId, to, conversation.scenario!, startedAt)
    await reserve(story.callId, startedAt)
    await ledger.change(story.callId, {
      state: 'ended',
      legId: story.legId,
      answeredAt: new Date(startedAt + 9_000),
      endedAt: new Date(story.endedAt!),
      disposition: story.disposition!,
      answeredBy: story.answeredBy!,
      costUsd: 0.031,
    })
  }
  const place = async (placed: Placed): Promise<void> => {
    const { to, atMs, scenario, state, disposition, gate, until, problem } = placed
    const callId = random.id()
    await begin(callId, to, scenario, atMs)
    if (state === 'queued') return ledger.keepAlive([callId], new Date(NOW))
    if (state !== 'refused') await reserve(callId, atMs)
    const isOver = state === 'ended' || state === 'failed' || state === 'refused'
    await ledger.change(callId, {
      state,
      ...(disposition ? { disposition } : {}),
      ...(gate ? { gate } : {}),
      ...(until ? { until: new Date(until) } : {}),
      ...(problem ? { problem } : {}),
      ...(isOver ? { endedAt: new Date(atMs + 26_000) } : {}),
      ...(state === 'ringing' ? { legId: `CA${random.id().replaceAll('-', '')}` } : {}),
    })
    if (!isOver) await ledger.keepAlive([callId], new Date(NOW))
  }
  for (let days = 14; days > 0; days--) {
    if (weekdayBefore(days) === 0 || weekdayBefore(days) === 6) continue
    // oxlint-disable-next-line no-await-in-loop -- one clock for all
    for (const time of ['15:02', '15:09', '15:21', '15:40'].slice(0, random.whole(2, 4))) await talk(days, time)
  }
  for (const time of ['09:12', '09:44', '10:26'])
    // oxlint-disable-next-line no-await-in-loop -- as above
    await talk(0, time)
  // oxlint-disable-next-line no-await-in-loop -- as above
  for (const placed of TODAY) await place(placed)

  const zones = ['America/New_York', 'America/New_York', 'America/Chicago', 'America/Los_Angeles', undefined]
  for (let line = 0; line < 12; line++) {
    const contact = number(random.of(['617', '857', '781', '339']), 110 + line * 7)
    const zone = zones[line % zones.length]
    const givenAt = new Date(daysBefore(20 + line * 9, '10:00'))
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (zone !== undefined) await contacts.setTimeZone(contact, zone)
    // oxlint-disable-next-line no-await-in-loop -- as above
    await contacts.giveConsent(contact, {
      purpose: 'informational',
      source: random.of(['patient form', 'web form', 'by telephone']),
      givenAt,
    })
    if (line % 3 === 0)
      // oxlint-disable-next-line no-await-in-loop -- as above
      await contacts.giveConsent(contact, {
        purpose: 'marketing',
        source: 'web form',
        givenAt,
        expiresAt: new Date(NOW + line * 40 * 86_400_000 + 86_400_000),
      })
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (line === 6) await contacts.revokeConsent(contact, 'marketing')
  }
  stopClock([daysBefore(17, '11:20')])
  await doNotCall.addAll([
    { number: number('617', 105), reason: 'asked for it in writing', source: 'csv' },
    { number: number('857', 119), source: 'csv' },
    { number: number('508', 140), reason: 'wrong number', source: 'csv' },
  ])
  stopClock([daysBefore(4, '15:22')])
  await doNotCall.add({
    number: number('781', 163),
    reason: 'Please do not call me again.',
    source: 'call',
    callId: random.id(),
  })
  stopClock([at('08:36')])
  await doNotCall.add({ number: number('781', 177), reason: 'moved away', source: 'api' })
}
