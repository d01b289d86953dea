/// <reference lib="dom" />
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { speak } from '@llc-phone/sim'
import { decodeUlaw, resample } from '@llc-phone/virtual-carrier/ulaw'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeConsole, type TestedConsole } from './support/console.ts'
import { barriersOf } from './support/look.ts'
import { monoWav } from './support/mono-wav.ts'

const folder = mkdtempSync(join(tmpdir(), 'softphone-'))
const MICROPHONE = join(folder, 'microphone.wav')
/** Calls are as slow as people, and this machine may be busy. */
const SAID_WITHIN_MS = 30_000

/** What somebody says, after a pause (ms), as the file of a microphone or one that is dropped. */
const voiceFile = async (path: string, pauseMs: number, text: string): Promise<string> => {
  const speech = decodeUlaw(await speak(text, 'rms'))
  const sound = new Int16Array(pauseMs * 8 + speech.length + 8000)
  sound.set(speech, pauseMs * 8)
  writeFileSync(path, monoWav(resample(sound, 8000, 48_000), 48_000))
  return path
}

const transcript = (page: Page) => page.getByRole('log', { name: 'Transcript' })
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const isLive = (page: Page) => page.getByText('live', { exact: true }).waitFor({ timeout: SAID_WITHIN_MS })

/** Waits until a line of the transcript is complete. */
const said = (page: Page, words: RegExp) =>
  transcript(page)
    .locator('li:not([aria-hidden])')
    .filter({ hasText: words })
    .last()
    .waitFor({ timeout: SAID_WITHIN_MS })

const ring = async (
  opened: TestedConsole,
  instance: string,
  how: 'Call' | 'Call and type',
  page?: Page,
): Promise<Page> => {
  const on = page ?? (await opened.open('/try'))
  await on.getByLabel('Ring').selectOption(instance)
  await button(on, how).click()
  await isLive(on)
  return on
}

const say = async (page: Page, line: string): Promise<void> => {
  await page.getByLabel('What you say').fill(line)
  await button(page, 'Say').click()
}

const play = async (page: Page, line: string): Promise<void> => {
  const path = await voiceFile(join(folder, `${line.replaceAll(/\W+/g, '-')}.wav`), 100, line)
  await page.getByLabel('Play an audio file').setInputFiles(path)
}

/** In the page: what is played is heard by the microphone, unless its echo cancellation is on and `cancels`. */
const hearLoudspeaker = (cancels: boolean): void => {
  const room = new AudioContext()
  const air = room.createGain()
  air.gain.value = 0.1
  const connect = AudioNode.prototype.connect as (this: AudioNode, to: AudioNode) => AudioNode
  const lead = (from: AudioNode, to: AudioNode) => connect.call(from, to)
  AudioNode.prototype.connect = function (this: AudioNode, to: AudioNode) {
    const { context } = this
    if (context instanceof AudioContext && context !== room && to === context.destination) {
      const loudspeaker = context.createMediaStreamDestination()
      lead(this, loudspeaker)
      lead(room.createMediaStreamSource(loudspeaker.stream), air)
    }
    return lead(this, to)
  } as AudioNode['connect']
  const getUserMedia = async ({ audio }: MediaStreamConstraints) => {
    const microphone = room.createMediaStreamDestination()
    const isCancelled = cancels && (audio as MediaTrackConstraints).echoCancellation === true
    if (!isCancelled) lead(air, microphone)
    return microphone.stream
  }
  Object.defineProperty(navigator.mediaDevices, 'getUserMedia', { value: getUserMedia })
}

describeConsole(
  'the softphone',
  (opened) => {
    it('hears a voice by the microphone, at 8 kHz and at the rate of the device', async () => {
      await voiceFile(MICROPHONE, 11_000, 'where can I park my car')
      const pages = await Promise.all([opened.open('/try'), opened.open('/try')])
      await pages[1].evaluate(() => localStorage.setItem('llc.softphone.rate', 'device'))
      await Promise.all(pages.map((page) => ring(opened, 'frontDesk', 'Call', page)))
      await Promise.all(pages.map((page) => page.getByText('Sound: headphones').waitFor()))
      await Promise.all(pages.map((page) => said(page, /where can I park my car/i)))
      await Promise.all(pages.map((page) => said(page, /behind the building/)))
      expect(await barriersOf(pages[0])).toEqual([])
      await button(pages[0], 'Hang up').click()
      await pages[0].getByText('You hung up.').waitFor()
      await pages[0].getByRole('link', { name: 'Open the call' }).click()
      await expect.poll(() => pages[0].url()).toMatch(/\/console\/calls\/[\w-]+$/)
      // Leaving the console hangs up.
      await pages[1].goto('about:blank')
      const isOver = async () => {
        const { body } = await opened.world.admin('GET', '/calls')
        return (body as { calls: { phase?: string }[] }).calls.every(
          ({ phase }) => phase === undefined || phase === 'ended',
        )
      }
      await expect.poll(isOver, { timeout: 10_000 }).toBe(true)
    })

    it('interrupts each way of answering by a voice file, and shows the words that were cut', async () => {
      const cases = [
        ['frontDesk', 'how do I find your office', /red bridge/, 'where can I park my car', /behind the building/],
        ['menu', 'what can you do for me here', /anything new/, 'what are your opening hours', /Monday to Thursday/],
        [
          'customerService',
          'how does your service work',
          /is broken/,
          'when is my next appointment',
          /is my next appointment/,
        ],
      ] as const
      const talk = async ([instance, first, long, second, answer]: (typeof cases)[number]): Promise<void> => {
        const page = await ring(opened, instance, 'Call and type')
        await said(page, /./)
        await play(page, first)
        // The long answer is being spoken.
        await transcript(page).locator('li[aria-hidden]').filter({ hasText: long }).waitFor({ timeout: SAID_WITHIN_MS })
        await play(page, second)
        await transcript(page).locator('del').first().waitFor({ timeout: SAID_WITHIN_MS })
        await transcript(page)
          .getByText(/heard \d+\.\d of \d+\.\d s/)
          .first()
          .waitFor()
        await said(page, answer)
      }
      await Promise.all(cases.map(talk))
    }, 120_000)

    it('types without a microphone, is told what will not be understood, and rings a person who is busy', async () => {
      const page = await opened.open('/try')
      await page.evaluate(() => {
        const refuse = () => Promise.reject(new DOMException('refused', 'NotAllowedError'))
        Object.defineProperty(navigator.mediaDevices, 'getUserMedia', { value: refuse })
      })
      await page.getByLabel('is busy').check()
      await ring(opened, 'menu', 'Call', page)
      await page.getByText('was told not to give the microphone').waitFor()
      await said(page, /./)
      await page.getByLabel('What you say').fill('purple elephants dance at midnight')
      await page.getByText('will not understand this').waitFor()
      await say(page, 'I have a question about my bill')
      await page.getByText(/would ring .*billing.*•••/i).waitFor({ timeout: SAID_WITHIN_MS })
      await said(page, /question about my bill/i)
      // The call goes with whoever looks at another page.
      await page.getByRole('link', { name: 'Calls', exact: true }).click()
      const dock = page.getByRole('region', { name: 'Softphone' })
      await dock.getByText('live', { exact: true }).waitFor({ timeout: SAID_WITHIN_MS })
      await transcript(page).getByText('transfer_call').first().waitFor()
      expect(await barriersOf(page)).toEqual([])
      // By the keyboard alone, a key that is pressed twice included.
      const press = async (name: string, key = 'Enter') => {
        await dock.getByRole('button', { name, exact: true }).focus()
        await page.keyboard.press(key)
      }
      await press('Keypad')
      await press('5', '5')
      await press('Fold the softphone')
      await press('Hang up', 'Space')
      expect(await page.evaluate(() => document.activeElement?.closest('section')?.ariaLabel)).toBe('Softphone')
      await press('Show the softphone')
      await dock.getByText('A test: nothing of this has happened.').waitFor()
      await dock.getByText(/billing.* would ring\./i).waitFor()
      expect(await barriersOf(page)).toEqual([])
      await dock.getByRole('button', { name: 'Close the softphone' }).click()
      await expect.poll(() => dock.count()).toBe(0)
    })

    it('finds out whether the microphone hears the loudspeaker, and whether the browser takes that away', async () => {
      const checked = async (cancels: boolean): Promise<string> => {
        const page = await opened.open('/try')
        await page.evaluate(hearLoudspeaker, cancels)
        await ring(opened, 'frontDesk', 'Call', page)
        return page.locator('summary').filter({ hasText: 'Sound' }).innerText()
      }
      expect(await Promise.all([checked(false), checked(true)])).toEqual([
        'Sound: take turns, so you cannot interrupt',
        'Sound: loudspeakers',
      ])
    })

    it('goes on with the call when its connection is lost', async () => {
      const page = await opened.open('/try', { expects: [/already in CLOSING or CLOSED/] })
      const sockets: { close(): Promise<void> }[] = []
      await page.routeWebSocket(/console\/line/, (socket) => {
        socket.connectToServer()
        sockets.push(socket)
      })
      await ring(opened, 'frontDesk', 'Call and type', page)
      await said(page, /./)
      await sockets[0]!.close()
      await expect.poll(() => sockets.length, { timeout: 5000 }).toBe(2)
      await say(page, 'where can I park my car')
      await said(page, /behind the building/)
      await say(page, 'goodbye')
      await page.getByText('The assistant ended the call.').waitFor({ timeout: SAID_WITHIN_MS })
    })
  },
  { flags: [`--use-file-for-fake-audio-capture=${MICROPHONE}%noloop`] },
)
