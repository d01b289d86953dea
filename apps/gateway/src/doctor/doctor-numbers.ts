import { maskNumber, type E164 } from '@llc-phone/core'
import {
  differencesOf,
  readNumberWebhooks,
  restUrlOf,
  setNumberWebhooks,
  twilioAccount,
  type Difference,
  type NumberAtTwilio,
} from '@llc-phone/line-twilio'
import type { Env } from '../configuration/env.ts'
import { agentFor } from '../configuration/proxy.ts'
import { failed, ok, warning, type Finding } from './finding.ts'

const NAME = 'webhook'

/** Twilio signs what it was given, so it gets the URL as it was written. */
const publicUrlOf = ({ PUBLIC_URL, PUBLIC_URL_AS_WRITTEN: written }: Env): string => written ?? PUBLIC_URL

const accountOf = (env: Env) => twilioAccount(env, agentFor(restUrlOf(env), env))

const shown = (value: string): string => (value === '' ? 'not set' : value)

/** For example `voice URL: https://demo.twilio.com/welcome → https://phone.example.com/twiml`. */
export const differenceText = ({ what, before, after }: Difference): string =>
  after === undefined ? `${what}: ${shown(before)}` : `${what}: ${shown(before)} → ${shown(after)}`

/** What one number is set to, and what is wrong with that. */
export const judgeNumber = ({ number, at }: NumberAtTwilio, publicUrl: string): Finding => {
  const who = maskNumber(number)
  if (!at)
    return warning(
      NAME,
      `${who} is none of this Twilio account`,
      'Take it out of the settings, or look whether TWILIO_ACCOUNT_SID is the account that has it.',
    )
  const differences = differencesOf(at, publicUrl)
  if (differences.length === 0) return ok(NAME, `${who} leads to ${at.voiceUrl}`)
  const detail = `${who}: ${differences.map(differenceText).join('; ')}`
  const action = differences.some(({ after }) => after === undefined)
    ? 'Take it off the SIP trunk in the Twilio Console; then ./phone doctor --fix.'
    : './phone doctor --fix sets it at Twilio.'
  return (differences.some(({ isFatal }) => isFatal) ? failed : warning)(NAME, detail, action)
}

/** Compares what Twilio does with calls to our numbers with what it should. Changes nothing. */
export const examineNumbers = async (env: Env, numbers: readonly E164[]): Promise<Finding[]> => {
  const read = await readNumberWebhooks(accountOf(env), numbers)
  return read.map((each) => judgeNumber(each, publicUrlOf(env)))
}

/** A number that Twilio has set otherwise than this gateway needs it, and setting it right. */
export interface Repair {
  readonly number: E164
  readonly differences: readonly Difference[]
  /** Sets it at Twilio; resolves with what is still different then. */
  run(): Promise<readonly Difference[]>
}

/** What `--fix` would change. */
export const findRepairs = async (env: Env, numbers: readonly E164[]): Promise<Repair[]> => {
  const account = accountOf(env)
  const publicUrl = publicUrlOf(env)
  return (await readNumberWebhooks(account, numbers)).flatMap(({ number, at }) => {
    if (!at) return []
    const differences = differencesOf(at, publicUrl).filter(({ after }) => after !== undefined)
    const run = async () => differencesOf(await setNumberWebhooks(account, at, publicUrl), publicUrl)
    return differences.length === 0 ? [] : [{ number, differences, run }]
  })
}
