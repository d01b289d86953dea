import { hashOfKey, type Store } from '@llc-phone/store'
import { stopClock } from './clock.ts'
import { at, daysBefore } from './moments.ts'
import type { Random } from './random.ts'

/** Who works there, with a key each for signing in. */
export interface Staff {
  readonly anna: string
  readonly elena: string
  readonly sam: string
  readonly grace: string
}

const BROWSERS = {
  laptop:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
  phone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  desk: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0',
}

/** Adds people, their keys and the browsers that they are signed in with. */
export const seedPeople = async (store: Store, random: Random): Promise<Staff> => {
  const { people, sessions } = store
  const staff: Record<string, string> = {}
  const add = async (name: string, role: 'viewer' | 'operator' | 'manager' | 'owner', days: number, label: string) => {
    stopClock([daysBefore(days, '09:12')])
    const person = (await people.add(name, role))!
    const { id, key } = await people.issueKey(person.id, label)
    staff[name] = key
    return { person, keyId: id }
  }
  const anna = await add('Anna Meyer', 'owner', 29, 'laptop')
  const elena = await add('Elena Lopez', 'manager', 28, 'phone')
  const sam = await add('Sam Ortiz', 'operator', 28, 'front desk')
  const grace = await add('Grace Kim', 'viewer', 12, 'trainee')
  const program = await add('crm', 'operator', 20, 'nightly export')
  stopClock([daysBefore(14, '17:40')])
  const lost = await people.issueKey(elena.person.id, 'old tablet')
  stopClock([daysBefore(13, '08:05')])
  await people.revokeKey(lost.id)
  await people.used(program.keyId, new Date(at('03:30')))
  await people.used(grace.keyId, new Date(daysBefore(1, '15:20')))
  const signedIn = async (keyId: string, startedAtMs: number, usedAtMs: number, address: string, browser: string) => {
    await people.used(keyId, new Date(usedAtMs))
    const session = { id: random.id(), hash: hashOfKey(random.id()), keyId, address, browser }
    const times = { startedAt: new Date(startedAtMs), lastUsedAt: new Date(usedAtMs) }
    await sessions.add({ ...session, ...times }, { startedBefore: new Date(daysBefore(2, '00:00')), most: 20 })
  }
  await signedIn(sam.keyId, at('07:52'), at('11:38'), '192.0.2.14', BROWSERS.desk)
  await signedIn(elena.keyId, at('09:40'), at('10:55'), '198.51.100.23', BROWSERS.phone)
  await signedIn(anna.keyId, at('10:20'), at('11:30'), '192.0.2.31', BROWSERS.laptop)
  return {
    anna: staff['Anna Meyer']!,
    elena: staff['Elena Lopez']!,
    sam: staff['Sam Ortiz']!,
    grace: staff['Grace Kim']!,
  }
}

/** What people did, as the audit log has it. */
export const seedAudit = async (store: Store, callIds: readonly string[]): Promise<void> => {
  const lines: readonly (readonly [number, string, string, string, (string | undefined)?, Record<string, unknown>?])[] =
    [
      [13, '08:05', 'Anna Meyer', 'key_revoked', 'Elena Lopez', { label: 'old tablet' }],
      [9, '16:31', 'Elena Lopez', 'settings_draft_saved'],
      [9, '16:44', 'Elena Lopez', 'settings_published', '2', { note: 'Christmas closures' }],
      [6, '08:20', 'Sam Ortiz', 'signed_in'],
      [6, '10:02', 'Sam Ortiz', 'call_revealed', callIds[0]],
      [5, '12:15', 'Anna Meyer', 'number_moved', '+14155550103', { mode: 'frontDesk' }],
      [5, '12:48', 'Anna Meyer', 'number_moved', '+14155550103', { mode: 'customerService' }],
      [2, '17:05', 'Anna Meyer', 'settings_published', '3', { note: 'Dr. Lopez also on Wednesdays; shorter greeting' }],
      [1, '03:30', 'crm', 'customers_exported'],
      [1, '14:10', 'Sam Ortiz', 'call_placed', '+1617•••0148', { scenario: 'callback' }],
      [1, '15:02', 'Sam Ortiz', 'message_changed', undefined, { done: true }],
      [0, '07:51', 'Sam Ortiz', 'sign_in_failed'],
      [0, '07:52', 'Sam Ortiz', 'signed_in'],
      [0, '08:36', 'Sam Ortiz', 'do_not_call_added', '+1781•••0177'],
      [0, '09:18', 'Sam Ortiz', 'call_note', callIds[1]],
      [0, '09:40', 'Elena Lopez', 'signed_in'],
      [0, '09:44', 'Elena Lopez', 'recording_played', callIds[2]],
      [0, '10:20', 'Anna Meyer', 'signed_in'],
      [0, '10:31', 'Anna Meyer', 'call_listened', callIds[3]],
      [0, '10:52', 'Elena Lopez', 'settings_draft_saved'],
    ]
  for (const [days, time, who, action, target, details] of lines) {
    stopClock([daysBefore(days, time)])
    const address = who === 'crm' ? '203.0.113.8' : who === 'Sam Ortiz' ? '192.0.2.14' : '192.0.2.31'
    // oxlint-disable-next-line no-await-in-loop -- the log keeps the order
    await store.audit.add({ who, action, address, ...(target ? { target } : {}), ...(details ? { details } : {}) })
  }
}
