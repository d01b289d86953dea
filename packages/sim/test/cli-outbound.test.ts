import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { farEndAt, trialNumbers } from '../src/cli/far-ends.ts'
import { tellOutbound } from '../src/cli/tell-outbound.ts'
import type { Transcript } from '../src/cli/transcript.ts'
import { phrasesOf } from '../src/realtime/dialogue.ts'
import { shippedDialogues } from '../src/realtime/find-dialogues.ts'
import { readWav } from '@llc-phone/virtual-carrier/wav'
import { ulawRms } from '@llc-phone/virtual-carrier/ulaw'
import { createTwilio, type SimTwilio } from '../src/twilio/create-twilio.ts'
import { accountSid, authToken, ourNumber, startGateway, streamTwiml, tone } from './twilio-gateway.ts'
import { sdkFor } from './twilio-sdk.ts'

const directory = mkdtempSync(join(tmpdir(), 'calls-'))
let gateway: Awaited<ReturnType<typeof startGateway>>
let stand: SimTwilio
const told: Promise<void>[] = []
const lines: string[] = []
const transcript = (): Transcript => {
  let isNew = true
  return {
    story: async () => undefined,
    async fetchNew() {
      const words = isNew ? ['Good morning, this is an assistant.'] : []
      isNew = false
      return words
    },
  }
}

beforeAll(async () => {
  gateway = await startGateway(
    () => '',
    (stream) => stream.play(tone(400)),
  )
  stand = await createTwilio({
    accountSid,
    authToken,
    anyNumber: { voiceUrl: `${gateway.url}/twiml` },
    onCall: (call) => {
      const pathOf = (_: Date, number: string) => join(directory, 'calls', `${number.slice(1)}.wav`)
      told.push(tellOutbound(call, { print: (line) => lines.push(line), transcript, pathOf, directory }))
    },
  })
})
afterAll(async () => {
  await stand.close()
  await gateway.close()
})

const place = async (to: string) => {
  await sdkFor(stand).calls.create({ to, from: ourNumber, twiml: streamTwiml(`${gateway.wsUrl}/media/x`) })
  await told.shift()
  return lines.splice(0).join('\n')
}

test('a call that was answered is told at its end, and kept as a WAV', async () => {
  stand.setFarEnd(() => ({
    outcome: 'answers',
    afterMs: 10,
    script: [{ wait: 100 }, { say: 'Hello?' }, { wait: 600 }, { hangup: true }],
  }))
  const text = await place('+14155550120')
  expect(text).toMatch(/gateway +rings \+14155550120 from \+14155550101/)
  expect(text).toMatch(/callee +answers/)
  expect(text).toMatch(/callee +Hello\?/)
  expect(text).toMatch(/assistant +Good morning, this is an assistant\./)
  expect(text.match(/Good morning/g)).toHaveLength(1)
  expect(text).toMatch(/\+14155550120 completed after \d\.\d s {2}calls\/14155550120\.wav$/)
  const wav = readFileSync(join(directory, 'calls/14155550120.wav'))
  expect(wav.readUInt16LE(22)).toBe(2)
  expect(ulawRms(readWav(wav))).toBeGreaterThan(0.005)
})

test('one that was not says so, and leaves no file', async () => {
  stand.setFarEnd(() => ({ outcome: 'busy', afterMs: 10 }))
  expect(await place('+14155550124')).toMatch(/\+14155550124 busy after \d\.\d s$/)
  expect(existsSync(join(directory, 'calls/14155550124.wav'))).toBe(false)
})

test('the numbers for trying calls out: an outcome each, in words that the simulated assistant understands', () => {
  expect(Object.entries(trialNumbers).map(([number, { farEnd }]) => [number.slice(-3), farEnd.outcome])).toEqual([
    ['120', 'answers'],
    ['121', 'answers'],
    ['122', 'answers'],
    ['123', 'answers'],
    ['124', 'busy'],
    ['125', 'no-answer'],
    ['126', 'failed'],
    ['127', 'answers'],
    ['128', 'answers'],
  ])
  const known = phrasesOf(shippedDialogues().find(({ mode }) => mode === 'outbound')!)
  for (const number of Object.keys(trialNumbers)) {
    const said = (farEndAt(number, {}).script ?? []).flatMap((step) => ('say' in step ? [step.say] : []))
    for (const words of said) if (words !== 'Hello?') expect(known, number).toContain(words)
  }
  expect(farEndAt('+14155559999', {})).toBe(trialNumbers['+14155550120']!.farEnd)
  expect(farEndAt('+14155550111', { SALES_NUMBER: '+14155550111' }).script).toContainEqual({
    say: 'Hello, this is Sam in sales. How can I help you?',
    voice: 'awb',
  })
})
