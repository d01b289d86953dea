import { languages } from '@llc-phone/core'
import type { SimCall } from '@llc-phone/sim'
import { describe, expect, it } from 'vitest'
import { extension, switchboard } from './support/switchboard.ts'
import { startWorld, type World } from './support/whole-call.ts'

const CALL_TIMEOUT_MS = 90_000
const spanish = extension(21, 'es')
const english = extension(22, 'en')
const { sentences } = languages.es

/** What the carrier's own voice has said, and in which language. */
const spokenByCarrier = ({ timeline }: Pick<SimCall, 'timeline'>) =>
  timeline.filter(({ type }) => type === 'say').map(({ text, language }) => ({ text, language }))

const startWith = (options: Partial<Parameters<typeof startWorld>[0]> = {}): Promise<World> => {
  const { configure } = switchboard([spanish, english])
  return startWorld({ dialect: 'ga', configure, ...options })
}

describe.concurrent('a number in Spanish beside one in English', () => {
  it(
    'is greeted, told what to speak, transcribed and thanked in its language, to the end',
    { timeout: CALL_TIMEOUT_MS },
    async ({ onTestFinished }) => {
      const world = await startWith()
      onTestFinished(() => world.close())
      const leaveMessage = async ({ did }: typeof spanish, from: string, greeting: RegExp) => {
        const call = world.twilio.placeCall({ to: did, from, maxCallMs: 80_000 })
        await world.said(call, greeting)
        await call.say('I will record a message for the team')
        await call.seen('record')
        await call.quiet(300, 3_000)
        await call.say('technical support please')
        await call.ended
        return { heard: spokenByCarrier(call), story: await world.story(call) }
      }
      const [inSpanish, inEnglish] = await Promise.all([
        leaveMessage(
          spanish,
          '+14155550191',
          /^Gracias por llamar a Puerto\. .*asistente virtual con inteligencia artificial/,
        ),
        leaveMessage(english, '+14155550192', /^Thank you for calling Puerto\. .*AI assistant/),
      ])

      expect(inSpanish.heard).toEqual([{ text: sentences.messageStored, language: 'es-US' }])
      expect(inEnglish.heard).toEqual([{ text: languages.en.sentences.messageStored, language: 'en-US' }])
      expect(inSpanish.story).toMatchObject({ language: 'es', disposition: 'voicemail' })
      expect(inEnglish.story).toMatchObject({ language: 'en', disposition: 'voicemail' })

      const told = world.model.sessions.map(({ log }) => JSON.stringify(log.entries.map(({ event }) => event)))
      const ofSpanish = told.filter((events) => events.includes('Language: Spanish'))
      const ofEnglish = told.filter((events) => events.includes('Language: English'))
      expect(ofSpanish.length).toBeGreaterThan(0)
      expect(ofEnglish.length).toBeGreaterThan(0)
      for (const events of ofSpanish) {
        expect(events).toContain('"languages":["es"]')
        expect(events).not.toContain('Language: English')
      }
      for (const events of ofEnglish) expect(events).toContain('"languages":["en"]')
      expect(world.model.violations).toEqual([])
    },
  )

  it(
    'has its callers apologised to in its language when no model is to be had',
    { timeout: CALL_TIMEOUT_MS },
    async ({ onTestFinished }) => {
      const world = await startWith({ faults: { handshakeStatus: 503 } })
      onTestFinished(() => world.close())
      const heardBy = async ({ did }: typeof spanish, from: string) => {
        const call = world.twilio.placeCall({ to: did, from, script: [{ listen: true }] })
        await call.ended
        return spokenByCarrier(call)
      }
      const apology = [{ text: `${sentences.unavailable} ${sentences.callLater}`, language: 'es-US' }]
      // The first has a session that fails; after it, callers are turned away at once.
      expect(await heardBy(spanish, '+14155550191')).toEqual(apology)
      const turnedAway = await Promise.all([heardBy(spanish, '+14155550192'), heardBy(english, '+14155550193')])
      expect(turnedAway).toEqual([apology, [{ text: expect.stringMatching(/^We are sorry/), language: 'en-US' }]])
    },
  )
})
