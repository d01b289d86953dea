import type { RecordedGreeting } from '@llc-phone/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { GreetingArchive } from '../greeting-archive.ts'

/** An archive under test, empty. */
export interface GreetingsRig {
  readonly greetings: GreetingArchive
  close(): Promise<void>
}

const everyByte = Buffer.from(Uint8Array.from({ length: 480 }, (_, index) => index))

const greeting: RecordedGreeting = {
  id: '0123456789abcdef',
  mode: 'receptionist',
  promptVersion: '0a1b2c3d4e5f',
  voice: 'cedar',
  model: 'gpt-realtime-2.1',
  text: 'Good morning, thank you for calling Harbor Dental.',
  payload: everyByte.toString('base64'),
  recordedAt: new Date('2026-03-02T09:00:00.123Z'),
}

/** The contract of the archive of greetings, as vitest tests; archives of the tests pass it as that in the database does. */
export const testGreetingArchive = (name: string, open: () => Promise<GreetingsRig>): void => {
  describe(`the archive of greetings "${name}"`, () => {
    let rig: GreetingsRig
    let greetings: GreetingArchive
    beforeEach(async () => {
      rig = await open()
      greetings = rig.greetings
    })
    afterEach(() => rig.close())

    it('gives back what it has kept to the byte, the oldest first', async () => {
      const later = { ...greeting, id: 'fedcba9876543210', recordedAt: new Date('2026-03-03T09:00:00.000Z') }
      await greetings.keep(later)
      await greetings.keep(greeting)
      expect(await greetings.list()).toEqual([greeting, later])
    })

    it('has one recording for each id, the latest', async () => {
      await greetings.keep(greeting)
      const again = { ...greeting, payload: '/w==', recordedAt: new Date('2026-03-04T09:00:00.000Z') }
      await greetings.keep(again)
      expect(await greetings.list()).toEqual([again])
    })

    it('forgets what is removed, and says whether there was anything', async () => {
      await greetings.keep(greeting)
      expect(await greetings.remove(greeting.id)).toBe(true)
      expect(await greetings.remove(greeting.id)).toBe(false)
      expect(await greetings.list()).toEqual([])
    })
  })
}
