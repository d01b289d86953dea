import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startWorld, type World } from '@llc-phone/gateway/testing'
import { openStore } from '@llc-phone/database'
import { stopClock } from './clock.ts'
import { daysBefore, NOW } from './moments.ts'
import { randomFrom } from './random.ts'
import { recordCall } from './record-call.ts'
import { seedCalls, seedShownCall } from './seed-calls.ts'
import { seedCustomers, type Ask } from './seed-customers.ts'
import { seedMessages } from './seed-messages.ts'
import { seedOutbound } from './seed-outbound.ts'
import { seedAudit, seedPeople, type Staff } from './seed-people.ts'
import { NEW_NUMBER, seedSettings } from './seed-settings.ts'

/** What sending messages needs; none is due while pictures are taken. */
const DELIVERY = {
  MESSAGE_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32).toString('base64')}`,
  MESSAGE_EMAIL_FROM: 'assistant@harbordental.example',
  MESSAGE_EMAIL_SMTP_URL: 'smtps://user:password@mail.harbordental.example',
}

/** A gateway in the middle of a working day of the example business. */
export interface BusinessDay {
  readonly world: World
  readonly staff: Staff
  /** The id of the call that pictures of a call show, of one that failed, and of one with a log. */
  readonly calls: { readonly shown: string; readonly failed: string; readonly logged: string }
  close(): Promise<void>
}

const askOf =
  ({ publicUrl }: World): Ask =>
  async (key, method, path, body) => {
    const isList = typeof body === 'string'
    const response = await fetch(`${publicUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': isList ? 'text/csv' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isList ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`)
    return JSON.parse(text)
  }

/** Has the calls of a number go to another address than ours, as a number does that was bought lately. */
const pointElsewhere = async ({ twilio, variables }: World, number: string): Promise<void> => {
  const { TWILIO_ACCOUNT_SID: account, TWILIO_AUTH_TOKEN: token } = variables
  const numbers = `${twilio.url}/2010-04-01/Accounts/${account}/IncomingPhoneNumbers`
  const headers = { authorization: `Basic ${Buffer.from(`${account}:${token}`).toString('base64')}` }
  const found = await fetch(`${numbers}.json?PhoneNumber=${encodeURIComponent(number)}`, { headers })
  const { incoming_phone_numbers: known } = (await found.json()) as { incoming_phone_numbers: { sid: string }[] }
  const body = new URLSearchParams({ VoiceUrl: 'https://demo.twilio.com/welcome/voice/' })
  const changed = await fetch(`${numbers}/${known[0]!.sid}.json`, { method: 'POST', headers, body })
  if (!changed.ok) throw new Error(`Twilio's stand-in answered ${changed.status}.`)
}

/** Places a call that is kept with its log. Resolves to its id. */
const placeLoggedCall = async (world: World): Promise<string> => {
  stopClock([NOW - 9 * 60_000])
  const call = world.twilio.placeCall({
    to: world.numbers.receptionist,
    from: '+16175550142',
    script: [{ say: 'where can I park my car' }, { say: 'goodbye' }],
  })
  await call.ended
  return (await world.story(call)).callId
}

/** Starts the gateway on a database that a month of work has filled. The wall clock of this process stands still afterwards. */
export const startBusinessDay = async (): Promise<BusinessDay> => {
  const folder = mkdtempSync(join(tmpdir(), 'console-pictures-'))
  const path = join(folder, 'llc-phone.db')
  const random = randomFrom(20_261_118)
  const store = await openStore({ url: `file:${path}` })
  stopClock([daysBefore(29, '09:00')])
  await seedSettings(store)
  const staff = await seedPeople(store, random)
  const all = await seedCalls(store, random)
  const shown = await seedShownCall(store, random)
  await seedMessages(store, random)
  await seedOutbound(store, random)
  await seedAudit(
    store,
    all.slice(0, 4).map(({ callId }) => callId),
  )
  await recordCall(path, shown)
  const backup = join(folder, 'backups', 'llc-phone-2026-11-18-0200.db')
  mkdirSync(join(folder, 'backups'))
  writeFileSync(backup, Buffer.alloc(6_300_000))
  utimesSync(backup, new Date(daysBefore(0, '02:00')), new Date(daysBefore(0, '02:00')))
  stopClock([NOW])
  const world = await startWorld({
    dialect: 'ga',
    // Otherwise every call would be a test call.
    env: { TWILIO_IS_SIMULATED: false },
    variables: { DATABASE_URL: `file:${path}`, OPENAI_MODEL: 'gpt-realtime-2.1', ...DELIVERY },
  })
  await pointElsewhere(world, NEW_NUMBER)
  await seedCustomers(store, askOf(world), staff, random)
  const logged = await placeLoggedCall(world)
  stopClock([NOW])
  const failed = all.find(({ disposition }) => disposition === 'fallback')!.callId
  return {
    world,
    staff,
    calls: { shown: shown.callId, failed, logged },
    async close() {
      await world.close()
      await store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
